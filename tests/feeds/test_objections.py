"""An objection to equality monitoring: in whatever order it and the rows come, nothing is kept."""

from itertools import permutations

import pytest
from sqlmodel import select

from app.database import transaction
from app.people import objections
from app.people.models import Characteristic, Person
from app.security.permissions import Role
from app.security.viewer import Grant, Viewer
from tests.factories import account
from tests.feeds.conftest import NOW

ROW = {"ref": "P1", "family_name": "Ash", "sex": "female", "religion": "none"}
OTHER = {"ref": "P2", "family_name": "Birch", "sex": "male", "religion": "none"}
LATER = ROW | {"sex": "male", "rank": "Sergeant", "version": "1"}
THEIRS, OTHERS = ["none", "female"], ["none", "male"]


def viewer_of(feed, ref: str) -> Viewer:
    """Somebody HR knows, signed in."""
    with transaction(feed.engine) as session:
        person = session.exec(select(Person).where(Person.source_ref == ref)).one()
        number = account(session, person=person.id)
        return Viewer(number, person.id, "Sam", (Grant(Role.STAFF, None),))


def held(feed, ref: str) -> list[str]:
    """The characteristics kept of somebody, by kind."""
    statement = (
        select(Characteristic.value)
        .join(Person, Person.id == Characteristic.person_id)
        .where(Person.source_ref == ref)
        .order_by(Characteristic.kind)
    )
    return feed.query(statement)


def change(feed, viewer: Viewer, what) -> bool:
    """Object, or take it back."""
    with transaction(feed.engine) as session:
        return what(session, viewer=viewer, now=NOW)


STEPS = {
    "again": lambda feed, _viewer: feed.load("people", ROW, OTHER),
    "object": lambda feed, viewer: change(feed, viewer, objections.make),
    "later": lambda feed, _viewer: feed.load("people", LATER, OTHER),
}


@pytest.mark.parametrize("order", list(permutations(STEPS)), ids="-".join)
def test_nothing_is_kept_of_who_objected_whatever_came_first(feed_both, order):
    feed_both.load("people", {"ref": "P1", "family_name": "Ash"})
    me = viewer_of(feed_both, "P1")
    for step in order:
        STEPS[step](feed_both, me)
        if step == "object":
            assert held(feed_both, "P1") == []
    assert (held(feed_both, "P1"), held(feed_both, "P2")) == ([], OTHERS)
    person = feed_both.all("people")["P1"]
    # The rest of the record is what the newest row says; what could be guessed from is not kept.
    assert (person.rank, person.digest) == ("Sergeant", "")


def test_once_taken_back_the_very_same_row_brings_them_back(feed_both):
    feed_both.load("people", ROW)
    me = viewer_of(feed_both, "P1")
    assert change(feed_both, me, objections.make)
    assert not change(feed_both, me, objections.make), "one stands already"
    feed_both.load("people", ROW)
    assert held(feed_both, "P1") == []
    assert change(feed_both, me, objections.take_back)
    assert not change(feed_both, me, objections.take_back), "none stands any more"
    assert held(feed_both, "P1") == [], "nothing was put aside meanwhile"
    feed_both.load("people", ROW)
    assert held(feed_both, "P1") == THEIRS


FORMER = {"ref": "N1", "person_ref": "P1", "system": "hr", "number": "P0"}


@pytest.mark.parametrize("objects_as", ["P0", "P1"])
def test_it_holds_for_a_former_number_too(feed_both, objects_as):
    feed_both.load("people", ROW | {"ref": "P0"}, ROW, OTHER)
    change(feed_both, viewer_of(feed_both, objects_as), objections.make)
    feed_both.load("identifiers", FORMER)
    assert feed_both.all("people")["P0"].became_id == feed_both.all("people")["P1"].id
    assert [held(feed_both, ref) for ref in ("P0", "P1", "P2")] == [[], [], OTHERS]
    feed_both.load("people", LATER | {"ref": "P0"}, LATER, OTHER)
    assert [held(feed_both, ref) for ref in ("P0", "P1", "P2")] == [[], [], OTHERS]

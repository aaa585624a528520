"""Units that are told of: what they are called, where they belong, what became of them."""

from datetime import date, timedelta

import pytest
from sqlmodel import select

from app.database import reading, transaction
from app.exposure import service as exposure
from app.exposure.models import Exposure, PromptingStart, PromptPerson
from app.feeds.doubts import doubts
from app.people.models import Posting, Unit, UnitAncestor, UnitKind
from app.people.places import NOWHERE, place_sentence
from app.people.queries import members, units_in_reach
from app.security.permissions import Role
from app.security.viewer import Grant, Viewer

DAY = date(2026, 11, 23)
FORCE = {"ref": "F", "name": "Northmoor Police", "kind": "force"}
A = {"ref": "A", "name": "Response A", "kind": "team", "parent_ref": "D"}
B = {"ref": "B", "name": "Response B", "kind": "team", "parent_ref": "D"}
D = {"ref": "D", "name": "North", "kind": "district"}
CLOSED = {"closed_on": "2026-10-31", "version": "2"}
SAM = {"ref": "P1", "given_name": "Sam", "family_name": "Field"}
POSTED = {"ref": "S1", "person_ref": "P1", "unit_ref": "A", "starts_on": "2026-01-01"}
STEWARD = Viewer(9, None, "Data Steward", (Grant(Role.DATA_STEWARD, None),))
EVERYWHERE = Viewer(8, None, "Lead", (Grant(Role.WELLBEING_LEAD, None),))


def names_above(feed, ref) -> list[str]:
    """What a unit is called, and everything above it."""
    unit = feed.all("units")[ref]
    return feed.query(
        select(Unit.name)
        .join(UnitAncestor, UnitAncestor.ancestor_id == Unit.id)
        .where(UnitAncestor.unit_id == unit.id)
        .order_by(UnitAncestor.depth)
    )


def team(feed, ref, day=DAY) -> list[str]:
    """Who is in a unit on a day."""
    unit = feed.all("units")[ref]
    with reading(feed.engine) as session:
        return [one.name for one in members(EVERYWHERE, session, unit_id=unit.id, day=day)]


def test_a_unit_hangs_where_it_belongs_whichever_row_comes_first(feed_both):
    feed_both.load("units", A)
    assert names_above(feed_both, "A") == ["Response A", "D"]
    feed_both.load("units", D)
    feed_both.load("units", FORCE)
    assert names_above(feed_both, "A") == ["Response A", "North", "Northmoor Police"]
    moved = D | {"parent_ref": "X", "version": "2"}
    feed_both.load("units", moved)
    assert names_above(feed_both, "A") == ["Response A", "North", "X", "Northmoor Police"]


def test_its_own_row_names_a_unit_until_it_is_withdrawn(feed_both):
    feed_both.load("people", SAM)
    feed_both.load("units", A)
    feed_both.load("postings", POSTED | {"unit_name": "Old name", "version": "9"})
    assert feed_both.all("units")["A"].name == "Response A"
    feed_both.load("units", {"ref": "A", "name": "", "withdrawn": "yes", "version": "2"})
    unit = feed_both.all("units")["A"]
    assert (unit.name, unit.kind) == ("Old name", UnitKind.TEAM)


def test_units_in_a_circle_hang_below_the_force_and_are_listed(feed_both):
    feed_both.load("units", FORCE, A | {"parent_ref": "B"}, B | {"parent_ref": "A"})
    assert names_above(feed_both, "A") == ["Response A", "Northmoor Police"]
    with reading(feed_both.engine) as session:
        assert doubts(STEWARD, session).circles == ["hr A", "hr B"]
        assert doubts(EVERYWHERE, session).circles == ()
    feed_both.load("units", B | {"version": "2"})
    assert names_above(feed_both, "A") == ["Response A", "Response B", "D", "Northmoor Police"]
    with reading(feed_both.engine) as session:
        assert doubts(STEWARD, session).circles == []


@pytest.mark.parametrize("merged_first", [True, False])
def test_people_are_in_what_their_unit_became_from_the_day_after(feed_both, merged_first):
    rows = [
        ("units", [A | CLOSED | {"becomes_ref": "B"}, B | CLOSED | {"becomes_ref": "C"}]),
        ("people", [SAM]),
        ("postings", [POSTED]),
    ]
    for kind, found in rows if merged_first else reversed(rows):
        feed_both.load(kind, *found)
    assert team(feed_both, "A", date(2026, 10, 31)) == ["Sam Field"]
    assert team(feed_both, "A", date(2026, 11, 1)) == []
    assert team(feed_both, "B", date(2026, 11, 1)) == []
    assert team(feed_both, "C", date(2026, 11, 1)) == ["Sam Field"]
    with reading(feed_both.engine) as session:
        words = place_sentence(EVERYWHERE, session, person_id=1, day=DAY)
        assert words == "Response A was closed on 31 October 2026, and its postings go on in C."
    # What was wrong is taken back without a trace.
    feed_both.load("units", A | {"version": "3"})
    assert team(feed_both, "A") == ["Sam Field"]
    assert feed_both.query(select(Posting.carried_from_id)) == [None]


def test_a_closed_unit_is_listed_while_anybody_is_posted_in_it(feed_both):
    feed_both.load("people", SAM)
    feed_both.load("units", A, B)
    feed_both.load("postings", POSTED)

    def listed() -> list[str]:
        with reading(feed_both.engine) as session:
            return [card.name for card in units_in_reach(EVERYWHERE, session, day=DAY)]

    feed_both.load("units", A | CLOSED)
    assert listed() == ["D", "Response A", "Response B"]
    feed_both.load("units", A | CLOSED | {"becomes_ref": "B", "version": "3"})
    assert listed() == ["D", "Response B"]


def test_a_posting_that_ends_or_moves_takes_what_was_carried_along(feed_both):
    feed_both.load("people", SAM)
    feed_both.load("units", A | CLOSED | {"becomes_ref": "B"})
    feed_both.load("postings", POSTED)
    assert team(feed_both, "B") == ["Sam Field"]
    feed_both.load("postings", POSTED | {"ends_on": "2026-11-10", "version": "2"})
    assert team(feed_both, "B") == []
    assert team(feed_both, "B", date(2026, 11, 10)) == ["Sam Field"]
    withdrawn = dict.fromkeys(POSTED, "") | {"ref": "S1", "withdrawn": "yes", "version": "3"}
    feed_both.load("postings", withdrawn)
    assert team(feed_both, "B", date(2026, 11, 10)) == []


def test_live_pages_of_both_units_are_told(feed_both):
    feed_both.load("people", SAM)
    feed_both.load("units", A, B)
    feed_both.load("postings", POSTED)
    before = {ref: unit.version for ref, unit in feed_both.all("units").items()}
    feed_both.load("units", A | CLOSED | {"becomes_ref": "B"})
    after = {ref: unit.version for ref, unit in feed_both.all("units").items()}
    assert after["A"] > before["A"]
    assert after["B"] > before["B"]


def test_a_unit_that_moves_into_a_part_that_is_prompted_is_prompted(feed_both):
    feed_both.load("people", SAM)
    feed_both.load("units", FORCE, D, A | {"parent_ref": ""})
    feed_both.load("postings", POSTED)
    with transaction(feed_both.engine) as session:
        north = session.exec(select(Unit).where(Unit.source_ref == "D")).one()
        session.add(PromptingStart(unit_id=north.id, starts_on=date(2026, 1, 1)))
    happened = {"ref": "I1", "occurred_at": "2026-11-20 08:00", "type": "suicide"}
    feed_both.load("incidents", happened)
    feed_both.load("attendance", {"ref": "A1", "person_ref": "P1", "incident_ref": "I1"})
    assert feed_both.query(select(Exposure.id)) == [1]
    assert feed_both.query(select(PromptPerson.id)) == []
    feed_both.load("units", A | {"version": "2"})
    assert len(feed_both.query(select(PromptPerson.id))) == 1
    with reading(feed_both.engine) as session:
        assert exposure.differences(session) == []


def test_a_successor_needs_a_day(feed):
    feed.load("units", A | {"becomes_ref": "B"})
    assert feed.aside()[0].field == "closed_on"


def test_a_page_says_which_posting_counts_and_why(feed):
    feed.load("people", SAM)
    feed.load("units", A, B)
    feed.load(
        "postings", POSTED, POSTED | {"ref": "S2", "unit_ref": "B", "starts_on": "2026-02-01"}
    )

    def words(viewer=EVERYWHERE, day=DAY) -> str:
        with reading(feed.engine) as session:
            return place_sentence(viewer, session, person_id=1, day=day)

    both = "More than one posting covers today: Response {} and Response {}. Response {} counts, "
    assert words() == both.format("B", "A", "B") + "because it began later."
    assert words(day=date(2026, 1, 5)) == ""
    feed.load("postings", POSTED | {"kind": "temporary", "version": "2"})
    why = "because a temporary posting counts before a substantive one."
    assert words() == both.format("A", "B", "A") + why
    sam = Viewer(1, 1, "Sam Field", ())
    assert words(sam, date(2026, 1, 1) - timedelta(days=1)) == NOWHERE

"""What somebody has begun to type: for them alone, and not for long. On both databases."""

from datetime import timedelta

import pytest
from sqlmodel import select

from app.debriefs import drafts
from app.debriefs.models import DebriefDraft, DebriefDraftPerson
from app.people.models import PostingKind, Supervision
from app.security.sealing import destroy
from tests.debriefs.conftest import NOW

TYPED = {"outcome": ["held"], "factors": ["gruesome", "alone"]}


def keep(asked, *places, incident="", now=NOW):
    typed = {asked.people[place]: TYPED for place in places or (0,)}
    drafts.keep(
        asked.session, viewer=asked.viewer, keys=asked.keys, typed=typed, incident=incident, now=now
    )


def find(asked, *places, viewer=None, incident="", now=NOW):
    return drafts.find(
        viewer or asked.viewer,
        asked.session,
        keys=asked.keys,
        people=[asked.people[place] for place in places or (0,)],
        incident=incident,
        now=now,
    )


def test_it_comes_back_as_typed(asked):
    keep(asked)
    found = find(asked)
    assert (found.saved_at, found.typed) == (NOW, {asked.people[0]: TYPED})
    assert find(asked, 1) is None


def test_of_several_only_those_one_may_record_for_come_back(asked):
    keep(asked, 0, 1, incident=asked.incident)
    assert set(find(asked, 0, 1, 2, incident=asked.incident).typed) == set(asked.people[:2])
    assert set(find(asked, 1, incident=asked.incident).typed) == {asked.people[1]}
    assert find(asked) is None, "a draft about several people is not that of one"


def test_nobody_else_opens_it_not_even_in_a_draft_of_their_own(asked):
    keep(asked)
    other = asked.leader(asked.team)
    assert find(asked, viewer=other) is None
    asked.session.exec(select(DebriefDraft)).one().account_id = other.account_id
    asked.session.flush()
    assert find(asked, viewer=other) is None


def test_what_is_kept_is_sealed_with_the_persons_own_key(asked):
    keep(asked)
    row = asked.session.exec(select(DebriefDraftPerson)).one()
    assert b"gruesome" not in row.sealed
    destroy(asked.session, asked.keys, owner=asked.people[0], now=NOW)
    assert find(asked) is None


def test_the_newest_takes_the_place_of_the_one_before(asked):
    keep(asked)
    keep(asked, now=NOW + timedelta(minutes=1))
    assert asked.session.exec(select(DebriefDraft)).one().saved_at == NOW + timedelta(minutes=1)
    drafts.discard(asked.session, viewer=asked.viewer, people=asked.people)
    assert asked.session.exec(select(DebriefDraftPerson)).all() == []


@pytest.mark.parametrize(("days", "left"), [(6, 1), (7, 0)])
def test_it_goes_after_a_week(asked, days, left):
    keep(asked)
    then = NOW + timedelta(days=days)
    assert bool(find(asked, now=then)) is bool(left)
    drafts.forget(asked.session, now=then)
    assert len(asked.session.exec(select(DebriefDraft)).all()) == left


def test_it_goes_for_somebody_who_moved_and_stays_for_the_others(asked):
    keep(asked, 0, 1, incident=asked.incident)
    asked.force.post(
        asked.people[0],
        asked.force.team("Response B"),
        since=NOW.date(),
        kind=PostingKind.TEMPORARY,
    )
    assert drafts.forget(asked.session, now=NOW) == 0
    rows = asked.session.exec(select(DebriefDraftPerson)).all()
    assert [row.person_id for row in rows] == [asked.people[1]]


def test_it_goes_when_its_author_leads_the_team_no_longer(asked):
    keep(asked)
    for leading in asked.session.exec(select(Supervision)).all():
        asked.session.delete(leading)
    asked.session.flush()
    assert drafts.forget(asked.session, now=NOW) == 1
    assert asked.session.exec(select(DebriefDraftPerson)).all() == []

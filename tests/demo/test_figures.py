"""The default demo reproduces the published figures, and looks like a force."""

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import func
from sqlmodel import col, select

from app.common.clock import local_date
from app.debriefs.models import Debrief, DebriefPerson, DebriefPrompt, SupportOffer, SupportStatus
from app.debriefs.service import factors_of
from app.debriefs.statistics import support_counts
from app.demo import organisation
from app.demo.chance import Chance
from app.demo.names import ETHNICITIES
from app.demo.plan import AREAS, PLANS, PUBLISHED
from app.exposure.models import WAITING, Exposure, PromptPerson, PromptState
from app.incidents.framework import SHIPPED
from app.incidents.models import Incident
from app.people.models import (
    AbsenceSpell,
    Characteristic,
    CharacteristicKind,
    Person,
    StaffType,
    Unit,
    UnitKind,
)
from app.referrals.models import REFERRED, Referral, Support
from tests.conftest import NOW

TODAY = local_date(NOW)
SUPPORTS = {
    Support.LINE_MANAGER: 412,
    Support.PEER_SUPPORT: 49,
    Support.TRIM: 20,
    Support.NONE: 9,
    Support.OCCUPATIONAL_HEALTH: 0,
}


def count(session, table, *conditions):
    return session.exec(select(func.count()).select_from(table).where(*conditions)).one()


def test_conversations_people_and_support_are_the_published_figures(force):
    found = support_counts(force, unit_ids=None, first=TODAY - timedelta(days=365), last=TODAY)
    assert (found.debriefs, found.people) == (360, 490)
    assert {support: found.primary[support] for support in SUPPORTS} == SUPPORTS
    assert sum(found.primary.values()) == sum(SUPPORTS.values())


def test_the_figures_are_those_of_the_full_force_too():
    assert PLANS["full"].figures is PLANS["slice"].figures is PUBLISHED
    assert (PUBLISHED.debriefs, PUBLISHED.people) == (360, 490)


FROM_TALKS = col(Referral.debrief_person_id).is_not(None)


def test_no_conversation_refers_anybody_to_occupational_health(force):
    services = Counter(force.exec(select(Referral.service).where(FROM_TALKS)).all())
    assert services == {Support.PEER_SUPPORT: 49, Support.TRIM: 20}


def test_support_that_was_accepted_has_its_referral(force):
    offers = force.exec(
        select(SupportOffer.debrief_person_id, SupportOffer.support).where(
            SupportOffer.status == SupportStatus.ACCEPTED, col(SupportOffer.support).in_(REFERRED)
        )
    ).all()
    made = select(Referral.debrief_person_id, Referral.service).where(FROM_TALKS)
    referrals = force.exec(made).all()
    assert sorted(offers) == sorted(referrals)


def test_every_conversation_answers_a_prompt_and_every_held_prompt_has_one(force):
    held = force.exec(select(PromptPerson.id).where(PromptPerson.state == PromptState.HELD)).all()
    answered = force.exec(select(DebriefPrompt.prompt_person_id)).all()
    assert sorted(held) == sorted(answered)
    speakers = force.exec(select(DebriefPrompt.debrief_person_id).distinct()).all()
    assert len(speakers) == 490


def test_most_conversations_are_in_time_and_some_are_late(force):
    rows = force.exec(select(PromptPerson).where(PromptPerson.state == PromptState.HELD)).all()
    in_time = sum(row.changed_at <= row.due_at for row in rows) / len(rows)
    assert 0.75 < in_time < 0.95


def test_prompts_left_over_are_few_and_say_why(force):
    states = Counter(force.exec(select(PromptPerson.state)).all())
    assert states[PromptState.HELD] > 0.6 * states.total()
    assert 0 < states[PromptState.DECLINED] < 0.1 * states.total()
    assert states[PromptState.DEFERRED] > 0
    assert 10 <= sum(states[state] for state in WAITING) <= 40
    silent = select(PromptPerson.state).where(PromptPerson.state_reason == "")
    assert set(force.exec(silent).all()) <= {PromptState.HELD, PromptState.OPEN}


def test_what_is_open_is_recent_and_what_is_answered_has_a_named_human(force):
    rows = force.exec(select(PromptPerson)).all()
    for row in rows:
        answered = row.state is not PromptState.OPEN
        touched = answered or row.planned_on is not None or row.handed_to_id is not None
        assert bool(row.changed_by_account_id) == touched
        assert row.revision == int(touched)
        assert row.changed_at <= NOW
        if not answered:
            assert row.due_at > NOW - timedelta(days=8)
        if row.state is PromptState.DEFERRED:
            assert TODAY < row.deferred_until <= TODAY + timedelta(days=28)


def test_factors_open_with_the_persons_key(force, templates):
    known = set(SHIPPED.factor_names())
    for part in force.exec(select(DebriefPerson).limit(50)):
        codes = factors_of(
            keys=templates.keys, person_id=part.person_id, sealed=part.sealed_factors
        )
        assert set(codes) <= known
        assert codes == sorted(codes)


def test_a_district_has_its_people_in_realistic_shares(force):
    here = Counter(force.exec(select(Person.staff_type).where(col(Person.left_on).is_(None))).all())
    assert here.total() == 1500
    shares = {kind: round(100 * number / here.total()) for kind, number in here.items()}
    assert shares == {
        StaffType.OFFICER: 62,
        StaffType.PCSO: 4,
        StaffType.STAFF: 31,
        StaffType.SPECIAL: 3,
    }
    assert 40 <= count(force, Unit, Unit.kind == UnitKind.TEAM) <= 50


def test_the_full_force_has_ten_thousand_people_in_about_three_hundred_teams():
    made = organisation.build(PLANS["full"], Chance("organisation"))
    kinds = Counter(place.kind for place in made.places)
    assert len(made.posts) == 10_000
    assert kinds[UnitKind.DISTRICT] == 5
    assert 290 <= kinds[UnitKind.TEAM] <= 330


def test_exposure_is_heavy_tailed_and_about_six_a_year_for_response(force):
    response = (
        select(Exposure.person_id, func.count())
        .join(Unit, col(Unit.id) == col(Exposure.unit_id))
        .where(col(Unit.name).contains(" Response "))
        .group_by(col(Exposure.person_id))
    )
    counts = [number for _person, number in force.exec(response)]
    mean = sum(counts) / len(counts)
    assert 4.5 < mean < 7.5
    assert max(counts) > 3 * mean


def test_psychological_absence_is_near_the_published_share(force):
    spells = force.exec(select(AbsenceSpell)).all()
    whole = sum(spell.hours_lost for spell in spells)
    share = sum(spell.hours_lost for spell in spells if spell.psychological) / whole
    assert 0.38 < share < 0.55


def test_characteristics_are_missing_or_not_said_as_they_are_in_life(force):
    people = count(force, Person)
    for kind in CharacteristicKind:
        values = Counter(
            force.exec(select(Characteristic.value).where(Characteristic.kind == kind)).all()
        )
        assert 0.5 * people < values.total() < people
        if kind is CharacteristicKind.ETHNICITY:
            assert set(values) <= set(ETHNICITIES) | {"NS"}
            assert values["NS"]
        elif kind is not CharacteristicKind.BIRTH_YEAR:
            assert values["prefer_not_to_say"]


def test_the_codes_are_18_plus_1():
    assert len(ETHNICITIES) == 18


def test_types_and_places_are_those_we_invented(force):
    known = set(SHIPPED.type_names())
    assert set(force.exec(select(Incident.type_code).distinct())) <= known
    places = {area for areas in AREAS.values() for area in areas}
    assert set(force.exec(select(Incident.area).distinct())) <= places


@pytest.mark.parametrize("table", [Debrief, DebriefPerson])
def test_nothing_was_recorded_in_the_future(force, table):
    last = force.exec(select(func.max(Debrief.held_on))).one()
    assert last <= TODAY
    assert force.exec(select(func.max(Debrief.recorded_at))).one() <= NOW
    assert count(force, table) in {360, 490}

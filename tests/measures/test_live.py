"""The wellbeing lens's answers are those of a slow recount, for whoever asks whatever."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlmodel import col, select

from app.debriefs.models import (
    Confidentiality,
    Debrief,
    DebriefPerson,
    DebriefPrompt,
    Setting,
    SupportOffer,
    SupportStatus,
)
from app.exposure import service
from app.exposure.models import Exposure, Prompt, PromptKind, PromptPerson, PromptState
from app.measures import live
from app.measures.asked import Behind, Question, ServiceBand
from app.people.models import (
    AbsenceSpell,
    ContractedHours,
    LeavingReason,
    Person,
    PostingKind,
    Skill,
    StaffType,
    Unit,
    UnitKind,
)
from app.referrals.models import Outcome, Referral, ReferralState, ReferralWish, Support, Urgency
from app.security.permissions import Role
from app.security.viewer import Grant, Viewer
from tests.conftest import NOW
from tests.factories import Force
from tests.measures.slow import Chance, Slow, moment

TODAY = NOW.date()
SINCE = date(2025, 8, 1)
TYPES = ("suicide", "homicide", "rtc_death")
PEOPLE = 14


class Filled:
    """A small force in which everything that can differ between people does."""

    def __init__(self, session, seed):
        self.session, self.rng = session, Chance(seed)
        self.force = Force(session)
        self.other = self.force.unit("Westside", kind=UnitKind.DISTRICT)
        self.teams = [
            self.force.team(),
            self.force.team("B"),
            self.force.unit("C", below=self.other),
        ]
        self.people = [self.person() for _ in range(PEOPLE)]
        self.expose()
        for _ in range(40):
            self.absence()
            self.prompt()
        session.flush()
        self.units = {one.public_id: one.id for one in session.exec(select(Unit))}

    def day(self, first=SINCE, last=TODAY):
        return first + timedelta(days=self.rng.randrange((last - first).days + 1))

    def person(self):
        rng, force = self.rng, self.force
        number = force.person(f"Sam F{rng.randrange(999)}", team=rng.choice([*self.teams, None]))
        row = self.session.get(Person, number)
        row.rank = rng.choice(["Constable", "Sergeant", ""])
        row.staff_type = rng.choice([StaffType.OFFICER, StaffType.STAFF])
        row.joined_on = rng.choice([None, date(2024, 2, 29), self.day(), date(2010, 11, 23)])
        if rng.random() < 0.4:
            row.left_on, row.leaving_reason = self.day(), rng.choice([None, *LeavingReason])
        if row.joined_on and rng.random() < 0.2:
            row.counts_from = service.counts_from(
                joined_on=row.joined_on, given_up_on=date(2000, 1, 1), same_since=None
            )
        if rng.random() < 0.4:
            force.post(
                number,
                rng.choice(self.teams),
                since=self.day(),
                until=rng.choice([None, TODAY]),
                kind=PostingKind.TEMPORARY,
            )
        if rng.random() < 0.4:
            ends = rng.choice([None, date(2026, 1, 1)])
            skill = rng.choice(["Firearms", "Negotiator"])
            self.add(Skill(person_id=number, name=skill, starts_on=date(2020, 1, 1), ends_on=ends))
        for month in (9, 10, 11):
            if rng.random() < 0.6:
                hours = rng.choice([160, 97.5])
                self.add(ContractedHours(person_id=number, month=date(2026, month, 1), hours=hours))
        return number

    def add(self, row):
        self.session.add(row)
        self.session.flush()
        return row

    def expose(self):
        incidents = []
        for _ in range(25):
            at = moment(self.rng, SINCE, TODAY - timedelta(days=1))
            incidents.append(self.force.incident(self.rng.choice(TYPES), at))
            for person in self.rng.sample(self.people, 3):
                self.force.attend(person, incidents[-1])
        service.refresh(self.session, incident_ids=incidents, person_ids=[], now=NOW)
        self.incidents = incidents

    def absence(self):
        starts, rng = self.day(), self.rng
        ends = rng.choice([None, starts + timedelta(days=rng.randrange(45))])
        spell = AbsenceSpell(
            person_id=rng.choice(self.people),
            starts_on=starts,
            ends_on=ends,
            psychological=rng.random() < 0.5,
            hours_lost=rng.randrange(1, 200),
            recorded_at=NOW,
            withdrawn=rng.random() < 0.1,
        )
        self.add(spell)

    def prompt(self):
        rng = self.rng
        person, opened = rng.choice(self.people), moment(rng, SINCE, TODAY)
        prompt = self.add(
            Prompt(
                natural_key=f"made:{rng.random()}",
                kind=PromptKind.INCIDENT,
                rule_code="made",
                framework_number=1,
                incident_id=rng.choice(self.incidents),
                opened_at=opened,
            )
        )
        changed = opened + timedelta(hours=rng.randrange(150))
        state = rng.choice([PromptState.HELD, *PromptState])
        row = self.add(
            PromptPerson(
                prompt_id=prompt.id,
                person_id=person,
                why="made",
                due_at=opened,
                state=state,
                changed_at=changed,
            )
        )
        if state is PromptState.HELD:
            self.talk(row, opened, changed)

    def talk(self, row, opened, changed):
        rng = self.rng
        held_on = opened.date() + timedelta(days=rng.randrange(5))
        talk = self.add(Debrief(held_on=held_on, setting=Setting.PHONE, recorded_at=changed))
        part = self.add(
            DebriefPerson(
                debrief_id=talk.id,
                person_id=row.person_id,
                primary_support=Support.TRIM,
                sealed_factors=b"",
                confidentiality=rng.choice(list(Confidentiality)),
            )
        )
        self.add(DebriefPrompt(debrief_person_id=part.id, prompt_person_id=row.id))
        for kind in rng.sample([Support.TRIM, Support.GP], rng.randrange(3)):
            status = rng.choice(list(SupportStatus))
            self.add(SupportOffer(debrief_person_id=part.id, support=kind, status=status))
        if rng.random() < 0.7:
            self.refer(row.person_id, changed)

    def refer(self, person, agreed):
        rng = self.rng
        state = rng.choice([ReferralState.SENT, ReferralState.CLOSED])
        closed = state is ReferralState.CLOSED
        row = self.add(
            Referral(
                person_id=person,
                service=rng.choice([Support.TRIM, Support.CHAPLAIN]),
                state=state,
                agreed_at=agreed,
                sent_at=agreed,
                supervisor_sees=rng.random() < 0.8,
                accepted_at=agreed + timedelta(hours=20) if closed else None,
                contacted_on=agreed.date() + timedelta(days=3) if closed else None,
                outcome=Outcome.COMPLETED if closed else None,
            )
        )
        if rng.random() < 0.2:
            wish = ReferralWish(referral_id=row.id, urgency=Urgency.TODAY, outside_line=False)
            self.add(wish)

    def question(self):
        rng = self.rng
        first = self.day(SINCE, TODAY - timedelta(days=1))
        asked = Question(first, self.day(first))
        filters = {
            "units": (rng.choice(sorted(self.units)),),
            "person": self.session.get(Person, rng.choice(self.people)).public_id,
            "ranks": ("Constable",),
            "staff_types": (StaffType.STAFF,),
            "service": (ServiceBand.FROM_2, rng.choice(list(ServiceBand))),
            "skills": ("Firearms",),
            "types": (rng.choice(TYPES), "other"),
            "psychological": rng.random() < 0.5,
            "left": rng.random() < 0.5,
        }
        some = rng.sample(sorted(filters), rng.choice([0, 1, 1, 2]))
        return replace(asked, **{name: filters[name] for name in some})


def viewer(*units):
    return Viewer(1, None, "Lee", tuple(Grant(Role.WELLBEING_LEAD, one) for one in units))


@pytest.mark.parametrize("seed", range(4))
def test_every_answer_is_that_of_a_slow_recount(session, seed):
    filled = Filled(session, seed)
    service.pack(session, now=NOW)
    if seed % 2:
        # Some days are in columns, some not.
        person, incident = (
            filled.people[0],
            filled.force.incident("suicide", moment(filled.rng, SINCE, TODAY)),
        )
        filled.force.attend(person, incident)
        service.refresh(session, incident_ids=[incident], person_ids=[], now=NOW)
    assert [line for line in service.differences(session) if "columns" in line] == []
    for turn in range(6):
        wide = [[None], [filled.other], [filled.teams[0], filled.teams[2]]][turn % 3]
        check(viewer(*wide), session, filled, filled.question())


def check(who, session, filled, question):
    slow = Slow(session, who.wide_units(), question, NOW, filled.units)
    asked = {"now": NOW}
    assert exposure_of(live.exposure(who, session, question, **asked)) == slow.exposure()
    assert live.matching(who, session, question, **asked) == len(slow.everybody)
    assert prompting_of(live.prompting(who, session, question, **asked)) == slow.prompting()
    assert support_of(live.support(who, session, question, **asked), slow) == slow.support()
    found = live.referrals(who, session, question, **asked)
    assert {one.service: (one.people.counted, one.referrals) for one in found} == slow.referrals()
    check_absence(live.absence(who, session, question, **asked), slow)
    left = live.attrition(who, session, question, **asked)
    base, reasons = slow.attrition()
    assert (left.with_transfers.base, left.with_transfers.counted) == (base, sum(reasons.values()))
    assert {reason: n for reason, n in left.reasons.items() if n} == dict(reasons)
    assert left.without_transfers.counted == sum(reasons.values()) - reasons["transfer"]
    check_units(who, session, filled, question)
    check_people(who, session, question, slow)


def exposure_of(found):
    return {
        "everybody": found.people.base,
        "people": found.people.counted,
        "exposures": found.exposures,
        "bands": {band.value: number.counted for band, number in found.bands.items()},
        "repeated": found.repeated.counted,
        "types": {
            one.code: (one.people.counted, one.repeated.counted, one.exposures.counted)
            for one in found.types
        },
        "months": {
            one.month: (one.people.counted, one.exposures) for one in found.months if one.exposures
        },
    }


def prompting_of(found):
    states = {
        PromptState.HELD: found.held,
        PromptState.DECLINED: found.declined,
        PromptState.NOT_NEEDED: found.not_needed,
        PromptState.DEFERRED: found.deferred,
        PromptState.OPEN: found.waiting,
    }
    return {
        "everybody": found.people.base,
        "people": found.people.counted,
        "in_72_hours": (found.in_72_hours.counted, found.in_72_hours.base),
        "states": {state: number.counted for state, number in states.items()},
        "waiting": found.people_waiting.counted,
    }


def support_of(found, slow):
    numbers = [(line.support, *pair) for line in found.offers for pair in line.statuses.items()]
    bases = {number.base for _kind, _status, number in numbers}
    return {
        "people": found.people.counted,
        "conversations": found.conversations,
        "private": found.kept_private.counted,
        "shared": bases.pop() if bases else slow.support()["shared"],
        "offers": {(kind, status): n.counted for kind, status, n in numbers if n.counted},
    }


def check_absence(found, slow):
    wanted = slow.absence()
    assert found.hours.counted == pytest.approx(wanted["hours"], abs=0.01)
    assert found.hours.base == pytest.approx(wanted["contracted"], abs=0.05)
    assert found.of_all_hours.base == pytest.approx(wanted["all"], abs=0.01)
    assert (found.spells.counted, found.spells.base, found.started) == wanted["spells"]
    assert (found.people.counted, found.long_term.counted) == wanted["people"]
    by_month = sum(month.hours.counted for month in found.months)
    assert by_month == pytest.approx(wanted["hours"], abs=0.2)


def check_units(who, session, filled, question):
    """Each unit's line is the whole answer, asked of that unit alone."""
    for line in live.by_unit(who, session, question, kind=UnitKind.TEAM, now=NOW):
        if question.units and line.public_id not in question.units:
            continue
        alone = replace(question, units=(line.public_id,))
        assert line.exposed == live.exposure(who, session, alone, now=NOW).people
        assert (
            line.waiting.counted
            == live.prompting(who, session, alone, now=NOW).people_waiting.counted
        )
        assert line.absent == live.absence(who, session, alone, now=NOW).people


def check_people(who, session, question, slow):
    for behind, wanted in (
        (Behind.EVERYBODY, {one.id for one in slow.everybody}),
        (Behind.EXPOSED, {one.id for one in slow.everybody if slow.exposures(one)}),
    ):
        found = live.people(who, session, question, behind=behind, page=None, now=NOW)
        named = {one.id for one in found.people}
        assert named <= wanted
        assert len(wanted) == len(named) + found.not_listed
        gone = {one.id for one in slow.everybody if slow.as_of(one) < TODAY}
        assert not named & gone
    for behind, number in (
        (Behind.TALKED, slow.support()["people"]),
        (Behind.ABSENT, slow.absence()["people"][0]),
        (Behind.LONG_TERM, slow.absence()["people"][1]),
        (Behind.WAITING, slow.prompting()["waiting"]),
    ):
        found = live.people(who, session, question, behind=behind, page=None, now=NOW)
        assert len(found.people) + found.not_listed == number


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.SENIOR_LEADER, Role.DATA_STEWARD])
def test_without_a_wellbeing_role_there_is_nobody_to_ask_about(session, role):
    Filled(session, 1)
    nobody = Viewer(1, None, "Lee", (Grant(role, None),))
    question = Question.window(365, TODAY)
    assert live.matching(nobody, session, question, now=NOW) == 0
    assert live.exposure(nobody, session, question, now=NOW).exposures == 0
    assert live.choices(nobody, session, now=NOW).units == ()


def test_nobody_is_named_to_themself(session):
    Filled(session, 2)
    question = Question.window(365, TODAY)
    everybody = live.people(
        viewer(None), session, question, behind=Behind.EVERYBODY, page=None, now=NOW
    )
    me = everybody.people[0].id
    looking = replace(viewer(None), person_id=me)
    found = live.people(looking, session, question, behind=Behind.EVERYBODY, page=None, now=NOW)
    assert me not in {one.id for one in found.people}
    assert found.not_listed == everybody.not_listed + 1


def test_units_to_choose_are_those_in_reach_each_below_its_own(session):
    filled = Filled(session, 3)
    units = live.choices(viewer(filled.other), session, now=NOW).units
    assert [(one.name, one.depth) for one in units] == [("Westside", 0), ("C", 1)]


def test_columns_that_are_wrong_are_found(session):
    Filled(session, 3)
    service.pack(session, now=NOW)
    newest = col(Exposure.occurred_on).desc()
    row = session.exec(select(Exposure).order_by(newest)).first()
    row.type_code = "other"
    session.flush()
    wrong = f"tally {row.occurred_on}: columns differ from exposures"
    assert wrong in service.differences(session)

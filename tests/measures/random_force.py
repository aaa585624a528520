"""A force of which everything is chance: postings, exposures, conversations, absence, answers."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from app.common.clock import start_of_day
from app.debriefs.models import (
    Confidentiality,
    Debrief,
    DebriefPerson,
    DebriefPrompt,
    Setting,
    SupportOffer,
    SupportStatus,
)
from app.debriefs.service import FACTORS_FIELD
from app.exposure.counting import recount_tallies
from app.exposure.models import Exposure, Prompt, PromptKind, PromptPerson, PromptState
from app.incidents.framework import SHIPPED
from app.people.models import (
    AbsenceSpell,
    Characteristic,
    CharacteristicKind,
    ContractedHours,
    LeavingReason,
    Person,
    PostingKind,
    Skill,
    StaffType,
    UnitKind,
)
from app.referrals.models import SERVICES, Outcome, Referral, ReferralState, Support
from app.security.key_store import Purpose
from app.security.sealing import seal
from tests.factories import NUMBERS, Force

FIRST, LAST = date(2025, 1, 1), date(2026, 11, 20)
DAYS = (LAST - FIRST).days
TYPES = ("suicide", "homicide", "sudden_death")
FACTORS = sorted(SHIPPED.factor_names())[:4]
ANSWERS = {
    CharacteristicKind.SEX: ("male", "female", "prefer_not_to_say"),
    CharacteristicKind.ETHNICITY: ("W1", "W9", "A1", "O1", "B2", "M1", "NS", "O2"),
    CharacteristicKind.DISABILITY: ("yes", "no", "prefer not to say"),
    CharacteristicKind.RELIGION: ("none", "christian", "muslim", "jedi"),
    CharacteristicKind.SEXUAL_ORIENTATION: ("heterosexual", "gay", "bisexual"),
    CharacteristicKind.GENDER_IDENTITY: ("same_as_sex", "different_from_sex"),
    CharacteristicKind.BIRTH_YEAR: ("1960", "1975", "1985", "1999", "2001"),
}


class RandomForce:
    """Makes rows in one session, by a seeded generator and a key store."""

    def __init__(self, session, keys, chance, *, people=60) -> None:
        self.session, self.keys, self.chance = session, keys, chance
        self.force = Force(session)
        self.teams = self._units()
        self.people = [self._person() for _number in range(people)]
        for person in self.people:
            self._work(person)
            self._answers(person)
            self._support(person)
        session.flush()
        recount_tallies(session, self.people)

    def often(self, share: float) -> bool:
        """Whether something happens."""
        return self.chance.random() < share

    def day(self, first: date = FIRST, last: date = LAST) -> date:
        """Any day between two."""
        return first + timedelta(days=self.chance.randint(0, max((last - first).days, 0)))

    def moment(self) -> datetime:
        """Any hour of any day."""
        return start_of_day(self.day()) + timedelta(hours=self.chance.randint(0, 23))

    def add(self, row):
        """Store a row; returns its number."""
        self.session.add(row)
        self.session.flush()
        return getattr(row, "id", None)

    def _units(self) -> list[int]:
        one = self.force.unit("Response", kind=UnitKind.DEPARTMENT, below=self.force.district)
        two = self.force.unit("Custody", kind=UnitKind.DEPARTMENT)
        teams = [self.force.unit(f"Team {number}", below=one) for number in range(3)]
        return [*teams, self.force.unit("Cells", below=two), one, self.force.district]

    def _person(self) -> int:
        joined = self.chance.choice((None, self.day(date(1995, 1, 1)), self.day()))
        left = self.day(max(joined or FIRST, FIRST)) if self.often(0.3) else None
        back = left is not None and joined is not None and self.often(0.2)
        row = Person(
            source_system="hr",
            source_ref=f"R{next(NUMBERS)}",
            given_name="A",
            family_name="B",
            staff_type=self.chance.choice(tuple(StaffType)),
            rank=self.chance.choice(("Constable", "Sergeant", "Inspector", "")),
            joined_on=left + timedelta(days=30) if back else joined,
            left_on=left,
            leaving_reason=self.chance.choice((None, *LeavingReason)) if left else None,
            counts_from=start_of_day(self.day()) if self.often(0.1) else None,
            only_number=self.often(0.05),
        )
        number = self.add(row)
        for _posting in range(self.chance.randint(0, 3)):
            since = self.day(date(2024, 1, 1))
            until = self.day(since) if self.often(0.5) else None
            kind = self.chance.choice(tuple(PostingKind))
            team = self.chance.choice(self.teams)
            self.force.post(number, team, since=since, until=until, kind=kind)
        return number

    def _work(self, person: int) -> None:
        for _exposure in range(self.chance.randint(0, 9)):
            when = self.moment()
            incident = self.force.incident(self.chance.choice(TYPES), when)
            self.add(
                Exposure(
                    person_id=person,
                    incident_id=incident,
                    type_code=self.chance.choice(TYPES),
                    occurred_at=when,
                    occurred_on=when.date(),
                    framework_number=1,
                )
            )
            if self.often(0.4):
                self._prompt(person, incident, when)
        for _spell in range(self.chance.randint(0, 3)):
            starts = self.day(date(2024, 10, 1))
            ends = starts + timedelta(days=self.chance.choice((0, 3, 27, 28, 60)))
            self.add(
                AbsenceSpell(
                    person_id=person,
                    starts_on=starts,
                    ends_on=None if self.often(0.1) else ends,
                    psychological=self.often(0.5),
                    hours_lost=Decimal(self.chance.randint(1, 40_000)) / 100,
                    recorded_at=start_of_day(starts),
                    withdrawn=self.often(0.1),
                )
            )
        for name in ("Firearms", "firearms", "Dogs"):
            if self.often(0.3):
                since = self.day(date(2024, 1, 1))
                until = self.day(since) if self.often(0.3) else None
                self.add(Skill(person_id=person, name=name, starts_on=since, ends_on=until))
        if self.often(0.7):
            hours = Decimal(self.chance.choice((60, 130, 131, 160)))
            self.add(ContractedHours(person_id=person, month=date(2026, 4, 1), hours=hours))

    def _prompt(self, person: int, incident: int, when: datetime) -> None:
        opened = when + timedelta(hours=self.chance.choice((0, 1, 50, 400)))
        prompt = self.add(
            Prompt(
                natural_key=f"k{next(NUMBERS)}",
                kind=PromptKind.INCIDENT,
                rule_code="always",
                framework_number=1,
                incident_id=incident,
                opened_at=opened,
            )
        )
        state = self.chance.choice((*PromptState, *[PromptState.HELD] * 6))
        asked = self.add(
            PromptPerson(
                prompt_id=prompt,
                person_id=person,
                why="",
                due_at=when + timedelta(hours=72),
                state=state,
                changed_at=opened + timedelta(hours=self.chance.choice((1, 60, 90))),
            )
        )
        if state is PromptState.HELD:
            held = (opened + timedelta(days=self.chance.choice((0, 2, 5)))).date()
            part = self._talk(person, held)
            self.add(DebriefPrompt(debrief_person_id=part, prompt_person_id=asked))

    def _talk(self, person: int, held: date) -> int:
        debrief = Debrief(
            held_on=held, setting=Setting.PHONE, recorded_at=start_of_day(held + timedelta(days=1))
        )
        number = self.add(debrief)
        named = self.force.person("Former Number") if self.often(0.1) else None
        factors = [code for code in FACTORS if self.often(0.3)]
        sealed = seal(
            self.keys,
            owner=named or person,
            purpose=Purpose.RECORD,
            field=FACTORS_FIELD,
            value=factors,
        )
        part = DebriefPerson(
            debrief_id=number,
            person_id=person,
            named_id=named,
            primary_support=Support.NONE,
            sealed_factors=b"" if self.often(0.1) else sealed,
            confidentiality=self.chance.choice(tuple(Confidentiality)),
        )
        self.add(part)
        for support in (Support.TRIM, Support.GP, Support.NONE):
            if self.often(0.5):
                status = self.chance.choice(tuple(SupportStatus))
                self.add(SupportOffer(debrief_person_id=part.id, support=support, status=status))
        return part.id

    def _answers(self, person: int) -> None:
        for kind, values in ANSWERS.items():
            if self.often(0.8):
                value = self.chance.choice(values)
                self.add(Characteristic(person_id=person, kind=kind, value=value))

    def _support(self, person: int) -> None:
        for _referral in range(self.chance.randint(0, 2)):
            sent = self.moment()
            contacted = (
                sent.date() + timedelta(days=self.chance.choice((0, 1, 2, 5)))
                if self.often(0.7)
                else None
            )
            closed = self.often(0.4)
            self.add(
                Referral(
                    person_id=person,
                    service=self.chance.choice(SERVICES),
                    state=ReferralState.CLOSED if closed else ReferralState.SENT,
                    agreed_at=sent,
                    sent_at=sent,
                    contacted_on=contacted,
                    closed_at=sent + timedelta(hours=self.chance.choice((1, 200)))
                    if closed
                    else None,
                    outcome=self.chance.choice(tuple(Outcome)) if closed else None,
                )
            )

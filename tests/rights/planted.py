"""Facts of many people, each of which says whose it is: ``c07xskill`` is the skill of the seventh.

Everybody shares an incident, a conversation and a list with the others, so that there is somebody
else's data beside everything.
"""

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from sqlmodel import Session, select

from app.accounts.models import Account, RoleGrant
from app.audit import service as audit
from app.audit.events import Entry, Event
from app.audit.models import Purpose as Reason
from app.audit.models import StatedPurpose
from app.debriefs.models import (
    Debrief,
    DebriefDraft,
    DebriefDraftPerson,
    DebriefPerson,
    Setting,
    SupportOffer,
    SupportStatus,
)
from app.debriefs.service import FACTORS_FIELD
from app.exposure import service as exposure
from app.exposure.models import ExposureStatement, PromptPerson, StatementKind
from app.incidents.models import Incident, PastKind, RecordPast
from app.major.models import MajorIncident, MajorPerson, Tier
from app.notifications.models import Delivery, Kind, Mail, Notification, NotificationChoice
from app.people.models import (
    AbsenceSpell,
    AwayKind,
    AwaySpell,
    Characteristic,
    ContractedHours,
    EqualityObjection,
    Person,
    PersonNumber,
    Skill,
)
from app.referrals.models import (
    CareKind,
    PractitionerCare,
    Referral,
    ReferralState,
    ReferralStep,
    ServicePractitioner,
    StepKind,
    Support,
)
from app.rights.models import Decision, Part, Right, RightsRequest, State
from app.rights.queries import REPLY, WORDS
from app.security.key_store import KeyStore, Purpose
from app.security.models import BrowserSession
from app.security.permissions import Role
from app.security.sealing import seal
from tests.conftest import NOW
from tests.factories import Force, account

TOKEN = re.compile(r"c(\d\d)x\w+")
SHARED = "suicide"


@dataclass
class Planted:
    """One person, and what has been planted about them, by section."""

    number: int
    person: int
    account: int
    words: dict[str, set[str]] = field(default_factory=dict)

    def word(self, section: str, name: str) -> str:
        """A word that says whose it is, and belongs in one section."""
        said = f"c{self.number:02}x{name}"
        self.words.setdefault(section, set()).add(said)
        return said

    @property
    def day(self) -> date:
        """A day of nobody else's."""
        return date(2021, 1, 1) + timedelta(days=self.number)


def plant(session: Session, keys: KeyStore, *, many: int) -> list[Planted]:
    """A force of so many people."""
    force = Force(session)
    shared = force.incident(SHARED, NOW - timedelta(days=2))
    talk = Debrief(held_on=NOW.date(), setting=Setting.GROUP, recorded_at=NOW)
    major = MajorIncident(
        incident_id=shared, name="Shared list", follow_up_on=NOW.date(), opened_at=NOW
    )
    session.add_all([talk, major])
    session.flush()
    everybody = []
    for number in range(1, many + 1):
        one = Planted(number, force.person(f"c{number:02}xgiven c{number:02}xfamily"), 0)
        one.account = account(session, person=one.person, name=f"c{number:02}xdisplay")
        one.word("staff", "given"), one.word("staff", "family"), one.word("account", "display")
        session.add(
            StatedPurpose(
                account_id=one.account,
                purpose=Reason.PLANNING,
                reason=one.word("purposes", "reason"),
                stated_at=NOW,
            )
        )
        _staff(session, force, one)
        _work(session, force, one, shared)
        _support(session, keys, one, talk.id or 0)
        session.add(
            MajorPerson(
                major_incident_id=major.id,
                person_id=one.person,
                tier=Tier.WIDER,
                attached_at=NOW,
            )
        )
        _account(session, force, one)
        _asked(session, keys, one)
        everybody.append(one)
    exposure.rebuild(session, now=NOW)
    _prompts(session, everybody)
    session.flush()
    return everybody


def _staff(session: Session, force: Force, one: Planted) -> None:
    row = session.get_one(Person, one.person)
    row.source_ref, row.rank = one.word("staff", "ref"), one.word("staff", "rank")
    team = force.team(one.word("postings", "posted"))
    posting = force.post(one.person, team)
    posting.source_ref = f"P-{one.number}"
    led = force.team(one.word("leading", "led"))
    force.lead(one.person, led)
    past = {"kind": one.word("said_before", "past"), "unit_id": 1}
    session.add(
        RecordPast(
            kind=PastKind.POSTINGS,
            source_system="hr",
            source_ref=posting.source_ref,
            version=0,
            said=past,
            known_until=NOW,
        )
    )
    number = Person(
        source_system="cad",
        source_ref=one.word("numbers", "collar"),
        staff_type="officer",
        only_number=True,
    )
    session.add(number)
    session.flush()
    session.add_all(
        [
            PersonNumber(person_id=one.person, number_id=number.id, starts_on=one.day),
            Skill(person_id=one.person, name=one.word("skills", "skill"), starts_on=one.day),
            Characteristic(
                person_id=one.person, kind="religion", value=one.word("characteristics", "faith")
            ),
            EqualityObjection(person_id=one.person, made_at=NOW, taken_back_at=NOW),
            AbsenceSpell(
                person_id=one.person,
                starts_on=one.day,
                psychological=True,
                hours_lost=Decimal(one.number),
                source_system=one.word("absence", "sick"),
                recorded_at=NOW,
            ),
            ContractedHours(
                person_id=one.person,
                month=one.day,
                hours=Decimal(one.number),
                source_system=one.word("hours", "rota"),
            ),
            AwaySpell(
                person_id=one.person,
                kind=AwayKind.TRAINING,
                starts_on=one.day,
                ends_on=one.day,
                recorded_at=NOW,
                recorded_by_account_id=account(session, name=one.word("away", "noted")),
            ),
        ]
    )


def _work(session: Session, force: Force, one: Planted, shared: int) -> None:
    force.attend(one.person, shared)
    incident = force.incident(SHARED, NOW - timedelta(days=1, hours=one.number))
    row = force.attend(one.person, incident)
    row.unit_ref = one.word("attendance", "unit")
    # Its reference is in each section that is about this incident.
    said = session.get_one(Incident, incident)
    said.source_ref = f"c{one.number:02}xincident"
    for section in ("exposures", "attendance"):
        one.word(section, "incident")
    session.add(
        ExposureStatement(
            person_id=one.person,
            incident_id=shared,
            kind=StatementKind.DISPUTED,
            type_code=one.word("statements", "type"),
            said_at=NOW,
            taken_back_at=NOW,
        )
    )


def _prompts(session: Session, everybody: list[Planted]) -> None:
    """One of each person's prompts says whose it is; there is one, as the rules are."""
    for one in everybody:
        found = select(PromptPerson).where(PromptPerson.person_id == one.person)
        row = session.exec(found).first()
        assert row is not None
        row.why = one.word("prompts", "why")


def _support(session: Session, keys: KeyStore, one: Planted, talk: int) -> None:
    part = DebriefPerson(
        debrief_id=talk,
        person_id=one.person,
        primary_support=Support.TRIM,
        next_contact_on=one.day,
        sealed_factors=seal(
            keys,
            purpose=Purpose.RECORD,
            owner=one.person,
            field=FACTORS_FIELD,
            value=[one.word("conversations", "factor")],
        ),
    )
    draft = DebriefDraft(
        account_id=account(session, name=one.word("drafts_about_me", "author")), saved_at=NOW
    )
    sent = Referral(
        person_id=one.person,
        service=Support.TRIM,
        state=ReferralState.ACCEPTED,
        agreed_at=NOW,
        agreement_by_account_id=account(session, name=one.word("referrals", "agreed")),
        sent_at=NOW,
        practitioner_account_id=account(session, name=one.word("referrals", "carer")),
    )
    session.add_all([part, draft, sent])
    session.flush()
    session.add_all(
        [
            SupportOffer(
                debrief_person_id=part.id, support=Support.TRIM, status=SupportStatus.ACCEPTED
            ),
            DebriefDraftPerson(draft_id=draft.id, person_id=one.person, sealed=b"sealed"),
            ReferralStep(referral_id=sent.id, kind=StepKind.FIRST_MEETING, due_on=one.day),
        ]
    )


def _account(session: Session, force: Force, one: Planted) -> None:
    mine = one.account
    row = session.get_one(Account, mine)
    row.username, row.email = one.word("account", "user"), one.word("account", "mail")
    mail = Mail(account_id=mine, planned_at=NOW, next_try_at=NOW)
    told = Notification(account_id=mine, kind=Kind.PROMPT, subject="s", topic="t", told_at=NOW)
    care = account(session, name=one.word("care", "asker"))
    session.add_all(
        [
            mail,
            told,
            NotificationChoice(account_id=mine, delivery=Delivery.DIGEST, digest_hour=7),
            BrowserSession(
                token_hash=f"hash-{one.number}", account_id=mine, created_at=NOW, seen_at=NOW
            ),
            RoleGrant(
                account_id=mine,
                role=Role.EVALUATOR,
                unit_id=force.team(one.word("roles", "reach")),
                starts_on=one.day,
            ),
            ServicePractitioner(
                account_id=mine,
                service=Support.TRIM,
                unit_id=force.team(one.word("services", "works")),
                caseload_limit=5,
                added_at=NOW,
            ),
            PractitionerCare(account_id=mine, kind=CareKind.SPOKEN, at=NOW, by_account_id=care),
            DebriefDraft(account_id=mine, saved_at=NOW),
        ]
    )
    looker = account(session, name=one.word("who_looked", "looker"))
    seen = {"page": "record"}
    audit.append(
        session,
        [
            Entry(Event.RECORD_VIEWED, NOW, looker, "Supervisor", one.person, None, details=seen),
            Entry(Event.ACCOUNT_SIGNED_IN, NOW, mine, one.word("what_i_did", "role")),
        ],
    )


def _asked(session: Session, keys: KeyStore, one: Planted) -> None:
    def sealed(field_: str, name: str) -> bytes:
        value = one.word("requests", name)
        return seal(keys, purpose=Purpose.RECORD, owner=one.person, field=field_, value=value)

    session.add(
        RightsRequest(
            person_id=one.person,
            kind=Right.COMPLAINT,
            part=Part.ALL,
            sealed_words=sealed(WORDS, "asked"),
            sealed_reply=sealed(REPLY, "answer"),
            received_at=NOW,
            due_on=NOW.date(),
            state=State.DECIDED,
            decision=Decision.PARTLY,
            ended_at=NOW,
            decided_by_account_id=account(session, name=one.word("requests", "officer")),
        )
    )

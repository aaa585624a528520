"""Every table has a period, or a reason for having none; every class is worked through."""

import pytest
from sqlmodel import select

from app.accounts.models import RoleGrant
from app.audit import service as audit
from app.audit.events import Entry, Event
from app.audit.models import AuditAnchor, AuditEntry
from app.common.clock import months_after
from app.database import metadata
from app.debriefs.models import (
    Confidentiality,
    Debrief,
    DebriefPerson,
    Setting,
    SupportOffer,
    SupportStatus,
)
from app.exposure.models import Recount
from app.feeds.models import FeedKind, ImportRun, QuarantinedRow, RunState
from app.people.models import AwayKind, AwaySpell, ContractedHours, Supervision
from app.referrals.models import (
    CareKind,
    PractitionerCare,
    Referral,
    ReferralState,
    ReferralStep,
    StepKind,
    Support,
)
from app.retention.classes import BY_CODE, CLASSES, OTHERWISE
from app.retention.models import PeriodReason, RetentionCount, RetentionPeriod
from app.retention.removers import REMOVERS
from app.security.permissions import Role
from tests.conftest import NOW
from tests.factories import Force, account
from tests.house_rules.test_data_protection import listed
from tests.retention.conftest import TODAY, noon
from tests.retention.test_incidents import place


def test_every_table_is_in_one_class_or_has_a_reason_to_be_in_none(app):
    named = [table for one in CLASSES for table in one.tables if "." not in table]
    assert len(named) == len(set(named))
    assert set(named) & set(OTHERWISE) == set()
    assert set(named) | set(OTHERWISE) == set(listed()) == set(metadata.tables)
    columns = [table.split(".") for one in CLASSES for table in one.tables if "." in table]
    assert all(column in metadata.tables[table].columns for table, column in columns)


def test_every_class_has_a_remover_and_bounds_around_its_period():
    assert set(REMOVERS) == set(BY_CODE)
    for one in CLASSES:
        assert one.bounds is None or one.bounds.least <= one.months <= one.bounds.most, one.code


def talk(session, force, day, *, person):
    row = Debrief(held_on=day, setting=Setting.PHONE, recorded_at=NOW)
    session.add(row)
    session.flush()
    part = DebriefPerson(
        debrief_id=row.id,
        person_id=person,
        primary_support=Support.TRIM,
        sealed_factors=b"sealed",
        confidentiality=Confidentiality.SHARED,
    )
    session.add(part)
    session.flush()
    offer = SupportOffer(
        debrief_person_id=part.id, support=Support.TRIM, status=SupportStatus.ACCEPTED
    )
    # Closed much later: it outlives the conversation.
    sent = Referral(
        person_id=person,
        debrief_person_id=part.id,
        service=Support.TRIM,
        state=ReferralState.SENT,
        agreed_at=NOW,
        sent_at=NOW,
    )
    session.add_all([offer, sent])
    return DebriefPerson


def one_of(code, session, force, day):
    """A record of a class whose period begins on a day; returns the table to look at."""
    sam, by = force.person(), account(session)
    made = {
        "supervisions": lambda: Supervision(
            unit_id=force.district, person_id=sam, kind="supervisor", starts_on=day, ends_on=day
        ),
        "hours": lambda: ContractedHours(person_id=sam, month=day, hours=120),
        "away": lambda: AwaySpell(
            person_id=sam,
            kind=AwayKind.LEAVE,
            starts_on=day,
            ends_on=day,
            recorded_at=NOW,
            recorded_by_account_id=by,
        ),
        "practitioners": lambda: PractitionerCare(account_id=by, kind=CareKind.ASKED, at=noon(day)),
        "roles": lambda: RoleGrant(account_id=by, role=Role.SUPERVISOR, starts_on=day, ends_on=day),
        "recounts": lambda: Recount(at=noon(day), people=1, exposures=0, tallies=0, prompts=0),
        "imports": lambda: ImportRun(
            kind=FeedKind.PEOPLE,
            file_name="a",
            mapping="b",
            started_at=noon(day),
            state=RunState.FINISHED,
        ),
        "referrals": lambda: Referral(
            person_id=sam,
            service=Support.TRIM,
            state=ReferralState.SENT,
            agreed_at=noon(day),
            sent_at=noon(day),
        ),
    }
    if code == "conversations":
        return talk(session, force, day, person=sam)
    row = made[code]()
    session.add(row)
    session.flush()
    if code == "referrals":
        session.add(ReferralStep(referral_id=row.id, kind=StepKind.FOLLOW_UP, due_on=day))
        session.flush()
    return type(row)


@pytest.mark.parametrize(
    "code",
    [
        "supervisions",
        "hours",
        "away",
        "practitioners",
        "roles",
        "recounts",
        "imports",
        "referrals",
        "conversations",
    ],
)
def test_each_class_goes_on_its_day_and_not_before(nights, code):
    months = BY_CODE[code].months
    with nights.write() as session:
        force = Force(session)
        kept = months_after(TODAY, -months)
        table = one_of(code, session, force, kept)
        one_of(code, session, force, months_after(kept, -1))
    nights.run()
    assert len(nights.all(select(table))) == 1
    assert counted(nights, code) == (1, 1, 0)
    if code == "conversations":
        assert [one.debrief_person_id is None for one in nights.all(select(Referral))] in (
            [True, False],
            [False, True],
        )


def counted(nights, code):
    row = nights.all(select(RetentionCount).where(RetentionCount.class_code == code))[-1]
    return row.due, row.removed, row.held


def test_the_sealed_value_goes_before_the_conversation(nights):
    with nights.write() as session:
        force = Force(session)
        sam = force.person()
        for months in (24, 25):
            talk(session, force, months_after(TODAY, -months), person=sam)
    nights.run()
    sealed = nights.all(select(DebriefPerson.sealed_factors).order_by(DebriefPerson.id))
    assert sealed == [b"sealed", b""]


def test_a_hold_keeps_what_is_about_the_person(nights):
    with nights.write() as session:
        force = Force(session)
        sam = force.person()
        talk(session, force, months_after(TODAY, -90), person=sam)
        place(session, person_id=sam)
    nights.run()
    assert nights.all(select(DebriefPerson.sealed_factors)) == [b"sealed"]
    assert (counted(nights, "conversations"), counted(nights, "factors")) == ((1, 0, 1), (1, 0, 1))


def test_a_delivery_of_which_a_row_is_set_aside_stays(quick):
    with quick.write() as session:
        Force(session)
        run = ImportRun(
            kind=FeedKind.PEOPLE,
            file_name="a",
            mapping="b",
            started_at=noon(months_after(TODAY, -30)),
            state=RunState.FINISHED,
        )
        session.add(run)
        session.flush()
        session.add(
            QuarantinedRow(
                run_id=run.id,
                kind=FeedKind.PEOPLE,
                source_system="hr",
                fingerprint="f",
                row_number=1,
                field="ref",
                reason="x",
                values={},
                quarantined_at=NOW,
            )
        )
    quick.run()
    assert counted(quick, "imports") == (1, 0, 1)


def test_the_log_goes_from_its_oldest_end_and_still_proves_itself(nights):
    old, new = noon(months_after(TODAY, -85)), noon(months_after(TODAY, -83))
    with nights.write() as session:
        force = Force(session)
        sam, jo = force.person(), force.person()
        for at, person in ((old, sam), (old, sam), (old, jo), (old, sam), (new, sam)):
            entry = Entry(Event.RECORD_VIEWED, at, subject_person_id=person, details={"page": "x"})
            audit.append(session, [entry])
        hold = place(session, person_id=jo)
    nights.run(batch=1)
    # What is about Jo stays, and with it all that follows.
    assert len(nights.all(select(AuditEntry))) == 3
    assert counted(nights, "audit") == (4, 2, 2)
    with nights.write() as session:
        from app.retention.models import LegalHold  # noqa: PLC0415

        session.get(LegalHold, hold).lifted_at = noon(months_after(TODAY, -1))
    nights.run(months_after(TODAY, 1))
    assert [one.at for one in nights.all(select(AuditEntry))] == [new]
    assert len(nights.all(select(AuditAnchor))) == 1
    with nights.write() as session:
        audit.append(session, [Entry(Event.TEAM_VIEWED, NOW)])
        assert audit.first_broken_link(session) is None
        session.get(AuditAnchor, 1).hash = "0" * 64
        session.flush()
        assert audit.first_broken_link(session) is not None
        session.rollback()


@pytest.mark.parametrize(("months", "removed"), [(36, 0), (12, 1)])
def test_a_period_that_was_set_holds_from_its_day(quick, months, removed):
    with quick.write() as session:
        force = Force(session)
        one_of("hours", session, force, months_after(TODAY, -30))
        session.add(
            RetentionPeriod(
                class_code="hours",
                months=12,
                months_before=36,
                applies_from=TODAY if removed else months_after(TODAY, 1),
                reason=PeriodReason.ADVICE,
                changed_at=NOW,
                changed_by_account_id=account(session),
            )
        )
    quick.run()
    row = quick.all(select(RetentionCount).where(RetentionCount.class_code == "hours"))[0]
    assert (row.months, row.removed) == (months, removed)

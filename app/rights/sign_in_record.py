"""Somebody's account, what it was told, what was done with it, and who looked at their record."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import or_
from sqlmodel import col, select

from app.accounts.models import Account, RoleGrant
from app.accounts.service import failed_tries
from app.audit import queries as audit
from app.audit.models import AuditEntry, StatedPurpose
from app.audit.wording import LOOKS, PURPOSES
from app.database import columns
from app.debriefs.models import DebriefDraft
from app.major.queries import lists_of
from app.notifications.models import Mail, Notification, NotificationChoice
from app.notifications.wording import DELIVERIES, LABELS, MAIL_STATES
from app.people.models import Unit
from app.people.places import own_units
from app.referrals.models import CareKind, PractitionerCare, ServicePractitioner
from app.referrals.wording import SUPPORT
from app.rights.sections import Collector, Row, Subject
from app.security.models import BrowserSession
from app.security.permissions import ROLE_NAMES
from app.web.filters import hour_of_day

CARE = {CareKind.ASKED: "You asked to be asked how you are", CareKind.SPOKEN: "Somebody asked"}


def _mine(subject: Subject, model: Any, newest: Any) -> Any:
    """Rows of the person's own account, the newest first."""
    whose = model.account_id == subject.viewer.account_id
    return subject.session.exec(select(model).where(whose).order_by(col(newest).desc()))


def _account(subject: Subject) -> Iterator[Row]:
    row = subject.session.get_one(Account, subject.viewer.account_id)
    read = row.notice_version or None
    wrong = failed_tries(subject.session, username=row.username)
    said = (row.display_name, row.username, row.email, row.active, row.created_at)
    yield (*said, read, row.notice_read_at, wrong)


def _roles(subject: Subject) -> Iterator[Row]:
    found = (
        columns(RoleGrant, Unit.name)
        .outerjoin(Unit, col(Unit.id) == col(RoleGrant.unit_id))
        .where(RoleGrant.account_id == subject.viewer.account_id)
        .order_by(col(RoleGrant.starts_on).desc(), col(RoleGrant.id).desc())
    )
    for row, unit in subject.session.exec(found):
        yield ROLE_NAMES[row.role], unit, row.starts_on, row.ends_on


def _sessions(subject: Subject) -> Iterator[Row]:
    for row in _mine(subject, BrowserSession, BrowserSession.seen_at):
        yield row.created_at, row.seen_at


def _told(subject: Subject) -> Iterator[Row]:
    for row in _mine(subject, Notification, Notification.id):
        yield LABELS[row.kind][0], row.told_at, row.read_at, row.over_at


def _wishes(subject: Subject) -> Iterator[Row]:
    row = subject.session.get(NotificationChoice, subject.viewer.account_id)
    if row is not None:
        quiet = (row.quiet_from, row.quiet_to)
        hours = [None if hour is None else hour_of_day(hour) for hour in quiet]
        yield DELIVERIES[row.delivery][0], hour_of_day(row.digest_hour), hours[0], hours[1]


def _mails(subject: Subject) -> Iterator[Row]:
    for row in _mine(subject, Mail, Mail.id):
        yield MAIL_STATES[row.state], row.planned_at, row.ended_at


def _services(subject: Subject) -> Iterator[Row]:
    found = (
        columns(ServicePractitioner, Unit.name)
        .outerjoin(Unit, col(Unit.id) == col(ServicePractitioner.unit_id))
        .where(ServicePractitioner.account_id == subject.viewer.account_id)
        .order_by(col(ServicePractitioner.id))
    )
    for row, unit in subject.session.exec(found):
        yield SUPPORT[row.service], unit, row.caseload_limit, row.active, row.added_at


def _care(subject: Subject) -> Iterator[Row]:
    found = _mine(subject, PractitionerCare, PractitionerCare.id).all()
    name = subject.names(row.by_account_id for row in found)
    for row in found:
        yield CARE[row.kind], row.at, name(row.by_account_id)


def _begun(subject: Subject) -> Iterator[Row]:
    for row in _mine(subject, DebriefDraft, DebriefDraft.saved_at):
        yield (row.saved_at,)


def _looks(subject: Subject) -> Iterator[Row]:
    lists = [one.public_id for one in lists_of(subject.viewer, subject.session)]
    found = audit.who_looked(
        subject.viewer,
        subject.session,
        unit_ids=own_units(subject.viewer, subject.session),
        major_ids=lists,
    )
    name = subject.names(look.account_id for look in found)
    for look in found:
        if subject.since is None or look.at >= subject.since:
            who = f"Support staff ({look.operator})" if look.operator else name(look.account_id)
            service = SUPPORT.get(look.service) if look.service else None  # type: ignore[call-overload]
            why = look.why or None
            yield (look.at, who, look.role, LOOKS[look.event], service, why, look.times)


def _purposes(subject: Subject) -> Iterator[Row]:
    for row in _mine(subject, StatedPurpose, StatedPurpose.stated_at):
        yield row.stated_at, PURPOSES[row.purpose], row.reason


def _done(subject: Subject) -> Iterator[Row]:
    found = (
        select(AuditEntry)
        .where(
            or_(
                col(AuditEntry.actor_account_id) == subject.viewer.account_id,
                # What happened to their record by itself, such as its carrying over.
                subject.theirs(AuditEntry.subject_person_id)
                & col(AuditEntry.actor_account_id).is_(None),
            )
        )
        .order_by(col(AuditEntry.id).desc())
        .execution_options(yield_per=1000)
    )
    for row in subject.session.exec(found):
        if subject.since is None or row.at >= subject.since:
            yield row.at, row.event.replace("_", " ").replace(":", ": "), row.actor_role


COLLECTORS = (
    Collector(
        "account",
        "Your account",
        "So that you can sign in, and be told what waits if you asked for that.",
        (
            ("name", "Name"),
            ("username", "User name"),
            ("email", "E-mail, given by you"),
            ("active", "Open"),
            ("created_at", "Made"),
            ("notice_version", "Version of the privacy notice you read"),
            ("notice_read_at", "Read"),
            ("wrong_tries", "Wrong tries to sign in, of the last hour"),
        ),
        ("account", "sign_in_failure"),
        _account,
    ),
    Collector(
        "roles",
        "Your roles",
        "They say what you may see and do here.",
        (("role", "Role"), ("reach", "For"), ("from", "From"), ("until", "Until")),
        ("role_grant",),
        _roles,
    ),
    Collector(
        "sessions",
        "Where you are signed in",
        "So that you need not sign in for every page.",
        (("since", "Since"), ("last_used", "Last used")),
        ("browser_session",),
        _sessions,
    ),
    Collector(
        "who_looked",
        "Who looked at your record",
        "So that you can check. What one person did several times on a day is one line.",
        (
            ("when", "When"),
            ("who", "Who"),
            ("role", "In what role"),
            ("what", "What they did"),
            ("service", "For which service"),
            ("why", "Why, as they said"),
            ("times", "Times that day"),
        ),
        ("audit_entry",),
        _looks,
    ),
    Collector(
        "purposes",
        "What you said figures about people were for",
        "So that those people can see why you asked.",
        (("when", "When"), ("purpose", "For what"), ("reason", "Why, in your words")),
        ("stated_purpose",),
        _purposes,
    ),
    Collector(
        "what_i_did",
        "What you did on this site",
        "So that everybody else can check who looked at their record. Whom it was about is theirs, "
        "and not in here.",
        (("when", "When"), ("what", "What, in the log\u2019s words"), ("role", "In what role")),
        ("audit_entry",),
        _done,
    ),
    Collector(
        "told",
        "What you were told",
        "So that nothing is told twice. Whom it was about is not kept.",
        (("what", "What"), ("told_at", "Told"), ("read_at", "Read"), ("over_at", "Over since")),
        ("notification",),
        _told,
    ),
    Collector(
        "how_to_be_told",
        "How you want to be told",
        "You chose it. Nothing here means that you left it as it was.",
        (
            ("delivery", "E-mails"),
            ("digest_hour", "Once a day at"),
            ("quiet_from", "None from"),
            ("quiet_to", "None until"),
        ),
        ("notification_choice",),
        _wishes,
    ),
    Collector(
        "mails",
        "E-mails to you",
        "So that each goes out once. Neither its words nor the address are kept.",
        (("state", "What became of it"), ("planned_at", "Planned"), ("ended_at", "Ended")),
        ("mail_outbox",),
        _mails,
    ),
    Collector(
        "services",
        "Services you work for",
        "So that people who ask a service reach somebody.",
        (
            ("service", "Service"),
            ("reach", "For"),
            ("most", "People at most"),
            ("active", "Active"),
            ("added_at", "Since"),
        ),
        ("service_practitioner",),
        _services,
    ),
    Collector(
        "care",
        "How you are, as a practitioner",
        "That you asked, or that somebody did. Nothing of what was said.",
        (("what", "What"), ("at", "When"), ("by", "By whom")),
        ("practitioner_care",),
        _care,
    ),
    Collector(
        "drafts_by_me",
        "Conversations you have begun to record",
        "So that what you typed is not lost. What it says is about somebody else.",
        (("saved_at", "Last saved"),),
        ("debrief_draft",),
        _begun,
    ),
)

"""What the pages of referrals share."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NoReturn

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue

from app.audit import service as audit
from app.audit.events import Entry, Event
from app.common.clock import local_date
from app.database import request_engine, request_session
from app.referrals import cases, wording, workload
from app.referrals.cases import Case
from app.referrals.workload import Practitioner
from app.security.access import current_viewer
from app.web import replies
from app.web.sealing import keys

blueprint = Blueprint("referrals", __name__)
CONFLICT = 409
GONE = (
    "A colleague took this on, or it was changed or closed, while you had it open. The person may "
    "have taken it back themselves. Nothing of yours was saved over it."
)


def in_words(template: str, *, status: int = 200, **values: object) -> ResponseReturnValue:
    """A page with what it takes to say it in words."""
    return replies.page(template, status=status, words=wording, supports=wording.SUPPORT, **values)


def seen(form: Any, case: Case) -> Any:
    """Note on a form that is shown for the first time how the referral looked then."""
    if not form.is_submitted():
        form.revision.process_data(case.row.revision)
    return form


def gone() -> NoReturn:
    """End the request: somebody, or the person, was first. Nothing of the viewer's is kept."""
    abort(CONFLICT, GONE)


def note_listed(cases: Iterable[Case], now: datetime) -> None:
    """Write down whose referrals are about to be shown in a list."""
    entries = [_entry(Event.REFERRAL_LISTED, case, now) for case in cases]
    if entries:
        audit.append_now(request_engine(), *entries)


def note_opened(case: Case, now: datetime) -> None:
    """Write down whose referral is about to be opened, or shown again with what is wrong."""
    entry = _entry(Event.REFERRAL_VIEWED, case, now)
    # A refused change keeps nothing; given up first, it does not keep the log waiting.
    request_session().rollback()
    audit.append_now(request_engine(), entry)


def _entry(event: Event, case: Case, now: datetime) -> Entry:
    viewer, details = current_viewer(), {"service": case.row.service.value}
    if event is Event.REFERRAL_VIEWED:
        details["referral"] = case.row.public_id
    return Entry(
        event,
        now,
        actor_account_id=viewer.account_id,
        actor_role=viewer.role_names,
        subject_person_id=case.row.person_id,
        details={**details},
    )


def colleagues(case: Case, now: datetime) -> list[Practitioner]:
    """Who else works for a referral's service and may be given it, by name: not the person
    themself, and nobody whom they keep out."""
    session, day = request_session(), local_date(now)
    fence = cases.fence_of(session, row=case.row, day=day, keys=keys())
    return [
        one
        for one in workload.practitioners(session, day=day)
        if one.service is case.row.service
        and one.can_open
        and one.account_id != case.row.practitioner_account_id
        and one.person_id != case.row.person_id
        and not fence.keeps_out(account_id=one.account_id, person_id=one.person_id)
    ]


def choices(people: Iterable[Practitioner]) -> list[tuple[str, str, str]]:
    """Colleagues as a form offers them; the hint says how many people they have."""
    return [
        (
            one.public_id,
            one.name,
            f"{one.people} of {one.caseload_limit} people"
            + (f", {one.unit}" if one.unit else "")
            + (". Full" if one.full else ""),
        )
        for one in people
    ]

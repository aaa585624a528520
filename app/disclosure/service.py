"""Preparing a release, and deciding about it. Two people stand for what is published.

The release store is another database than the tracker's, so one cannot commit with the other: what
is decided is written into the audit log first. If the machine stops in between, the log says more
than happened, and never less; the decision can be made again.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from json import loads
from typing import Self

from sqlalchemy import Engine
from sqlmodel import Session

from app.audit import service as audit
from app.audit.events import Entry, Event
from app.common.clock import local_date
from app.database import reading, snapshot, transaction
from app.disclosure import contributors, keeping, making, queries, store
from app.disclosure.attacking import Attack
from app.disclosure.inputs import Rows, Source
from app.disclosure.keys import Secrets
from app.disclosure.making import Made
from app.disclosure.models import ReleaseContributors
from app.disclosure.parameters import Parameters
from app.disclosure.protect import Scheme
from app.disclosure.queries import FIELD, OWNER, Release
from app.disclosure.store import State
from app.disclosure.wording import CLOCK, Refusal
from app.measures.vocabulary import Period
from app.security.key_store import KeyStore, Purpose
from app.security.sealing import seal_all
from app.security.viewer import Viewer

SECRETS = ("releases:records", "releases:cells")
"""Owners of the two secrets in the key store. Losing them changes no figure that is published."""


class DecisionError(Exception):
    """A candidate cannot be decided about like this; the message says why."""


@dataclass(frozen=True)
class Places:
    """Where a release is made from and kept."""

    tracker: Engine
    releases: Engine
    """Opened for writing; closed when these are left as a context."""
    keys: KeyStore

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.releases.dispose()


@dataclass(frozen=True)
class Preparer:
    """Who has a release made; no account: the job runner."""

    account_id: int | None = None
    role: str = ""
    name: str = CLOCK


def secrets_of(keys: KeyStore) -> Secrets:
    """The two secrets of this force, made on first use."""
    held = keys.make(SECRETS, Purpose.RECORD)
    return Secrets(*(held[owner] for owner in SECRETS))


# --- Preparing ------------------------------------------------------------------------------------


def prepare(
    places: Places,
    *,
    preparer: Preparer,
    parameters: Parameters,
    attack: Attack | None,
    now: datetime,
    source: Source | None = None,
    periods: Iterable[Period] = (),
) -> Release:
    """Make a candidate and attack it; it then waits for somebody else to approve it.

    Args:
        places: Where from and where to.
        preparer: Who asks for it.
        parameters: How strongly it is protected.
        attack: Tries to find people in it; without a report nothing can be approved.
        now: The moment.
        source: Who there is; the tracker's rows unless a test says otherwise.
        periods: Which there are to be; else all that have ended.

    Raises:
        DecisionError: one already waits, or there is nobody yet.
    """
    secrets = secrets_of(places.keys)
    with snapshot(places.tracker) as session, reading(places.releases) as releases:
        if queries.candidate(releases) is not None:
            message = "A release waits for a decision. Approve or refuse it first."
            raise DecisionError(message)
        before = queries.before(session, releases, places.keys)
        number = keeping.next_number(releases)
        scheme = Scheme(parameters, secrets, number)
        source = source or Rows(session, places.keys, now=now)
        day = local_date(now)
        made = making.make(source, before, scheme=scheme, day=day, periods=periods)
        if not any(table.people.ids for table in made.tables) and before.day is None:
            message = "There is nobody to count yet."
            raise DecisionError(message)
        contents = made.contents(source)
    report = attack(made.tables, parameters=parameters) if attack and made.tables else None
    passed = None if report is None else report.passed
    _write_down(places, preparer, made, number=number, passed=passed, now=now)
    with transaction(places.releases) as releases:
        public_id = keeping.add(
            releases,
            keeping.Making(
                day=day,
                prepared_by=preparer.name,
                preparer=str(preparer.account_id or ""),
                parameters=parameters.stored(),
                inputs=made.inputs,
                changes=making.differences(made.cells, before, number=number),
                report=None if report is None else {**loads(report.dump()), "passed": passed},
            ),
            contents,
            made.cells,
            number=number,
            now=now,
        )
        if passed is False:
            keeping.end(releases, number=number, state=State.FAILED)
        found = queries.release(releases, public_id=public_id)
    if found is None:  # pragma: no cover - it was added in this transaction
        raise LookupError(public_id)
    return found


def _write_down(
    places: Places,
    preparer: Preparer,
    made: Made,
    *,
    number: int,
    passed: bool | None,
    now: datetime,
) -> None:
    """Keep who was counted, sealed, and that a release was prepared."""
    sealed = seal_all(
        places.keys,
        purpose=Purpose.RECORD,
        field=FIELD,
        values=[(OWNER, contributors.dumped(known)) for _period, known in made.remembered],
    )
    entry = Entry(
        Event.RELEASE_PREPARED,
        now,
        actor_account_id=preparer.account_id,
        actor_role=preparer.role,
        details={"release": number, "inputs": made.inputs, "withstood": passed},
    )
    with transaction(places.tracker) as session:
        for (period, _known), one in zip(made.remembered, sealed, strict=True):
            session.add(ReleaseContributors(release=number, period=period, sealed=one, made_at=now))
        audit.append(session, [entry])


# --- Deciding -------------------------------------------------------------------------------------


def approve(places: Places, *, viewer: Viewer, public_id: str, now: datetime) -> None:
    """Publish a candidate: from now on all figures come from it.

    Raises:
        DecisionError: it does not wait any more, was not attacked or did not withstand it, or was
            prepared by the same person.
    """
    with reading(places.releases) as releases:
        found = _waiting(releases, public_id)
        refusal = not_by(found, viewer)
        if refusal:
            raise DecisionError(refusal)
    _note(
        places,
        Event.RELEASE_APPROVED,
        viewer,
        now,
        {"release": found.number, "inputs": found.inputs},
    )
    with transaction(places.releases) as releases:
        _waiting(releases, public_id)
        keeping.publish(releases, number=found.number, approved_by=viewer.name, now=now)
    _forget(places)


def refuse(
    places: Places, *, viewer: Viewer, public_id: str, reason: Refusal, now: datetime
) -> None:
    """Leave the last release in place; whoever prepared this one may refuse it, too.

    Raises:
        DecisionError: it does not wait any more.
    """
    with reading(places.releases) as releases:
        found = _waiting(releases, public_id)
    details: dict[str, object] = {"release": found.number, "reason": reason.value}
    _note(places, Event.RELEASE_REFUSED, viewer, now, details)
    with transaction(places.releases) as releases:
        _waiting(releases, public_id)
        keeping.end(releases, number=found.number, state=State.REFUSED, reason=reason.value)
    _forget(places)


def not_by(found: Release, viewer: Viewer) -> str:
    """Why this person cannot approve it, in a sentence; nothing if they can."""
    if found.preparer == str(viewer.account_id):
        return "You prepared it. Somebody else has to approve it."
    if found.report is None:
        return "It was not tested, so nobody can approve it. Refuse it and prepare it again."
    if not found.withstood:
        return "It failed its tests, so nobody can approve it."
    return ""


def _waiting(releases: Session, public_id: str) -> Release:
    found = queries.release(releases, public_id=public_id)
    if found is None or found.state is not State.CANDIDATE:
        message = "It does not wait for a decision any more."
        raise DecisionError(message)
    return found


def _note(
    places: Places, event: Event, viewer: Viewer, now: datetime, details: dict[str, object]
) -> None:
    entry = Entry(
        event,
        now,
        actor_account_id=viewer.account_id,
        actor_role=viewer.role_names,
        details=details,
    )
    audit.append_now(places.tracker, entry)


def _forget(places: Places) -> None:
    """Keep who was counted only in what is published and may still change."""
    with reading(places.releases) as releases:
        keep = store.origins(releases)
    with transaction(places.tracker) as session:
        queries.forget(session, keep=keep)

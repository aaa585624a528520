"""Deciding about a release that was prepared. Two people stand for what is published.

The release store is another database than the tracker's, so one cannot commit with the other: what
is decided is written into the audit log first. If the machine stops in between, the log says more
than happened, and never less; the decision can be made again.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from sqlalchemy import Engine
from sqlmodel import Session

from app.audit import service as audit
from app.audit.events import Entry, Event
from app.database import reading, transaction
from app.disclosure import keeping, queries, store
from app.disclosure.queries import Release
from app.disclosure.store import State
from app.disclosure.wording import Refusal
from app.security.key_store import KeyStore
from app.security.viewer import Viewer


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

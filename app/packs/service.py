"""Asking for a pack, keeping it sealed, handing it to whoever leads the team, and deleting it."""

import json
from datetime import date, datetime, timedelta

from sqlalchemy import delete
from sqlmodel import Session, col

from app.audit import service as audit
from app.audit.events import Entry, Event
from app.common.clock import local_date, month_of
from app.packs import queries
from app.packs.models import FileKind, PackState, TeamPack, TeamPackFile, Version
from app.people import queries as people
from app.people.queries import UnitCard
from app.security.encryption import KeyRing, seal_file, unseal_file
from app.security.viewer import Viewer

KEPT = timedelta(days=7)
KEPT_MONTHLY = timedelta(days=35)
"""Until the next one is there."""
WAITING = "Waiting for its turn"
MOST_ATTEMPTS = 3
"""A pack that brought its runner down so often is not tried again by itself."""
NOT_MADE = "It could not be made. Nothing of it was kept."
NOBODYS = "Whoever it was for no longer leads this team, so nothing was made."


class MovedError(Exception):
    """Somebody whom a pack names has left the team since it was made."""


def ask(
    session: Session,
    *,
    viewer: Viewer,
    unit: UnitCard,
    version: Version,
    days: int,
    now: datetime,
) -> TeamPack:
    """Put a pack of the last days, the present one included, into the queue.

    Whoever asks twice for the same gets the one that is waiting. The caller has asked
    ``queries.led_unit`` whether the viewer leads the team.
    """
    last = local_date(now)
    row = TeamPack(
        unit_id=unit.id,
        version=version,
        first_on=last - timedelta(days=days - 1),
        last_on=last,
        asked_by_account_id=viewer.account_id,
        asked_at=now,
        progress=WAITING,
        expires_at=now + KEPT,
    )
    waiting = queries.waiting_like(session, row)
    if waiting is not None:
        return waiting
    session.add(row)
    session.flush()
    return row


def ask_again(session: Session, *, row: TeamPack, now: datetime) -> None:
    """Put a pack that could not be made back into the queue; any other stays as it is."""
    if row.state is PackState.FAILED:
        row.state, row.progress, row.attempts = PackState.QUEUED, WAITING, 0
        row.expires_at = max(row.expires_at, now + KEPT)
        session.add(row)
        session.flush()


def order_monthly(session: Session, *, now: datetime) -> int:
    """Queue the month's named pack, about the month before, for every team with a supervisor who
    can sign in; teams that have it are left alone. Returns how many were queued."""
    day = local_date(now)
    month = month_of(day)
    last = month - timedelta(days=1)
    wanted = queries.supervisors_without(session, version=Version.NAMED, month=month, day=day)
    session.add_all(
        TeamPack(
            unit_id=unit_id,
            version=Version.NAMED,
            first_on=month_of(last),
            last_on=last,
            month=month,
            asked_by_account_id=account_id,
            asked_at=now,
            progress=WAITING,
            expires_at=now + KEPT_MONTHLY,
        )
        for unit_id, account_id in wanted
    )
    session.flush()
    return len(wanted)


def take_up_again(session: Session) -> int:
    """Queue again what a runner left half made; returns how many. For whoever is alone with it."""
    left = queries.left_behind(session)
    for row in left:
        again = row.attempts < MOST_ATTEMPTS
        row.state = PackState.QUEUED if again else PackState.FAILED
        row.progress = WAITING if again else NOT_MADE
        session.add(row)
    session.flush()
    return len(left)


def start(session: Session) -> TeamPack | None:
    """The next pack of the queue, marked as being made; nothing when the queue is empty."""
    row = queries.next_queued(session)
    if row is not None:
        row.state, row.progress = PackState.MAKING, "Reading the records"
        row.attempts += 1
        session.add(row)
        session.flush()
    return row


def note_progress(session: Session, *, number: int, words: str) -> None:
    """Say what is being done."""
    row = session.get_one(TeamPack, number)
    row.progress = words
    session.add(row)
    session.flush()


def stop(session: Session, *, number: int, state: PackState, words: str) -> None:
    """Say that it will not be made, and why."""
    row = session.get_one(TeamPack, number)
    row.state, row.progress = state, words
    session.add(row)
    session.flush()


def keep(
    session: Session,
    *,
    number: int,
    files: dict[FileKind, bytes],
    members: list[int],
    ring: KeyRing,
    actor: Viewer,
    now: datetime,
) -> None:
    """Keep what was made, sealed, and write down on whose behalf the records were read."""
    row = session.get_one(TeamPack, number)
    for kind, clear in files.items():
        sealed = seal_file(ring, name=_name(row, kind.value), clear=clear)
        session.add(TeamPackFile(pack_id=number, kind=kind, sealed=sealed))
    named = json.dumps(members).encode()
    row.sealed_members = seal_file(ring, name=_name(row, "members"), clear=named)
    row.state, row.progress, row.made_at = PackState.READY, "", now
    row.expires_at = now + (KEPT_MONTHLY if row.month else KEPT)
    session.add(row)
    session.flush()
    entry = Entry(
        Event.PACK_MADE,
        now,
        actor_account_id=actor.account_id,
        actor_role=actor.role_names,
        unit_id=row.unit_id,
        details={"pack": row.public_id, "version": row.version.value},
    )
    audit.append(session, [entry])


def _name(row: TeamPack, what: str) -> str:
    return f"team_pack|{what}|{row.public_id}"


def open_file(
    session: Session,
    *,
    viewer: Viewer,
    row: TeamPack,
    kind: FileKind,
    ring: KeyRing,
    day: date,
) -> bytes | None:
    """A file in clear; nothing when it was not made. The caller has asked ``queries.pack``.

    Raises:
        MovedError: somebody it names is not in the team any more, and so is out of reach.
        SealedError: it cannot be opened.
    """
    sealed = queries.sealed_file(session, pack_id=row.id or 0, kind=kind)
    if row.state is not PackState.READY or sealed is None or row.sealed_members is None:
        return None
    if row.version is Version.NAMED:
        named = json.loads(unseal_file(ring, name=_name(row, "members"), sealed=row.sealed_members))
        there = people.members(viewer, session, unit_id=row.unit_id, day=day)
        if set(named) - {member.id for member in there} - {viewer.person_id}:
            raise MovedError
    return unseal_file(ring, name=_name(row, kind.value), sealed=sealed)


def downloaded(row: TeamPack, *, viewer: Viewer, kind: FileKind, now: datetime) -> Entry:
    """What is written down before a file is handed out."""
    return Entry(
        Event.PACK_DOWNLOADED,
        now,
        actor_account_id=viewer.account_id,
        actor_role=viewer.role_names,
        unit_id=row.unit_id,
        details={
            "pack": row.public_id,
            "version": row.version.value,
            "format": kind.value,
        },
    )


def delete_expired(session: Session, *, now: datetime) -> int:
    """Delete packs whose days are over, files and all; returns how many."""
    gone = queries.expired(session, now=now)
    session.exec(delete(TeamPackFile).where(col(TeamPackFile.pack_id).in_(gone)))
    session.exec(delete(TeamPack).where(col(TeamPack.id).in_(gone)))
    return len(gone)

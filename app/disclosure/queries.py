"""What the store and the tracker know of releases, for those who make and approve them."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from sqlalchemy import delete, select
from sqlmodel import Session, col
from sqlmodel import select as choose

from app.disclosure import store
from app.disclosure.cells import Cell
from app.disclosure.models import ReleaseContributors
from app.disclosure.store import State
from app.people.models import Person


class Release(NamedTuple):
    """One release, as those see it who decide about it."""

    number: int
    public_id: str
    state: State
    day: date
    prepared_at: datetime
    prepared_by: str
    preparer: str
    published_at: datetime | None
    approved_by: str | None
    reason: str
    inputs: str
    parameters: dict[str, Any]
    changes: dict[str, int]
    report: dict[str, Any] | None

    @property
    def withstood(self) -> bool:
        """Whether it was attacked, and nothing was found."""
        return bool(self.report and self.report.get("passed"))


def anybody(session: Session) -> bool:
    """Whether there is anybody to count."""
    return session.exec(choose(Person.id).limit(1)).first() is not None


def releases(session: Session, *, last: int = 50) -> list[Release]:
    """The last releases, newest first, whatever became of them."""
    statement = select(store.release).order_by(store.release.c.number.desc()).limit(last)
    return [_release(row) for row in session.connection().execute(statement).mappings()]


def release(session: Session, *, public_id: str) -> Release | None:
    """One of them."""
    statement = select(store.release).where(store.release.c.public_id == public_id)
    row = session.connection().execute(statement).mappings().first()
    return _release(row) if row is not None else None


def candidate(session: Session) -> Release | None:
    """The one that waits for a decision; there is never more than one."""
    return next((one for one in releases(session) if one.state is State.CANDIDATE), None)


def _release(row: Any) -> Release:
    held = dict(row)
    held["state"] = State(held["state"])
    for name in ("prepared_at", "published_at"):
        held[name] = held[name] and held[name].replace(tzinfo=UTC)
    return Release(**held)


def cells(session: Session, *, number: int) -> dict[str, list[Cell]]:
    """Every figure of one release, by the code of its period."""
    statement = select(*store.SAID).where(store.cell_row.c.release == number)
    found: dict[str, list[Cell]] = {}
    for row in session.connection().execute(statement):
        one = store.read_cell(row)
        found.setdefault(one.period, []).append(one)
    return found


def forget(session: Session, *, keep: Iterable[tuple[int, str]]) -> int:
    """Remove who was counted in figures that nothing published comes from any more."""
    kept, gone = set(keep), 0
    for number, release_number, period in session.exec(
        choose(
            col(ReleaseContributors.id),
            col(ReleaseContributors.release),
            col(ReleaseContributors.period),
        )
    ).all():
        if (release_number, period) not in kept:
            statement = delete(ReleaseContributors).where(col(ReleaseContributors.id) == number)
            gone += session.connection().execute(statement).rowcount
    return gone

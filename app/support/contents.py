"""What somebody may share, taken down at one moment: what they confirm does not change."""

from collections.abc import Collection
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict
from sqlmodel import Session

from app.checks.queries import kept_of
from app.checks.wording import readable
from app.common.clock import local_date
from app.exposure.queries import type_windows
from app.incidents.queries import frameworks
from app.security.key_store import KeyStore
from app.security.viewer import Viewer

LONGEST_NOTE = 500


class Part(StrEnum):
    """What can be chosen."""

    COUNTS = "counts"
    CHECK = "check"
    NOTE = "note"


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Counts(_Frozen):
    """Incidents by type, in windows of days that end on a day; the last number is all of them."""

    day: date
    windows: tuple[int, ...]
    rows: tuple[tuple[str, tuple[int, ...]], ...]


class Answered(_Frozen):
    """Questions and answers of a self-check under one heading."""

    heading: str
    rows: tuple[tuple[str, str], ...]


class Check(_Frozen):
    """The latest self-check that somebody kept, without their own note on it."""

    day: date
    sections: tuple[Answered, ...]


class Content(_Frozen):
    """What is shared: each part, or none of it."""

    counts: Counts | None = None
    check: Check | None = None
    note: str = ""


class Chosen(NamedTuple):
    """What somebody chose to share."""

    parts: Collection[Part]
    note: str = ""


def gather(
    viewer: Viewer, session: Session, *, keys: KeyStore, chosen: Chosen, day: date
) -> Content:
    """Take down the parts that the viewer chose, of what is held about them."""
    return Content(
        counts=_counts(viewer, session, day) if Part.COUNTS in chosen.parts else None,
        check=_check(viewer, session, keys) if Part.CHECK in chosen.parts else None,
        note=chosen.note.strip() if Part.NOTE in chosen.parts else "",
    )


def has_check(viewer: Viewer, session: Session, *, keys: KeyStore) -> bool:
    """Whether the viewer has kept a self-check, so that it can be offered."""
    return bool(kept_of(viewer, session, keys))


def _check(viewer: Viewer, session: Session, keys: KeyStore) -> Check | None:
    for latest in kept_of(viewer, session, keys)[:1]:
        sections = tuple(
            Answered(heading=one.heading, rows=tuple((asked, said) for asked, said in one.rows))
            for one in readable(latest)
        )
        return Check(day=local_date(latest.kept.kept_at), sections=sections)
    return None


def _counts(viewer: Viewer, session: Session, day: date) -> Counts:
    versions = frameworks(session)
    windows = versions.on(day).windows
    found = type_windows(session, person_id=viewer.person_id or 0, windows=windows, day=day)
    names = versions.type_names()
    rows = [
        (names.get(code, code), tuple(counts.get(window, 0) for window in (*windows, 0)))
        for code, counts in found.items()
    ]
    return Counts(day=day, windows=tuple(windows), rows=tuple(rows))

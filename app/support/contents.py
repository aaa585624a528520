"""What somebody may share, taken down at one moment: what they confirm does not change."""

from collections.abc import Collection
from datetime import date
from enum import StrEnum

from pydantic import BaseModel, ConfigDict
from sqlmodel import Session

from app.exposure.queries import type_windows
from app.incidents.queries import frameworks
from app.security.viewer import Viewer

LONGEST_NOTE = 500


class Part(StrEnum):
    """What can be chosen."""

    COUNTS = "counts"
    NOTE = "note"


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Counts(_Frozen):
    """Incidents by type, in windows of days that end on a day; the last number is all of them."""

    day: date
    windows: tuple[int, ...]
    rows: tuple[tuple[str, tuple[int, ...]], ...]


class Content(_Frozen):
    """What is shared: each part, or none of it."""

    counts: Counts | None = None
    note: str = ""


def gather(
    viewer: Viewer, session: Session, *, parts: Collection[Part], note: str, day: date
) -> Content:
    """Take down the parts that the viewer chose, of what is held about them."""
    return Content(
        counts=_counts(viewer, session, day) if Part.COUNTS in parts else None,
        note=note.strip() if Part.NOTE in parts else "",
    )


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

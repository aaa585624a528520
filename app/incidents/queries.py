"""Reading incidents and the framework."""

from bisect import bisect_right
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import Text, cast
from sqlmodel import Session, col

from app.database import columns, rows
from app.incidents.framework import CodeField, Codes, Framework
from app.incidents.models import FrameworkStatus, FrameworkVersion


class Meaning(NamedTuple):
    """What codes mean. No type: they are of no concern. ``version``: whose code map says so."""

    type_code: str
    version: int
    provisional: bool
    """No version knows the closing code, so the others decide until one does."""


@dataclass(frozen=True)
class Frameworks:
    """Every active framework version, by number, and from which day each one counts."""

    by_number: dict[int, Framework]
    starts: tuple[tuple[date, int], ...]

    def number_on(self, day: date) -> int:
        """The version in force on a day; before the first one, the first."""
        index = bisect_right(self.starts, (day, 10**9)) - 1
        return self.starts[max(index, 0)][1]

    def on(self, day: date) -> Framework:
        """The framework in force on a day."""
        return self.by_number[self.number_on(day)]

    def meaning(self, system: str, day: date, codes: Codes) -> Meaning | None:
        """What a system's codes meant on a day; ``None`` when no version speaks of them.

        The version in force on the day decides. Where it does not know the closing code, the first
        later version that does decides in its place: a code is often mapped only after it came.
        Until one does, the qualifiers and the opening code decide.
        """
        meanwhile: Meaning | None = None
        for number in self._from(day):
            row = self.by_number[number].row_for(system, day=day, **codes._asdict())
            if row is None:
                continue
            if not codes.closing or row.field is CodeField.CLOSING:
                return Meaning(row.type or "", number, provisional=False)
            meanwhile = meanwhile or Meaning(row.type or "", number, provisional=True)
        return meanwhile

    def _from(self, day: date) -> list[int]:
        first = max(bisect_right(self.starts, (day, 10**9)) - 1, 0)
        return [number for _since, number in self.starts[first:]]

    def type_names(self) -> dict[str, str]:
        """Every type's name; a code that a later version dropped keeps the name it had."""
        names: dict[str, str] = {}
        for number in sorted(self.by_number):
            names.update(self.by_number[number].type_names())
        return names

    def factor_names(self) -> dict[str, str]:
        """Every factor's name, likewise."""
        names: dict[str, str] = {}
        for number in sorted(self.by_number):
            names.update(self.by_number[number].factor_names())
        return names


VERSIONS = (
    columns(
        FrameworkVersion.number,
        FrameworkVersion.effective_from,
        cast(col(FrameworkVersion.document), Text),
    )
    .where(FrameworkVersion.status == FrameworkStatus.ACTIVE)
    .order_by(col(FrameworkVersion.effective_from), col(FrameworkVersion.number))
)


@lru_cache(maxsize=64)
def _read(document: str) -> Framework:
    # By its whole text, so that a version that changes is another one. Nothing of it is personal.
    return Framework.model_validate_json(document)


def frameworks(session: Session) -> Frameworks:
    """The active versions.

    Raises:
        LookupError: there is none; ``flask prepare`` installs the shipped one.
    """
    found = rows(session, VERSIONS).all()
    if not found:
        message = (
            "There is no active framework. Run `python -m app.prepare` to install the shipped one."
        )
        raise LookupError(message)
    return Frameworks(
        by_number={number: _read(document) for number, _start, document in found},
        starts=tuple((start, number) for number, start, _document in found),
    )


def known_types(session: Session) -> Collection[str]:
    """Type codes that some active version knows."""
    return frameworks(session).type_names().keys()

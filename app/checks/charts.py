"""Kept self-checks side by side, as tables and charts: pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from app.checks.answers import KeptCheck
from app.checks.questions import QUESTIONS
from app.checks.wording import IN_SHORT, plain
from app.common.clock import local_date
from app.instruments.models import Instrument

MOST_COLUMNS = 6


class Table(NamedTuple):
    """The twelve questions by the latest kept self-checks, oldest first."""

    columns: tuple[tuple[str, datetime], ...]
    """The public id and the moment of each."""
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    """What a question is about, and the answer to it each time."""


class Line(NamedTuple):
    """One questionnaire's totals over time, oldest first."""

    code: str
    title: str
    labels: tuple[str, ...]
    values: tuple[float | int | None, ...]
    note: str
    change: str
    """What may be said of the last two, and only where the questionnaire's authors do."""


def side_by_side(kept: Sequence[KeptCheck]) -> Table:
    """The latest of these, given newest first."""
    shown = list(reversed(kept[:MOST_COLUMNS]))
    return Table(
        tuple((one.public_id, one.kept.kept_at) for one in shown),
        tuple(
            (
                question.name,
                tuple(
                    IN_SHORT[one.changes[question.code]] if question.code in one.changes else ""
                    for one in shown
                ),
            )
            for question in QUESTIONS
        ),
    )


def lines(kept: Sequence[KeptCheck], known: Mapping[str, Instrument]) -> list[Line]:
    """One line for each questionnaire that was answered more than once, given newest first."""
    by_code: dict[str, list[KeptCheck]] = {}
    for one in reversed(kept):
        if one.kept.answers.chosen:
            by_code.setdefault(one.kept.answers.chosen, []).append(one)
    return [
        _line(code, found, known.get(code)) for code, found in by_code.items() if len(found) > 1
    ]


def _line(code: str, found: Sequence[KeptCheck], instrument: Instrument | None) -> Line:
    last = found[-1].kept
    higher = "A higher number" if _rises(instrument) else "A lower number"
    note = f"Out of {plain(last.top or 0)}. {higher} means that things are easier."
    return Line(
        code,
        last.questionnaire,
        tuple(f"{local_date(one.kept.kept_at):%-d %b %Y}" for one in found),
        tuple(_whole(one.kept.total) for one in found),
        note if instrument else "",
        _change([one.kept.total for one in found], instrument),
    )


def _whole(total: float | None) -> float | int | None:
    """A whole number as one, so that nobody reads "56.0"."""
    return int(total) if total is not None and total.is_integer() else total


def _rises(instrument: Instrument | None) -> bool:
    return instrument is not None and instrument.scoring.higher_is_better


def _change(totals: Sequence[float | None], instrument: Instrument | None) -> str:
    published = instrument.reliable_change if instrument else None
    before, now = totals[-2], totals[-1]
    if published is None or before is None or now is None:
        return ""
    if abs(now - before) < published.by:
        return (
            "The last two numbers are close. A change as small as this can be chance: "
            f"those who made the questions look at {plain(published.by)} or more."
        )
    easier = (now > before) == _rises(instrument)
    return (
        f"The last two numbers differ by {plain(abs(now - before))}. Those who made the questions "
        f"see {plain(published.by)} or more as a real change: things are "
        f"{'easier' if easier else 'harder'} than the time before."
    )

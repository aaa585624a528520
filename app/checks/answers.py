"""What somebody answered, and where in the self-check they are: pure.

A questionnaire is handed in where one was chosen; these rules do not know where it comes from.
"""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from app.checks.questions import QUESTIONS, Change
from app.instruments.models import Instrument

NONE = ""
"""Chosen instead of a questionnaire."""


class Section(NamedTuple):
    """A heading, and questions with their answers, in words."""

    heading: str
    rows: tuple[tuple[str, str], ...]


class Answers(BaseModel):
    """Everything that was answered so far."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    after: str | None = None
    """The incident it is about, in words; empty for nothing in particular; ``None`` while it was
    not asked."""
    since: date | None = None
    """The day of that incident."""
    changes: dict[str, Change] = {}
    chosen: str | None = None
    """The questionnaire's code; empty for none; ``None`` while it was not asked."""
    items: dict[str, int | None] = {}
    """By item; ``None`` where it was skipped."""
    finished: bool = False
    """Whether the person has seen the result."""

    def about(self, after: str, since: date | None) -> "Answers":
        """The same, about an incident or nothing in particular."""
        return self._with(after=after, since=since)

    def with_change(self, code: str, value: Change) -> "Answers":
        """The same, one of the twelve questions answered."""
        return self._with(changes={**self.changes, code: value})

    def with_questionnaire(self, code: str) -> "Answers":
        """The same, a questionnaire chosen, or none; answers to another one go."""
        return self._with(chosen=code, items=self.items if code == self.chosen else {})

    def with_item(self, code: str, value: int | None) -> "Answers":
        """The same, one item of the questionnaire answered or skipped."""
        return self._with(items={**self.items, code: value})

    def seen(self) -> "Answers":
        """The same, once its person has asked for the result."""
        return self._with(finished=True)

    def _with(self, **changes: object) -> "Answers":
        return self.model_copy(update={"finished": False, **changes})

    def harder(self) -> list[str]:
        """Codes of what is harder than before: what pages of help are chosen by."""
        return [one.code for one in QUESTIONS if self.changes.get(one.code) is Change.MORE]

    def days_since(self, today: date) -> int | None:
        """How many days ago the incident was."""
        return (today - self.since).days if self.since else None


class Part(StrEnum):
    """The pages of the self-check, in their order."""

    ABOUT = "about"
    QUESTION = "question"
    CHOICE = "choice"
    ITEM = "item"
    REVIEW = "review"


class Step(NamedTuple):
    """A page: for questions and items, which one, counted from 1."""

    part: Part
    number: int = 0


def first_open(answers: Answers, instrument: Instrument | None) -> Step:
    """The first page whose question is not answered; the review when all are."""
    return next((step for step in steps(instrument) if not _done(answers, instrument, step)), LAST)


LAST = Step(Part.REVIEW)


def steps(instrument: Instrument | None) -> list[Step]:
    """Every page in order."""
    items = instrument.items if instrument else ()
    return [
        Step(Part.ABOUT),
        *(Step(Part.QUESTION, number) for number, _ in enumerate(QUESTIONS, 1)),
        Step(Part.CHOICE),
        *(Step(Part.ITEM, number) for number, _ in enumerate(items, 1)),
        LAST,
    ]


def _done(answers: Answers, instrument: Instrument | None, step: Step) -> bool:
    if step.part is Part.ABOUT:
        return answers.after is not None
    if step.part is Part.QUESTION:
        return QUESTIONS[step.number - 1].code in answers.changes
    if step.part is Part.CHOICE:
        # A questionnaire that is no longer offered has to be chosen again.
        return answers.chosen == NONE or instrument is not None
    if step.part is Part.ITEM:
        return instrument is not None and instrument.items[step.number - 1].code in answers.items
    return False


def reachable(answers: Answers, instrument: Instrument | None, step: Step) -> bool:
    """Whether a page may be shown: it is there, and all before it is answered."""
    known = steps(instrument)
    return step in known and known.index(step) <= known.index(first_open(answers, instrument))


def before(instrument: Instrument | None, step: Step) -> Step | None:
    """The page before one that is there; ``None`` for the first."""
    known = steps(instrument)
    place = known.index(step)
    return known[place - 1] if place else None


def after(answers: Answers, instrument: Instrument | None, step: Step, *, review: bool) -> Step:
    """The page after one that was answered; ``review``: whoever changes one answer goes back to
    all of them, unless the change asks for more."""
    if review:
        return first_open(answers, instrument)
    known = steps(instrument)
    return known[known.index(step) + 1]


class Kept(BaseModel):
    """A self-check as it is kept: what was answered, in codes and in the words that were read."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kept_at: datetime
    answers: Answers
    sections: tuple[Section, ...]
    """In the words of that day: a questionnaire may be worded anew, or leave."""
    questionnaire: str = ""
    """Its title."""
    total: float | None = None
    top: float | None = None
    note: str = ""
    """The person's own words to themself."""


class KeptCheck(NamedTuple):
    """One of somebody's own, with the name it has in addresses."""

    public_id: str
    kept: Kept

    @property
    def changes(self) -> Mapping[str, Change]:
        """By question."""
        return self.kept.answers.changes

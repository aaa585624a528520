"""Forms of the data steward's desk."""

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

from flask_wtf import FlaskForm
from typing_extensions import override
from wtforms import HiddenField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from app.feeds.fields import LONGEST_CELL
from app.feeds.freshness import LONGEST_LIMIT
from app.feeds.models import Resolution
from app.feeds.repair import AS_THEY_ARE, Change

MISSED, NOT_MISSED = "yes", "no"
SAME, ANOTHER = "same", "another"
NOTHING = "(nothing)"
WHY: dict[Resolution, str] = {
    Resolution.TEST_RECORD: "It is a test record",
    Resolution.RECORDED_ELSEWHERE: "It is in the tracker from another record",
    Resolution.NOT_OURS: "It is about another force or organisation",
    Resolution.NEVER_HAPPENED: "The source says that it was recorded by mistake",
}


def _choices(words: Mapping[str, str]) -> list[Any]:
    return [SelectChoice(value, label) for value, label in words.items()]


class RowsForm(FlaskForm):  # type: ignore[misc]
    """What rows with one fault should have said. The fields are those of the group."""

    previewed = HiddenField()
    """The change that was previewed: no other one is applied."""
    places: Mapping[str, str | int]
    """By a field's name, the value or the row that it is about."""

    def change(self) -> Change:
        """What was entered."""
        words: dict[str, str] = {}
        texts: dict[int, str] = {}
        for name, about in self.places.items():
            entered = str(self[name].data or "").strip()
            if not entered:
                continue
            if isinstance(about, int):
                texts[about] = entered
            else:
                words[about] = entered
        return Change(words, texts)

    @override
    def validate(self, extra_validators: Any = None) -> bool:
        """At least one field says something."""
        fine = bool(super().validate(extra_validators))
        if fine and self.change() == AS_THEY_ARE:
            first = next(iter(self.places))
            self[first].errors = ["Fill in at least one"]
            return False
        return fine


def words_form(said: Mapping[str, int], words: Mapping[str, str]) -> RowsForm:
    """For a field with a closed list: one choice for each value that rows have.

    Args:
        said: How many rows say what.
        words: What each may mean, by our word.
    """
    places: dict[str, str | int] = {}
    made: dict[str, Any] = {}
    for value, rows in said.items():
        # Named by what it is about, so that it is the same field when the list has changed.
        name = f"said_{blake2b(value.encode(), digest_size=6).hexdigest()}"
        places[name] = value
        made[name] = SelectField(
            f"“{value}” means" if value else f"{NOTHING} means",
            description=f"{rows:,} {'row' if rows == 1 else 'rows'}",
            choices=[SelectChoice("", "Leave for now"), *_choices(words)],
            validators=[Optional()],
        )
    return _made(made, places)


def texts_form(said: Mapping[int, tuple[str, str]]) -> RowsForm:
    """For any other field: one box for each row.

    Args:
        said: By a row's number, which row it is and what it says.
    """
    places: dict[str, str | int] = {}
    made: dict[str, Any] = {}
    for number, (which, value) in said.items():
        name = f"row_{number}"
        places[name] = number
        made[name] = StringField(
            f"{which} says “{value}”" if value else f"{which} says nothing",
            description="Empty: leave for now",
            validators=[Optional(), Length(max=LONGEST_CELL, message="Enter a shorter value")],
        )
    return _made(made, places)


def _made(fields: dict[str, Any], places: Mapping[str, str | int]) -> RowsForm:
    form: RowsForm = type("GroupForm", (RowsForm,), {**fields, "places": places})()
    return form


class NotNeededForm(FlaskForm):  # type: ignore[misc]
    """Why rows are not needed."""

    newest = HiddenField()
    why = RadioField(
        "Why are they not needed?",
        choices=_choices({one.value: words for one, words in WHY.items()}),
        validators=[InputRequired("Choose why the rows are not needed")],
    )

    @property
    def last_shown(self) -> int:
        """The newest row that the steward was shown; none, if that was tampered with."""
        given = str(self.newest.data or "")
        return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 0  # noqa: PLR2004


class LimitForm(FlaskForm):  # type: ignore[misc]
    """How old a feed may get."""

    missed = RadioField(
        "Should anybody be told when it does not come?",
        choices=_choices(
            {
                MISSED: "Yes, when it is later than agreed",
                NOT_MISSED: "No, it is not expected any more",
            }
        ),
        validators=[InputRequired("Choose whether it is missed when it does not come")],
    )
    hours = StringField("Longest time between two deliveries", render_kw={"inputmode": "numeric"})

    @property
    def limit(self) -> int | None:
        """The hours entered; ``None`` if that is no number of hours, or it is not missed."""
        given = str(self.hours.data or "").strip()
        plain = given.isascii() and given.isdigit() and len(given) <= len(str(LONGEST_LIMIT))
        missed = self.missed.data == MISSED
        return int(given) if missed and plain and 1 <= int(given) <= LONGEST_LIMIT else None

    @override
    def validate(self, extra_validators: Any = None) -> bool:
        """A feed that is missed has a limit."""
        fine = bool(super().validate(extra_validators))
        if fine and self.missed.data == MISSED and self.limit is None:
            self.hours.errors = [f"Enter a whole number of hours from 1 to {LONGEST_LIMIT:,}"]
            return False
        return fine


class RecogniseForm(FlaskForm):  # type: ignore[misc]
    """Whether the holder of a staff number is the person who gave it up."""

    who = RadioField(
        "Who has the number now?",
        choices=_choices(
            {
                SAME: "The same person, who came back: their earlier record counts again",
                ANOTHER: "Another person: nothing from before is theirs",
            }
        ),
        validators=[InputRequired("Choose who has the number now")],
    )

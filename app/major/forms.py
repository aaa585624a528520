"""Opening a major incident and putting people on its list."""

import csv
import re
from datetime import date, datetime, time
from io import StringIO
from typing import Any

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import (
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, Regexp, ValidationError

from app.common.clock import from_local
from app.major.wording import DETACH_REASONS, TIER_HINTS, TIERS
from app.web.fields import DateParts

MOST_AT_ONCE = 1000
"""How many people are put on a list at a time: what fits on one page to check."""
LONGEST_REF = 80
MIDDAY = time(12)
CLOCK = r"^([01]?\d|2[0-3])[:.][0-5]\d$"
HEADINGS = frozenset(
    {"ref", "reference", "person_ref", "staff_ref", "staff_reference", "staff_number", "collar"}
)
"""What a column of staff references may be called; without one, the first column is read."""


class OpenForm(FlaskForm):  # type: ignore[misc]
    """Which incident it is: one that a force system knows, or one to be recorded now."""

    name = StringField(
        "What is it called?",
        description="An operation name or a place. Do not write the name of anybody.",
        validators=[
            InputRequired("Enter what it is called"),
            Length(max=60, message="What it is called must be 60 characters or fewer"),
        ],
        render_kw={"autocomplete": "off"},
    )
    known = RadioField(
        "Does a force system know the incident?",
        choices=[
            SelectChoice("yes", "Yes, and I have its reference"),
            SelectChoice("no", "No, record it now"),
        ],
        validators=[InputRequired("Choose whether a force system knows the incident")],
    )
    ref = StringField(
        "Its reference",
        validators=[Optional(), Length(max=80, message="The reference is too long")],
        render_kw={"autocomplete": "off"},
    )
    type_code = SelectField("What kind of incident is it?", validators=[Optional()])
    day = DateParts("On which day did it happen?", subject="The day", validators=[Optional()])
    at = StringField(
        "At what time?",
        description="For example, 21:30. Leave it empty if you do not know.",
        validators=[
            Optional(),
            Regexp(CLOCK, message="The time must be like 21:30"),
        ],
    )

    def prepare(self, *, types: dict[str, str], now: datetime, today: date) -> "OpenForm":
        """Fill in what depends on the framework in force: codes → words."""
        self.type_code.choices = [
            SelectChoice("", "Choose one"),
            *(SelectChoice(code, name) for code, name in types.items()),
        ]
        self.now, self.today = now, today
        if not self.is_submitted() and "major_incident" in types:
            self.type_code.process_data("major_incident")
        return self

    def validate(self, extra_validators: Any = None) -> bool:
        """Each answer asks for its own few things; what belongs to the other is ignored."""
        if not super().validate(extra_validators):
            return False
        if self.known.data == "yes":
            return bool(self.ref.data) or refuse(self.ref, "Enter the reference")
        if not self.type_code.data:
            return refuse(self.type_code, "Choose the kind of incident")
        return self._check_moment()

    def _check_moment(self) -> bool:
        if self.day.data is None:
            return refuse(self.day, "Enter the day it happened")
        if self.day.data > self.today:
            return refuse(self.day, "The day must be today or in the past")
        if self.at.data and self.occurred_at() > self.now:
            return refuse(self.at, "The time must be in the past")
        return True

    def occurred_at(self) -> datetime:
        """When it happened: midday, or now if that is still to come, when no time is known."""
        day = self.day.data or self.today
        if not self.at.data:
            return min(from_local(day, MIDDAY), self.now)
        hour, minute = re.split("[:.]", self.at.data)
        return from_local(day, time(int(hour), int(minute)))


def refuse(field: Any, sentence: str) -> bool:
    """Put an error on a field; always ``False``, as the answer of a ``validate``."""
    field.errors = [*field.errors, sentence]
    return False


def _tier_field() -> RadioField:
    return RadioField(
        "How close were these people?",
        choices=[
            SelectChoice(tier.value, words, render_kw={"hint": TIER_HINTS[tier]})
            for tier, words in TIERS.items()
        ],
        validators=[InputRequired("Choose how close these people were")],
    )


class RefsForm(FlaskForm):  # type: ignore[misc]
    """People by their staff references, pasted or in a file."""

    tier = _tier_field()
    refs = TextAreaField(
        "Staff references",
        description="Paste them as they are: one a line, or with spaces or commas between.",
        validators=[Optional()],
        render_kw={"rows": 8, "autocomplete": "off", "spellcheck": "false"},
    )
    file = FileField("Or a CSV file")

    def validate_file(self, field: FileField) -> None:
        """Read the file now, so that what is wrong with it is said beside it."""
        try:
            self.from_file = read_refs(field.data.read()) if field.data else []
        except (UnicodeDecodeError, csv.Error) as error:
            message = "The file could not be read. Save it as CSV (UTF-8) and choose it again"
            raise ValidationError(message) from error

    def validate(self, extra_validators: Any = None) -> bool:
        """At least one reference, and no more than can be checked."""
        if not super().validate(extra_validators):
            return False
        found = self.references()
        if not found:
            return refuse(self.refs, "Paste staff references, or choose a file")
        if len(found) > MOST_AT_ONCE:
            return refuse(
                self.refs,
                f"There are {len(found):,} references. Add at most {MOST_AT_ONCE:,} at a time",
            )
        return True

    def references(self) -> list[str]:
        """Every reference once, in order."""
        pasted = [part for part in re.split(r"[\s,;]+", self.refs.data or "") if part]
        return list(dict.fromkeys(ref[:LONGEST_REF] for ref in [*pasted, *self.from_file]))


def read_refs(content: bytes) -> list[str]:
    """The staff references in a CSV file, from the column called so, or else the first.

    Raises:
        UnicodeDecodeError: it is not UTF-8.
        csv.Error: it is not CSV.
    """
    rows = [row for row in csv.reader(StringIO(content.decode("utf-8-sig"), newline="")) if row]
    if not rows:
        return []
    names = [cell.strip().casefold().replace(" ", "_") for cell in rows[0]]
    place = next((number for number, name in enumerate(names) if name in HEADINGS), None)
    body = rows if place is None else rows[1:]
    cells = (row[place or 0].strip() for row in body if len(row) > (place or 0))
    return [cell for cell in cells if cell]


class TeamsForm(FlaskForm):  # type: ignore[misc]
    """Everybody in some teams on the day."""

    tier = _tier_field()
    teams = SelectMultipleField("Teams", validators=[InputRequired("Tick at least one team")])

    def prepare(self, teams: dict[str, str]) -> "TeamsForm":
        """The teams to tick: public id → name."""
        self.teams.choices = [SelectChoice(code, name) for code, name in teams.items()]
        return self


class ConfirmForm(FlaskForm):  # type: ignore[misc]
    """Who, of those found, goes on the list."""

    tier = _tier_field()
    people = SelectMultipleField(
        "People", validators=[InputRequired("Tick at least one person")], validate_choice=False
    )
    found = HiddenField(default="")


class DetachForm(FlaskForm):  # type: ignore[misc]
    """Why somebody is taken off the list."""

    reason = RadioField(
        "Why?",
        choices=[SelectChoice(code.value, words) for code, words in DETACH_REASONS.items()],
        validators=[InputRequired("Choose why")],
    )

"""Forms of the Today page: a day to talk, a day to come back to it, or somebody else to hold it."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from flask_wtf import FlaskForm
from wtforms import IntegerField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional

from app.debriefs.wording import DEFER_REASONS
from app.people.duty_queries import Who
from app.web.fields import DateParts

LONGEST = 28
"""Days ahead for which a conversation may be planned or put off."""


def quick_plans(today: date) -> list[date]:
    """Days offered with one tap: today and the next two."""
    return [today + timedelta(days=ahead) for ahead in range(3)]


def quick_returns(today: date) -> list[date]:
    """Days until which a prompt is put off with one tap: tomorrow, in four days, in a week."""
    return [today + timedelta(days=ahead) for ahead in (1, 4, 7)]


class _OneDay(FlaskForm):  # type: ignore[misc]
    """A day, by one tap (``quick``, as 2026-11-24) or in three boxes."""

    revision = IntegerField(validators=[InputRequired("Open the page again")])
    quick = StringField(validators=[Optional()])
    first = 0
    """The soonest day, counted from today."""

    def prepare(self, today: date) -> None:
        """Fill in what depends on the day."""
        self.today = today

    def day_field(self) -> Any:
        """The field with the three boxes."""
        raise NotImplementedError

    def day(self) -> date | None:
        """The day that was chosen."""
        try:
            return date.fromisoformat(self.quick.data or "")
        except ValueError:
            found: date | None = self.day_field().data
            return found

    def validate(self, extra_validators: Any = None) -> bool:
        """The day has to be one of the next few weeks."""
        if not super().validate(extra_validators):
            return False
        field, day = self.day_field(), self.day()
        if day is None:
            field.errors = [*field.errors, "Enter a date"]
        elif not self.first <= (day - self.today).days <= LONGEST:
            soonest = "from tomorrow on, " if self.first else ""
            field.errors = [
                *field.errors,
                f"{field.subject} must be {soonest}within the next {LONGEST} days",
            ]
        return not field.errors


class PlanForm(_OneDay):
    """When somebody means to talk."""

    planned_on = DateParts(
        "When will you talk?", subject="The day you will talk", validators=[Optional()]
    )

    def day_field(self) -> Any:
        """The day of the talk."""
        return self.planned_on


class PutOffForm(_OneDay):
    """Why not yet, and when to come back to it."""

    reason = RadioField(
        "Why not yet?",
        choices=[SelectChoice(code, label) for code, label in DEFER_REASONS.items()],
        validators=[InputRequired("Choose why it is put off")],
    )
    until = DateParts(
        "When will you come back to it?",
        subject="The date to come back to it",
        validators=[Optional()],
    )
    first = 1

    def day_field(self) -> Any:
        """The day on which it opens again."""
        return self.until


class HandOverForm(FlaskForm):  # type: ignore[misc]
    """Who holds the conversation instead."""

    revision = IntegerField(validators=[InputRequired("Open the page again")])
    to = SelectField("Who will talk to them?", validators=[InputRequired("Choose who will talk")])

    def prepare(self, helpers: Sequence[Who]) -> None:
        """Offer those who may be asked."""
        self.to.choices = [
            SelectChoice("", "Choose"),
            *(SelectChoice(one.public_id, one.name) for one in helpers),
        ]


class SeenForm(FlaskForm):  # type: ignore[misc]
    """Nothing but what was last seen: for buttons that need no answer."""

    revision = IntegerField(validators=[InputRequired("Open the page again")])

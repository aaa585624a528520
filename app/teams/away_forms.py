"""The form for planned time away: two days and a kind, and never a reason of health."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional

from app.people.away import LONGEST
from app.people.duty_queries import StandIn
from app.people.wording import AWAY
from app.web.fields import DateParts, refuse


class AwayForm(FlaskForm):  # type: ignore[misc]
    """First and last day away, and who stands in."""

    kind = RadioField(
        "What is it?",
        choices=[SelectChoice(kind.value, label) for kind, label in AWAY.items()],
        validators=[InputRequired("Choose what it is")],
    )
    starts_on = DateParts(
        "First day away",
        subject="The first day away",
        validators=[InputRequired("Enter the first day away")],
    )
    ends_on = DateParts(
        "Last day away",
        subject="The last day away",
        validators=[InputRequired("Enter the last day away")],
    )
    deputy = SelectField(
        "Who stands in for you?",
        description="They are asked instead of you and reach your team, on these days alone.",
        validators=[Optional()],
        validate_choice=True,
    )

    def prepare(self, today: date, stand_ins: Sequence[StandIn] | None) -> None:
        """Fill in what depends on the day and on who may be chosen. ``None``: nobody is asked."""
        self.today = today
        if stand_ins is None:
            del self.deputy
            return
        here = " (covers your team)"
        self.deputy.choices = [
            SelectChoice("", "Whoever covers my team by the HR feed"),
            *(
                SelectChoice(one.public_id, one.name + (here if one.covers_here else ""))
                for one in stand_ins
            ),
        ]

    def validate(self, extra_validators: Any = None) -> bool:
        """The days have to be in order, and not past."""
        if not super().validate(extra_validators):
            return False
        starts, ends = self.days()
        if starts < self.today:
            return refuse(self.starts_on, "The first day away must be today or in the future")
        if ends < starts:
            return refuse(self.ends_on, "The last day away must be the first day or later")
        if ends - starts > LONGEST:
            return refuse(self.ends_on, "The last day away must be within a year of the first")
        return True

    def days(self) -> tuple[date, date]:
        """The first and the last day of a form that was found good."""
        return self.starts_on.data or self.today, self.ends_on.data or self.today

    def overlaps(self, words: str) -> None:
        """Say that another spell covers one of the days."""
        refuse(self.starts_on, f"The first day away must not be within another time away: {words}")

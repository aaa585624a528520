"""Saying what one was part of: ticks, a day and a reference. There is nowhere to write a story."""

from datetime import date

from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, Regexp, ValidationError

from app.exposure.wording import WORK
from app.web.fields import DateParts

NONE_OF_THESE = "none"
EARLIEST = date(1970, 1, 1)
REFERENCE = r"^(?=.*\d)[A-Za-z0-9][A-Za-z0-9/.\- ]*$"


class SaidForm(FlaskForm):  # type: ignore[misc]
    """What happened to be part of somebody's work, on which day."""

    work = RadioField(
        "What brought you into contact with it?",
        choices=[SelectChoice(str(work.value), words) for work, words in WORK.items()],
        validators=[InputRequired("Choose what brought you into contact with it")],
    )
    type_code = SelectField(
        "What kind of incident was it?",
        validators=[InputRequired("Choose the kind of incident")],
    )
    day = DateParts(
        "On which day?",
        subject="The day",
        description="For example, 23 11 2026",
        validators=[InputRequired("Enter the day")],
    )
    ref = StringField(
        "Its reference, if you know it",
        description=(
            "The number a force system gave it, for example CAD 1234/26. It is only used to "
            "find the incident and is not kept. Do not write a name or anything else."
        ),
        validators=[
            Optional(),
            Length(max=40, message="The reference must be 40 characters or fewer"),
            Regexp(
                REFERENCE,
                message="The reference must hold a number, and only letters, numbers, /, . and -",
            ),
        ],
        render_kw={"autocomplete": "off"},
    )

    def prepare(self, *, types: dict[str, str], today: date) -> "SaidForm":
        """Fill in what depends on the framework in force: codes → words."""
        self.type_code.choices = [
            SelectChoice("", "Choose one"),
            *(SelectChoice(code, name) for code, name in types.items()),
        ]
        self.today = today
        return self

    def validate_day(self, field: DateParts) -> None:
        """A day that has come, within anybody's memory."""
        if field.data is not None and field.data > self.today:
            message = "The day must be today or in the past"
            raise ValidationError(message)
        if field.data is not None and field.data < EARLIEST:
            message = f"The day must be in {EARLIEST.year} or later"
            raise ValidationError(message)


class WhichForm(FlaskForm):  # type: ignore[misc]
    """Which of the day's incidents it was, if any."""

    incident = RadioField(
        "Was it one of these?", validators=[InputRequired("Choose one, or none of these")]
    )
    step = HiddenField(default="which")

    def prepare(self, times: dict[str, str]) -> "WhichForm":
        """The incidents offered: public id → time of day."""
        self.incident.choices = [
            *(SelectChoice(public_id, words) for public_id, words in times.items()),
            SelectChoice(NONE_OF_THESE, "None of these, or I am not sure"),
        ]
        return self

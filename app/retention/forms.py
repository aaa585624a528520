"""Forms of the pages on keeping and removing."""

from datetime import date
from typing import Any, Self

from flask_wtf import FlaskForm
from typing_extensions import override
from wtforms import RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from app.retention.classes import Bounds
from app.retention.models import HoldReason, PeriodReason, UntoldReason, Wanted
from app.retention.wording import HOLDS, REASONS, UNTOLD
from app.web.fields import DateParts, refuse

PERSON, INCIDENT = "person", "incident"
TOLD = "told"
LONGEST = 60
REFERENCE = Length(max=LONGEST, message=f"Use {LONGEST} characters or fewer")


def _choices(words: Any) -> list[Any]:
    return [SelectChoice(str(value.value), label) for value, label in words.items()]


class PeriodForm(FlaskForm):  # type: ignore[misc]
    """For how many months a class is kept, and why."""

    months = StringField("Months", render_kw={"inputmode": "numeric"})
    reason = RadioField(
        "Why?",
        choices=_choices(REASONS),
        validators=[InputRequired("Choose why it is kept for longer or shorter")],
    )
    reference = StringField(
        "Reference",
        description="Where the decision can be found, such as a document number. No names.",
        validators=[Optional(), REFERENCE],
    )
    bounds: Bounds

    def prepare(self, bounds: Bounds) -> Self:
        """Within which bounds."""
        self.bounds = bounds
        self.months.description = f"From {bounds.least} to {bounds.most}"
        return self

    @property
    def number(self) -> int | None:
        """The months entered, if that is a number within the bounds."""
        given = str(self.months.data or "").strip()
        plain = given.isascii() and given.isdigit() and len(given) <= 3  # noqa: PLR2004
        return int(given) if plain and self.bounds.least <= int(given) <= self.bounds.most else None

    @property
    def why(self) -> PeriodReason:
        """The reason chosen."""
        return PeriodReason(self.reason.data)

    @override
    def validate(self, extra_validators: Any = None) -> bool:
        """The months are a number within the bounds."""
        fine = bool(super().validate(extra_validators))
        if self.number is None:
            least, most = self.bounds
            return refuse(self.months, f"Enter a whole number from {least} to {most}")
        return fine


def _review() -> DateParts:
    return DateParts(
        "When will somebody look at it again?",
        subject="The day",
        description="At most a year from today.",
        validators=[InputRequired("Enter the day on which somebody looks at it again")],
    )


class ReviewForm(FlaskForm):  # type: ignore[misc]
    """When a hold is looked at again."""

    review_on = _review()

    def prepare(self, today: date, latest: date) -> Self:
        """Between which days."""
        self.today, self.latest = today, latest
        return self

    @property
    def day(self) -> date:
        """The day entered, once the form was found good."""
        return self.review_on.data or self.latest

    @override
    def validate(self, extra_validators: Any = None) -> bool:
        """A day to come, not too far away."""
        fine = bool(super().validate(extra_validators))
        day = self.review_on.data
        if day is not None and not self.today < day <= self.latest:
            return refuse(self.review_on, "The day must be after today, and within a year")
        return fine


class HoldForm(ReviewForm):
    """A new hold."""

    about = RadioField(
        "What must not be removed?",
        choices=[
            SelectChoice(PERSON, "Everything about one person"),
            SelectChoice(INCIDENT, "One incident, with everybody who attended"),
        ],
        validators=[InputRequired("Choose what must not be removed")],
    )
    staff_number = StringField("Staff number", validators=[Optional(), Length(max=120)])
    incident = StringField("Reference of the incident", validators=[Optional(), Length(max=120)])
    reason = RadioField("Why?", choices=_choices(HOLDS), validators=[InputRequired("Choose why")])
    reference = StringField(
        "Reference of the matter",
        description="What the force\u2019s lawyers call it. No names.",
        validators=[InputRequired("Enter the reference of the matter"), REFERENCE],
    )
    told = RadioField(
        "May the people it concerns be told?",
        choices=[SelectChoice(TOLD, "Yes: they see it with their record"), *_choices(UNTOLD)],
        validators=[InputRequired("Choose whether they may be told")],
    )

    @property
    def subject(self) -> StringField:
        """The field for what was chosen."""
        return self.incident if self.about.data == INCIDENT else self.staff_number

    @property
    def wanted(self) -> Wanted:
        """What was entered."""
        return Wanted(
            is_person=self.about.data == PERSON,
            subject=str(self.subject.data or "").strip(),
            reason=HoldReason(self.reason.data),
            reference=str(self.reference.data or "").strip(),
            review_on=self.day,
            untold=None if self.told.data == TOLD else UntoldReason(self.told.data),
        )

    @override
    def validate(self, extra_validators: Any = None) -> bool:
        """What was chosen is named."""
        fine = super().validate(extra_validators)
        if self.about.data and not str(self.subject.data or "").strip():
            return refuse(self.subject, f"Enter the {self.subject.label.text.lower()}")
        return fine

"""Forms for deciding about a release."""

from flask_wtf import FlaskForm
from wtforms import RadioField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from app.disclosure.wording import REFUSALS, Refusal


class ApproveForm(FlaskForm):  # type: ignore[misc]
    """That somebody has looked before figures are published."""

    looked = SelectMultipleField(
        "Before you publish",
        choices=[SelectChoice("yes", "I have looked at what changed and at what the tests found")],
        validators=[InputRequired("Say that you have looked at what changed and at the tests")],
    )


class RefuseForm(FlaskForm):  # type: ignore[misc]
    """Why a release is refused."""

    reason = RadioField(
        "Why do you refuse it?",
        choices=[SelectChoice(value.value, label) for value, label in REFUSALS.items()],
        validators=[InputRequired("Choose why you refuse it")],
    )

    @property
    def why(self) -> Refusal:
        """The reason chosen."""
        return Refusal(self.reason.data)

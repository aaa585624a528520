"""The return form: what came of a prompt, in ticks and dates. There is nowhere to write a story."""

from datetime import date
from typing import Any

from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional

from app.debriefs.models import Setting, SupportStatus
from app.debriefs.wording import (
    DECLINED_REASONS,
    DEFER_REASONS,
    NOT_NEEDED_REASONS,
    SETTING,
    STATUS,
)
from app.referrals.models import Support
from app.referrals.wording import SUPPORT
from app.web.fields import DateParts

OUTCOMES = {
    "held": "We spoke",
    "declined": "They declined",
    "deferred": "Not yet: put it off",
    "not_needed": "Not needed",
}
LONGEST_DEFERRAL = 28
OFFERED = tuple(support for support in Support if support is not Support.NONE)


def _choices(words: dict[Any, str], *, blank: str = "") -> list[SelectChoice]:
    first = [SelectChoice("", blank)] if blank else []
    return first + [SelectChoice(str(value), label) for value, label in words.items()]


class ReturnForm(FlaskForm):  # type: ignore[misc]
    """One person, all their waiting prompts (or those left ticked), one outcome."""

    prompts = SelectMultipleField(
        "This answers", validators=[InputRequired("Tick what this answers")]
    )
    outcome = RadioField(
        "What happened?",
        choices=_choices(OUTCOMES),
        validators=[InputRequired("Choose what happened")],
    )
    held_on = DateParts(
        "When did you speak?", subject="The date you spoke", validators=[Optional()]
    )
    setting = RadioField(
        "How?", choices=_choices(SETTING), default=Setting.IN_PERSON.value, validators=[Optional()]
    )
    factors = SelectMultipleField(
        "What made it harder? Tick any they agree to have noted", validators=[Optional()]
    )
    primary_support = SelectField(
        "Main support agreed",
        choices=_choices(SUPPORT),
        default=Support.LINE_MANAGER.value,
        validators=[Optional()],
    )
    next_contact_on = DateParts(
        "When will you check in again?", subject="The check-in date", validators=[Optional()]
    )
    declined_reason = RadioField(
        "What did they say?", choices=_choices(DECLINED_REASONS), validators=[Optional()]
    )
    deferred_reason = RadioField("Why?", choices=_choices(DEFER_REASONS), validators=[Optional()])
    deferred_until = DateParts(
        "Put off until", subject="The date to come back to it", validators=[Optional()]
    )
    not_needed_reason = RadioField(
        "Why not?", choices=_choices(NOT_NEEDED_REASONS), validators=[Optional()]
    )

    def prepare(
        self, *, prompts: dict[str, str], factors: dict[str, str], today: date
    ) -> "ReturnForm":
        """Fill in what depends on the person and the framework: codes → words."""
        self.prompts.choices = _choices(prompts)
        self.factors.choices = _choices(factors)
        self.today = today
        return self

    def validate(self, extra_validators: Any = None) -> bool:
        """Each outcome asks for its own few things; what belongs to the others is ignored."""
        if not super().validate(extra_validators):
            return False
        return bool(getattr(self, f"_check_{self.outcome.data}")())

    def _check_held(self) -> bool:
        held_on = self.held_on.data
        if held_on is None:
            return _refuse(self.held_on, "Enter the date you spoke")
        if held_on > self.today:
            return _refuse(self.held_on, "The date you spoke must be today or in the past")
        if self.next_contact_on.data and self.next_contact_on.data < self.today:
            return _refuse(self.next_contact_on, "The check-in date must be today or in the future")
        if not self.setting.data:
            return _refuse(self.setting, "Choose how you spoke")
        if not self.primary_support.data:
            return _refuse(self.primary_support, "Choose the main support agreed")
        return True

    def _check_declined(self) -> bool:
        return bool(self.declined_reason.data) or _refuse(
            self.declined_reason, "Choose what they said"
        )

    def _check_deferred(self) -> bool:
        until = self.deferred_until.data
        if not self.deferred_reason.data:
            return _refuse(self.deferred_reason, "Choose why it is put off")
        if until is None:
            return _refuse(self.deferred_until, "Enter the date to come back to it")
        if not 0 < (until - self.today).days <= LONGEST_DEFERRAL:
            return _refuse(
                self.deferred_until,
                f"The date to come back to it must be within the next {LONGEST_DEFERRAL} days",
            )
        return True

    def _check_not_needed(self) -> bool:
        return bool(self.not_needed_reason.data) or _refuse(
            self.not_needed_reason, "Choose why it is not needed"
        )

    def offers(self) -> dict[Support, SupportStatus]:
        """What was said about each kind of support, where anything was."""
        return {
            support: SupportStatus(field.data)
            for support in OFFERED
            if (field := self[f"support_{support.value}"]).data
        }

    def offer_fields(self) -> list[Any]:
        """The support questions, in the order they are shown."""
        return [self[f"support_{support.value}"] for support in OFFERED]


for _support in OFFERED:
    setattr(
        ReturnForm,
        f"support_{_support.value}",
        SelectField(
            SUPPORT[_support],
            choices=_choices(STATUS, blank="Not talked about"),
            validators=[Optional()],
        ),
    )


def _refuse(field: Any, sentence: str) -> bool:
    field.errors = [*field.errors, sentence]
    return False

"""Forms of a conversation: ticks and dates. There is nowhere to write a story."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import chain
from typing import Any

from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional

from app.debriefs.models import Confidentiality, Setting, SupportStatus
from app.debriefs.wording import (
    CONFIDENTIALITY,
    DECLINED_REASONS,
    DEFER_REASONS,
    NOT_NEEDED_REASONS,
    SETTING,
    STATUS,
)
from app.exposure.queries import WaitingPrompt
from app.referrals.models import REFERRED, Support
from app.referrals.wording import SUPPORT
from app.web.fields import DateParts, refuse

OUTCOMES = {
    "held": "We spoke",
    "declined": "They declined, or would rather talk to somebody else",
    "deferred": "Not yet: put it off",
    "not_needed": "Not needed",
}
LEFT_OUT = {"left_out": "Leave them out: nothing is recorded now"}
LONGEST_DEFERRAL = 28
OFFERED = tuple(support for support in Support if support is not Support.NONE)
SOMEBODY_ELSE = "someone_else"
ONWARD = {
    Support.PEER_SUPPORT.value: "A peer supporter",
    Support.TRIM.value: "A TRiM practitioner",
    Support.OCCUPATIONAL_HEALTH.value: "Occupational health",
    Support.CHAPLAIN.value: "A chaplain",
    Support.STAFF_NETWORK.value: "Their staff network",
    Support.FEDERATION_OR_UNION.value: "Their Federation or union",
    "supervisor": "Another supervisor",
    "themselves": "They will find somebody themselves",
}
LOCKED = {
    "led": "Their welfare is led by those people now: close this",
    "later": "Put it off",
    "leave": "Leave it waiting",
}
YES = "yes"


def choices(words: dict[Any, str], *, blank: str = "") -> list[SelectChoice]:
    """Codes and words as WTForms wants them."""
    first = [SelectChoice("", blank)] if blank else []
    return first + [SelectChoice(str(value), label) for value, label in words.items()]


def seen_as(prompt: WaitingPrompt) -> str:
    """A prompt as a form sends it: which, and at which revision it was shown."""
    return f"{prompt.public_id}.{prompt.revision}"


class _Plain(FlaskForm):  # type: ignore[misc]
    """Several of these make one page, whose own token is checked for every POST anyway."""

    class Meta:
        """No token of its own."""

        csrf = False


class LockForm(_Plain):
    """Whether the forms about an incident are locked, and what then becomes of its prompts."""

    procedure = RadioField(
        "Is a post-incident procedure, or a conduct or criminal matter, open about this?",
        choices=[SelectChoice("no", "No"), SelectChoice(YES, "Yes, or I am not sure")],
        validators=[InputRequired("Say whether a procedure or matter is open")],
    )
    locked = RadioField(
        "What should happen to this reminder?",
        choices=choices(LOCKED),
        validators=[Optional()],
    )
    locked_until = DateParts(
        "Put off until", subject="The date to come back to it", validators=[Optional()]
    )
    hold = SelectMultipleField(
        "For everybody who was there",
        choices=[
            SelectChoice(
                YES,
                "A post-incident procedure applies to the incident itself: lock this form for "
                "everybody who was there, until it is lifted",
            )
        ],
        validators=[Optional()],
    )

    @property
    def closes(self) -> bool:
        """Whether the rest of the page is locked."""
        return bool(self.procedure.data == YES)

    def check(self, today: date) -> bool:
        """Each choice asks for its own few things."""
        if not self.validate():
            return False
        if not self.closes:
            return True
        if not self.locked.data:
            return refuse(self.locked, "Choose what should happen to this reminder")
        return self.locked.data != "later" or _soon(self.locked_until, today)


class MeetingForm(_Plain):
    """When and how, for everybody who took part."""

    held_on = DateParts(
        "When did you speak?", subject="The date you spoke", validators=[Optional()]
    )
    setting = RadioField(
        "How?", choices=choices(SETTING), default=Setting.IN_PERSON.value, validators=[Optional()]
    )

    def check(self, today: date) -> bool:
        """The day must have come, and something must be chosen."""
        if not self.validate():
            return False
        if self.held_on.data is None:
            return refuse(self.held_on, "Enter the date you spoke")
        if self.held_on.data > today:
            return refuse(self.held_on, "The date you spoke must be today or in the past")
        return bool(self.setting.data) or refuse(self.setting, "Choose how you spoke")


class PeopleForm(_Plain):
    """Who took part."""

    people = SelectMultipleField(
        "Who is this about?", validators=[InputRequired("Tick who this is about")]
    )


class PartForm(_Plain):
    """One person: all their waiting prompts (or those left ticked), one outcome."""

    prompts = SelectMultipleField("This answers", validate_choice=False)
    outcome = RadioField(
        "What happened?",
        choices=choices(OUTCOMES),
        validators=[InputRequired("Choose what happened")],
    )
    factors = SelectMultipleField(
        "What made it harder? Tick any they agree to have noted", validators=[Optional()]
    )
    primary_support = SelectField(
        "Main support agreed",
        choices=choices(SUPPORT | {Support.NONE: "Nothing for now"}),
        default=Support.LINE_MANAGER.value,
        validators=[Optional()],
    )
    next_contact_on = DateParts(
        "When will you check in again?", subject="The check-in date", validators=[Optional()]
    )
    confidentiality = RadioField(
        "Who may see what you agreed? They choose",
        choices=choices(CONFIDENTIALITY),
        default=Confidentiality.SHARED.value,
        validators=[Optional()],
    )
    declined_reason = RadioField(
        "What did they say?", choices=choices(DECLINED_REASONS), validators=[Optional()]
    )
    onward = RadioField(
        "Who would they like to talk to?", choices=choices(ONWARD), validators=[Optional()]
    )
    agreed = SelectMultipleField(
        "May that service get in touch?",
        choices=[SelectChoice(YES, "They agree that the service gets in touch with them")],
        validators=[Optional()],
    )
    deferred_reason = RadioField("Why?", choices=choices(DEFER_REASONS), validators=[Optional()])
    deferred_until = DateParts(
        "Put off until", subject="The date to come back to it", validators=[Optional()]
    )
    not_needed_reason = RadioField(
        "Why not?", choices=choices(NOT_NEEDED_REASONS), validators=[Optional()]
    )

    def prepare(
        self, *, waiting: Sequence[WaitingPrompt], factors: dict[str, str], several: bool
    ) -> "PartForm":
        """Fill in what depends on the person and the framework."""
        self.prompts.choices = choices({seen_as(one): one.why for one in waiting})
        self.factors.choices = choices(factors)
        self.asked = bool(waiting)
        if several:
            offered = OUTCOMES if waiting else {"held": OUTCOMES["held"]}
            self.outcome.choices = choices(offered | LEFT_OUT)
        return self

    @property
    def left_out(self) -> bool:
        """Whether nothing is to be kept for this person."""
        return bool(self.outcome.data in LEFT_OUT)

    def check(self, today: date) -> bool:
        """Each outcome asks for its own few things; what belongs to the others is ignored."""
        if not self.validate():
            return False
        if self.left_out:
            return True
        if self.asked and not self.prompts.data:
            return refuse(self.prompts, "Tick what this answers")
        return bool(getattr(self, f"_check_{self.outcome.data}")(today))

    def _check_held(self, today: date) -> bool:
        if self.next_contact_on.data and self.next_contact_on.data < today:
            return refuse(self.next_contact_on, "The check-in date must be today or in the future")
        if not self.primary_support.data:
            return refuse(self.primary_support, "Choose the main support agreed")
        return bool(self.confidentiality.data) or refuse(
            self.confidentiality, "Choose who may see what you agreed"
        )

    def _check_declined(self, _today: date) -> bool:
        if not self.declined_reason.data:
            return refuse(self.declined_reason, "Choose what they said")
        if self.declined_reason.data != SOMEBODY_ELSE:
            return True
        if not self.onward.data:
            return refuse(self.onward, "Choose who they would like to talk to")
        if self.agreed.data and self.onward_service() is None:
            return refuse(
                self.agreed,
                "Only peer support, TRiM, occupational health or a chaplain can be asked from here",
            )
        return True

    def _check_deferred(self, today: date) -> bool:
        if not self.deferred_reason.data:
            return refuse(self.deferred_reason, "Choose why it is put off")
        return _soon(self.deferred_until, today)

    def _check_not_needed(self, _today: date) -> bool:
        return bool(self.not_needed_reason.data) or refuse(
            self.not_needed_reason, "Choose why it is not needed"
        )

    def onward_service(self) -> Support | None:
        """The service that is to make contact, where the person would like to and agreed."""
        asked = self.outcome.data == "declined" and self.declined_reason.data == SOMEBODY_ELSE
        if not asked or not self.agreed.data or self.onward.data not in set(Support):
            return None
        service = Support(self.onward.data)
        return service if service in REFERRED else None

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
        PartForm,
        f"support_{_support.value}",
        SelectField(
            SUPPORT[_support],
            choices=choices(STATUS, blank="Not talked about"),
            validators=[Optional()],
        ),
    )


class Together:
    """Several forms that are one page: what an error summary and a page's title ask of a form."""

    form_errors: tuple[str, ...] = ()

    def __init__(self, *forms: FlaskForm) -> None:
        self.forms = forms

    def __iter__(self) -> Iterator[Any]:
        return chain.from_iterable(self.forms)

    @property
    def errors(self) -> bool:
        """Whether any field has one."""
        return any(field.errors for field in self)


def _soon(field: DateParts, today: date) -> bool:
    until: date | None = field.data
    if until is None:
        return refuse(field, "Enter the date to come back to it")
    if not 0 < (until - today).days <= LONGEST_DEFERRAL:
        return refuse(
            field, f"The date to come back to it must be within the next {LONGEST_DEFERRAL} days"
        )
    return True

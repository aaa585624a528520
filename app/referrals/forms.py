"""Recording what was done with a referral, in ticks and days; and what holds for a service."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_wtf import FlaskForm
from wtforms import IntegerField, RadioField, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange, Optional
from wtforms.widgets import HiddenInput

from app.referrals.models import Outcome, Support
from app.referrals.rules import Limits
from app.referrals.wording import OUTCOME, OUTCOME_HINT, SUPPORT
from app.web.fields import DateParts

FURTHEST_DAYS = 182
MOST_HOURS, MOST_DAYS, MOST_PEOPLE = 240, 182, 100


def refuse(field: Any, sentence: str) -> bool:
    """Put an error on a field; always ``False``, as the answer of a ``validate``."""
    field.errors = [*field.errors, sentence]
    return False


class SeenForm(FlaskForm):  # type: ignore[misc]
    """Any change to a referral, as the viewer saw it."""

    revision = IntegerField(widget=HiddenInput(), validators=[InputRequired("Open the page again")])


class ContactForm(SeenForm):
    """The day on which the person was first reached."""

    day = DateParts(
        "When did you first reach them?",
        subject="The day you reached them",
        validators=[InputRequired("Enter the day you reached them")],
    )

    def prepare(self, *, agreed_on: date, today: date) -> "ContactForm":
        """Between which days it can be; today is proposed."""
        self.agreed_on, self.today = agreed_on, today
        if not self.is_submitted():
            self.day.process_data(today)
        return self

    def validate(self, extra_validators: Any = None) -> bool:
        """Not before they agreed, and not in the future."""
        if not super().validate(extra_validators):
            return False
        reached = self.day.data or self.today
        if reached > self.today:
            return refuse(self.day, "The day you reached them must be today or in the past")
        if reached < self.agreed_on:
            return refuse(self.day, "The day you reached them must be after they agreed")
        return True


class StepForm(SeenForm):
    """One planned meeting: it took place, or it is moved."""

    what = RadioField(
        "What do you want to record?",
        choices=[SelectChoice("held", "It took place"), SelectChoice("moved", "It is moved")],
        validators=[InputRequired("Choose what to record")],
    )
    held_on = DateParts("On which day?", subject="The day you met", validators=[Optional()])
    due_on = DateParts("To which day?", subject="The new day", validators=[Optional()])

    def prepare(self, *, today: date) -> "StepForm":
        """Today is proposed as the day they met."""
        self.today = today
        if not self.is_submitted():
            self.held_on.process_data(today)
        return self

    def validate(self, extra_validators: Any = None) -> bool:
        """Each answer asks for its own day; the other is ignored."""
        if not super().validate(extra_validators):
            return False
        if self.what.data == "held":
            if self.held_on.data is None:
                return refuse(self.held_on, "Enter the day you met")
            later = self.held_on.data > self.today
            return not later or refuse(self.held_on, "The day you met must be today or in the past")
        if self.due_on.data is None:
            return refuse(self.due_on, "Enter the new day")
        if not 0 <= (self.due_on.data - self.today).days <= FURTHEST_DAYS:
            return refuse(self.due_on, "The new day must be within the next six months")
        return True


class HandOverForm(SeenForm):
    """Who has it from now on."""

    to = RadioField("Who takes it on?", validators=[InputRequired("Choose who takes it on")])

    def prepare(self, people: Sequence[tuple[str, str, str]]) -> "HandOverForm":
        """Whom it can be given to: public id, name, and how many people they have."""
        self.to.choices = [
            SelectChoice(public_id, name, render_kw={"hint": hint})
            for public_id, name, hint in people
        ]
        return self


class CloseForm(SeenForm):
    """How it ended. A category, and nowhere to write why."""

    outcome = RadioField("How did it end?", validators=[InputRequired("Choose how it ended")])
    pass_to = SelectField("To which service?", validators=[Optional()])
    agreed = SelectMultipleField(
        "Their agreement",
        choices=[SelectChoice("yes", "They agreed today that this service contacts them")],
        validators=[Optional()],
    )
    hard = SelectMultipleField(
        "For you",
        choices=[
            SelectChoice(
                "yes",
                "This one stays with me: I would like to be asked how I am",
                render_kw={
                    "hint": "The wellbeing lead sees that you asked, and not whom it was about."
                },
            )
        ],
        validators=[Optional()],
    )

    def prepare(self, *, endings: Sequence[Outcome], elsewhere: Sequence[Support]) -> "CloseForm":
        """What can be chosen: ways to end, and services to pass on to."""
        self.outcome.choices = [
            SelectChoice(one.value, OUTCOME[one], render_kw={"hint": OUTCOME_HINT.get(one)})
            for one in endings
        ]
        self.pass_to.choices = [
            SelectChoice("", "Choose one"),
            *(SelectChoice(one.value, SUPPORT[one]) for one in elsewhere),
        ]
        return self

    def validate(self, extra_validators: Any = None) -> bool:
        """Passing on needs a service and a fresh agreement; the rest ignores both."""
        if not super().validate(extra_validators):
            return False
        if self.outcome.data != Outcome.PASSED_ON.value:
            return True
        if not self.pass_to.data:
            return refuse(self.pass_to, "Choose the service to pass it on to")
        return bool(self.agreed.data) or refuse(
            self.agreed, "They have to agree before it is passed on"
        )

    def passed_to(self) -> Support | None:
        """The service it is passed on to, if it is."""
        passed = self.outcome.data == Outcome.PASSED_ON.value
        return Support(self.pass_to.data) if passed else None


def _whole(label: str, what: str, least: int, most: int, hint: str = "") -> IntegerField:
    message = f"{what} must be a whole number from {least} to {most}"
    return IntegerField(
        label,
        description=hint,
        validators=[InputRequired(message), NumberRange(least, most, message)],
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )


class LimitsForm(FlaskForm):  # type: ignore[misc]
    """What holds for one service."""

    offered = RadioField(
        "Does this force have this service?",
        choices=[
            SelectChoice("yes", "Yes"),
            SelectChoice(
                "no", "No", render_kw={"hint": "Nobody new is referred. What is open stays open."}
            ),
        ],
        validators=[InputRequired("Choose whether this force has this service")],
    )
    accept_hours = _whole("Somebody takes a referral on within", "Hours to take on", 1, MOST_HOURS)
    contact_hours = _whole("First contact within", "Hours to first contact", 1, MOST_HOURS)
    follow_up_days = _whole("Last planned meeting within", "Days", 7, MOST_DAYS)
    weekends = RadioField(
        "Do Saturdays and Sundays count?",
        choices=[
            SelectChoice("yes", "Yes, the service works at weekends"),
            SelectChoice("no", "No", render_kw={"hint": "Bank holidays are not known and count."}),
        ],
        validators=[InputRequired("Choose whether weekends count")],
    )

    def show(self, held: Limits) -> "LimitsForm":
        """Fill in what holds today, unless the form was sent."""
        if not self.is_submitted():
            self.offered.process_data("yes" if held.offered else "no")
            self.weekends.process_data("yes" if held.works_weekends else "no")
            for name in ("accept_hours", "contact_hours", "follow_up_days"):
                self[name].process_data(getattr(held, name))
        return self

    def limits(self) -> Limits:
        """What is to hold."""
        return Limits(
            offered=self.offered.data == "yes",
            accept_hours=self.accept_hours.data,
            contact_hours=self.contact_hours.data,
            follow_up_days=self.follow_up_days.data,
            works_weekends=self.weekends.data == "yes",
        )


class PractitionerForm(FlaskForm):  # type: ignore[misc]
    """Somebody who works for a service: for which part of the force, and for how many people."""

    unit = SelectField("For which part of the force?", validators=[Optional()])
    caseload_limit = _whole("How many people at once, at most?", "How many people", 1, MOST_PEOPLE)

    def prepare(self, units: dict[str, str]) -> "PractitionerForm":
        """Parts of the force: public id → name."""
        self.unit.choices = [
            SelectChoice("", "The whole force"),
            *(SelectChoice(code, name) for code, name in units.items()),
        ]
        return self


class AddForm(PractitionerForm):
    """Somebody new."""

    account = SelectField("Who?", validators=[InputRequired("Choose who")])

    def offer(self, people: dict[str, str]) -> "AddForm":
        """Who can be added: public id → name."""
        self.account.choices = [
            SelectChoice("", "Choose one"),
            *(SelectChoice(code, name) for code, name in people.items()),
        ]
        return self


class PlainForm(FlaskForm):  # type: ignore[misc]
    """A button, with the token that says that it was pressed on our page."""

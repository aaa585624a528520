"""Asking for support in a few short questions, sharing, and asking without a name."""

from collections.abc import Sequence
from typing import Any

from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from app.referrals.forms import refuse
from app.referrals.wishes import Contact, Limit, Means, Time
from app.support.contents import LONGEST_NOTE, Part
from app.support.wording import LIMITS, MEANS, TIMES

LONGEST_QUESTION = 1500
Choice = tuple[str, str, str]
"""A value, its words and a hint, which may be empty."""


def _choices(offered: Sequence[Choice]) -> list[SelectChoice]:
    return [
        SelectChoice(value, words, render_kw={"hint": hint} if hint else {})
        for value, words, hint in offered
    ]


class WhomForm(FlaskForm):  # type: ignore[misc]
    """Whom to ask."""

    whom = RadioField("Who would you like to hear from?", validators=[InputRequired("Choose who")])

    def prepare(self, offered: Sequence[Choice]) -> "WhomForm":
        """Who can be asked here."""
        self.whom.choices = _choices(offered)
        return self


class UrgencyForm(FlaskForm):  # type: ignore[misc]
    """How soon."""

    urgency = RadioField("How soon?", validators=[InputRequired("Choose how soon")])

    def prepare(self, offered: Sequence[Choice]) -> "UrgencyForm":
        """What each choice means for the service that was chosen."""
        self.urgency.choices = _choices(offered)
        return self


def _line(label: str, hint: str, most: int, **attributes: str) -> StringField:
    return StringField(
        label,
        description=hint,
        validators=[Optional(), Length(max=most, message=f"Use {most} characters at most")],
        render_kw={"autocomplete": "off", **attributes},
    )


class ContactForm(FlaskForm):  # type: ignore[misc]
    """How to be reached."""

    means = RadioField(
        "How should they contact you?",
        choices=[SelectChoice(one.value, words) for one, words in MEANS.items()],
        validators=[InputRequired("Choose how they should contact you")],
    )
    phone = _line("Phone number", "It may be your own. Only they see it.", 40, inputmode="tel")
    work_email = _line("Work e-mail address", "", 120, inputmode="email")
    in_person = _line("Where?", "A place they can find you, such as a station.", 80)
    times = SelectMultipleField(
        "When is a good time?",
        description="Choose all that suit you, or none.",
        choices=[SelectChoice(one.value, words) for one, words in TIMES.items()],
        validators=[Optional()],
    )
    limits = SelectMultipleField(
        "Is there anything they must not do?",
        choices=[SelectChoice(one.value, words) for one, words in LIMITS.items()],
        validators=[Optional()],
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """The way that was chosen needs its number, address or place."""
        if not super().validate(extra_validators):
            return False
        wanted = {
            Means.PHONE: "Enter a phone number",
            Means.WORK_EMAIL: "Enter your work e-mail address",
            Means.IN_PERSON: "Enter where they can find you",
        }
        field = self[self.means.data]
        if not (field.data or "").strip():
            return refuse(field, wanted[Means(self.means.data)])
        if self.means.data == Means.WORK_EMAIL and "@" not in field.data:
            return refuse(field, "Enter an e-mail address, like name@force.police.uk")
        if self.means.data == Means.WORK_EMAIL and Limit.NOT_AT_WORK in self.limits.data:
            return refuse(self.limits, "A work e-mail reaches you at work. Choose another way")
        return True

    def contact(self) -> Contact:
        """What was answered."""
        return Contact(
            means=Means(self.means.data),
            where=self[self.means.data].data.strip(),
            times=tuple(Time(one) for one in self.times.data or ()),
            limits=tuple(Limit(one) for one in self.limits.data or ()),
        )

    def show(self, held: Contact | None) -> "ContactForm":
        """Fill in what was answered before, unless the form was sent."""
        if held is not None and not self.is_submitted():
            self.means.process_data(held.means.value)
            self[held.means.value].process_data(held.where)
            self.times.process_data([one.value for one in held.times])
            self.limits.process_data([one.value for one in held.limits])
        return self


class PeopleForm(FlaskForm):  # type: ignore[misc]
    """Who must not be given it."""

    outside = SelectMultipleField(
        "Your own team",
        choices=[
            SelectChoice(
                "yes",
                "Nobody from my team, and nobody I lead",
            )
        ],
        validators=[Optional()],
    )
    avoided = SelectMultipleField(
        "Who else must not get it?",
        description="For example somebody who trains or assesses you. They are not told.",
        validators=[Optional()],
    )

    def prepare(self, people: Sequence[Choice]) -> "PeopleForm":
        """Who of the service could be given it."""
        self.avoided.choices = _choices(people)
        return self


class ShareForm(FlaskForm):  # type: ignore[misc]
    """What to share."""

    parts = SelectMultipleField(
        "What would you like to share?",
        validators=[InputRequired("Choose what to share")],
    )
    note = TextAreaField(
        "What I would like you to know",
        description="Please do not describe an incident, or name anybody else. "
        f"{LONGEST_NOTE} characters at most.",
        validators=[
            Optional(),
            Length(max=LONGEST_NOTE, message=f"Use {LONGEST_NOTE} characters at most"),
        ],
        render_kw={"rows": 5, "maxlength": str(LONGEST_NOTE)},
    )

    def prepare(self, *, check: bool) -> "ShareForm":
        """What there is to share; ``check``: whether a self-check was kept."""
        offered: list[Choice] = [
            (
                Part.COUNTS.value,
                "How many incidents I went to, by type",
                "Numbers only. No dates, places or references.",
            )
        ]
        if check:
            words = "My latest self-check, of those I kept"
            offered.append((Part.CHECK.value, words, "Your answers. Not your own note on it."))
        self.parts.choices = _choices([*offered, (Part.NOTE.value, "A short note", "")])
        return self

    def validate(self, extra_validators: Any = None) -> bool:
        """A note that was chosen needs words."""
        if not super().validate(extra_validators):
            return False
        empty = Part.NOTE in self.parts.data and not (self.note.data or "").strip()
        return not empty or refuse(self.note, "Write the note, or do not choose it")


def _words(label: str, hint: str, missing: str) -> TextAreaField:
    return TextAreaField(
        label,
        description=f"{hint} {LONGEST_QUESTION} characters at most.",
        validators=[
            InputRequired(missing),
            Length(max=LONGEST_QUESTION, message=f"Use {LONGEST_QUESTION} characters at most"),
        ],
        render_kw={"rows": 6, "maxlength": str(LONGEST_QUESTION), "autocomplete": "off"},
    )


class QuestionForm(FlaskForm):  # type: ignore[misc]
    """A question without a name."""

    whom = RadioField("Who is it for?", validators=[InputRequired("Choose who it is for")])
    question = _words(
        "Your question",
        "Leave out names, dates and places: anything by which somebody could tell who you are.",
        "Write your question",
    )

    def prepare(self, offered: Sequence[Choice]) -> "QuestionForm":
        """Who answers here."""
        self.whom.choices = _choices(offered)
        return self


class ReceiptForm(FlaskForm):  # type: ignore[misc]
    """The code, typed back to show that it was noted."""

    slip = HiddenField()
    code = StringField(
        "Type the code here",
        description="Small or capital letters, with or without spaces.",
        validators=[InputRequired("Type the code, so that you know you have it")],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )


class CodeForm(FlaskForm):  # type: ignore[misc]
    """The code, to come back with."""

    code = StringField(
        "Your code",
        description="16 letters and numbers.",
        validators=[InputRequired("Enter your code")],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )


class ReplyForm(FlaskForm):  # type: ignore[misc]
    """What whoever asked writes back."""

    slip = HiddenField()
    reply = _words("Write back", "Leave out names, dates and places.", "Write something first")


class AnswerForm(FlaskForm):  # type: ignore[misc]
    """What the service answers."""

    answer = _words(
        "Your answer",
        "They see the name of your service, not yours. Do not ask who they are.",
        "Write your answer",
    )


class PlainForm(FlaskForm):  # type: ignore[misc]
    """A button, with the token that says that it was pressed on our page."""

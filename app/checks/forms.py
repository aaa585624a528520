"""One question a page: ticks, and at the very end a short note to oneself."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_wtf import FlaskForm
from wtforms import RadioField, SelectMultipleField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from app.checks.answers import NONE
from app.checks.queries import Recent
from app.checks.questions import UNSAID, Question
from app.checks.wording import AFTER, NOTHING
from app.instruments.models import Instrument, Item

NOTHING_VALUE, NONE_VALUE = "nothing", "none"
"""What the choices of no incident and of no questionnaire send."""
LONGEST_NOTE = 500


def _choices(words: Mapping[str, str]) -> list[SelectChoice]:
    return [SelectChoice(value, label) for value, label in words.items()]


class Asked(FlaskForm):  # type: ignore[misc]
    """A question of the self-check.

    The token of every form is checked before its view is called, so not here again: an answer that
    comes after its session ran out carries the token of that session, which the guard has checked.
    """

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """What differs from other forms."""

        csrf = False


class AboutForm(Asked):
    """After which incident, if any."""

    about = RadioField(
        AFTER,
        description="This only helps to word the questions. Nobody is told.",
        validators=[InputRequired("Choose one, or nothing in particular")],
    )

    def prepare(self, recent: Sequence[Recent], held: str | None) -> "AboutForm":
        """The viewer's own latest incidents; ``held``: the words of the one chosen before."""
        self.recent = {one.public_id: one for one in recent}
        words = {one.public_id: one.words for one in recent}
        self.about.choices = _choices({NOTHING_VALUE: NOTHING, **words})
        if not self.is_submitted() and held is not None:
            known = {label: value for value, label in words.items()}
            self.about.data = known.get(held, NOTHING_VALUE)
        return self

    @property
    def incident(self) -> Recent | None:
        """The one chosen, if any."""
        return self.recent.get(str(self.about.data))


class AnswerForm(Asked):
    """One question, or one item of a questionnaire."""

    answer = RadioField(validators=[InputRequired()])

    def ask(self, question: Question, held: str | None) -> "AnswerForm":
        """One of the twelve questions; ``held``: what was answered before."""
        words = {change.value: label for change, label in question.choices.items()}
        needed = f"Choose one. If you like, choose “{UNSAID}”"
        return self._prepare(question.text, words, needed, held)

    def ask_item(self, item: Item, held: int | None) -> "AnswerForm":
        """One item of a questionnaire."""
        words = {str(choice.value): choice.label for choice in item.choices}
        needed = "Choose one, or skip this question"
        return self._prepare(item.text, words, needed, None if held is None else str(held))

    def _prepare(
        self, text: str, words: Mapping[str, str], needed: str, held: str | None
    ) -> "AnswerForm":
        self.answer.label.text = text
        self.answer.choices = _choices(words)
        self.answer.validators = [InputRequired(needed)]
        if not self.is_submitted():
            self.answer.data = held
        return self


class ChoiceForm(Asked):
    """A questionnaire, or none."""

    questionnaire = RadioField(
        "Would you like to answer a few more questions?",
        validators=[InputRequired("Choose one, or none")],
    )

    def prepare(self, offered: Sequence[Instrument], held: str | None) -> "ChoiceForm":
        """Those offered; ``held``: the code chosen before."""
        self.questionnaire.choices = [
            *(
                SelectChoice(one.code, one.short, render_kw={"hint": _length(one)})
                for one in offered
            ),
            SelectChoice(NONE_VALUE, "No, show me what I said"),
        ]
        if not self.is_submitted() and held is not None:
            self.questionnaire.data = held or NONE_VALUE
        return self

    @property
    def code(self) -> str:
        """The code of the one chosen, or that of none."""
        chosen = str(self.questionnaire.data)
        return NONE if chosen == NONE_VALUE else chosen


def _length(one: Instrument) -> str:
    minutes = "about a minute" if one.minutes == 1 else f"about {one.minutes} minutes"
    return f"{len(one.items)} questions, {minutes}."


class NoteForm(FlaskForm):  # type: ignore[misc]
    """A note to oneself on a self-check that one kept."""

    note = TextAreaField(
        "Your own note",
        description=(
            "For you alone. It is never shown to anybody, and never shared. "
            "Write about you, not about the incident: for example, what helped."
        ),
        validators=[
            Length(max=LONGEST_NOTE, message=f"Your note must be {LONGEST_NOTE} letters or fewer")
        ],
        render_kw={"rows": 4, "autocomplete": "off", "spellcheck": "false"},
    )


class OfferForm(FlaskForm):  # type: ignore[misc]
    """Which optional questionnaires the force offers."""

    codes = SelectMultipleField("Also offer these", validate_choice=False)

    def prepare(self, optional: Sequence[Instrument], held: frozenset[str]) -> "OfferForm":
        """Those that may be switched on, and those that are."""
        self.codes.choices = [
            SelectChoice(one.code, one.title, render_kw={"hint": _length(one)}) for one in optional
        ]
        if not self.is_submitted():
            self.codes.data = sorted(held)
        return self

    @property
    def chosen(self) -> set[str]:
        """What was ticked."""
        found: Any = self.codes.data or []
        return set(found)

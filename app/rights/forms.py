"""Asking about one's own data, and answering."""

from flask_wtf import FlaskForm
from wtforms import IntegerField, RadioField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length
from wtforms.widgets import HiddenInput

from app.rights.wording import DECISIONS, PARTS, RIGHT_HINTS, RIGHTS

LONGEST_REQUEST, LONGEST_ANSWER = 500, 1000


class AskForm(FlaskForm):  # type: ignore[misc]
    """What somebody asks for, about which part, in a sentence or two."""

    kind = RadioField(
        "What do you want?",
        choices=[
            SelectChoice(kind.value, words, render_kw={"hint": RIGHT_HINTS[kind]})
            for kind, words in RIGHTS.items()
        ],
        validators=[InputRequired("Choose what you want")],
    )
    part = SelectField(
        "What is it about?",
        choices=[
            SelectChoice("", "Choose one"),
            *(SelectChoice(part.value, words) for part, words in PARTS.items()),
        ],
        validators=[InputRequired("Choose what it is about")],
    )
    words = TextAreaField(
        "In your own words",
        description=(
            "One or two short sentences. For a mistake: what it says, and what it should say. "
            "Do not write what happened at an incident, or somebody else\u2019s name."
        ),
        validators=[
            InputRequired("Write what you ask for"),
            Length(
                max=LONGEST_REQUEST,
                message=f"What you write must be {LONGEST_REQUEST} characters or fewer",
            ),
        ],
        render_kw={"rows": 4, "autocomplete": "off"},
    )


class SeenForm(FlaskForm):  # type: ignore[misc]
    """Any change to a request, as whoever answers saw it."""

    revision = IntegerField(widget=HiddenInput(), validators=[InputRequired("Open the page again")])


class AnswerForm(SeenForm):
    """A decision, and why."""

    decision = RadioField(
        "What did you decide?",
        choices=[SelectChoice(one.value, words) for one, words in DECISIONS.items()],
        validators=[InputRequired("Choose what you decided")],
    )
    reply = TextAreaField(
        "Your answer, and why",
        description=(
            "They read exactly this, with your name. For a no or a partly: say why, in plain words."
        ),
        validators=[
            InputRequired("Write your answer"),
            Length(
                max=LONGEST_ANSWER,
                message=f"Your answer must be {LONGEST_ANSWER} characters or fewer",
            ),
        ],
        render_kw={"rows": 6, "autocomplete": "off"},
    )

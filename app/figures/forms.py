"""Asking a question of one's own, and naming a view."""

from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.fields import SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from app.disclosure.cells import Filter
from app.figures.questions import LATEST, Question
from app.figures.released import Figures
from app.figures.wording import KINDS, THEMES, period_words
from app.measures.vocabulary import DIMENSIONS, Dimension

ALL = "all"
"""Everybody, or no comparison."""


class AskForm(FlaskForm):  # type: ignore[misc]
    """One measure, one period, at most two groups or one group and a comparison."""

    measure = SelectField("What do you want to know?", validators=[InputRequired("Choose what")])
    period = SelectField("When?", validators=[InputRequired("Choose when")])
    first = SelectField("Only these people", default=ALL)
    second = SelectField("And only those of them", default=ALL)
    by = SelectField("Set side by side", default=ALL)

    def __init__(self, figures: Figures, asked: Question | None = None) -> None:
        filled = {}
        if asked:
            first, second = (*(_value(one) for one in asked.filters), ALL, ALL)[:2]
            filled = {"measure": asked.measure, "period": asked.period}
            filled |= {"first": first, "second": second, "by": asked.by or ALL}
        super().__init__(data=filled)
        self.measure.choices = [
            SelectChoice(one.code, f"{THEMES[one.theme]}: {one.name}")
            for one in figures.menu.measures
        ]
        self.period.choices = _periods(figures)
        groups = [
            SelectChoice(f"{dimension.value}:{one.code}", f"{DIMENSIONS[dimension]}: {one.label}")
            for dimension, listed in figures.menu.dimensions.items()
            for one in listed
        ]
        self.first.choices = [SelectChoice(ALL, "Everybody"), *groups]
        self.second.choices = [SelectChoice(ALL, "All of them"), *groups]
        self.by.choices = [
            SelectChoice(ALL, "Nothing"),
            *(SelectChoice(one.value, DIMENSIONS[one]) for one in figures.menu.dimensions),
        ]

    def question(self) -> Question:
        """What was chosen; every choice is one that the form offered."""
        chosen = [one.data for one in (self.first, self.second) if one.data != ALL]
        filters = []
        for one in chosen:
            dimension, _, code = one.partition(":")
            filters.append(Filter(Dimension(dimension), code))
        by = None if self.by.data == ALL else Dimension(self.by.data)
        return Question(self.measure.data, self.period.data, tuple(filters), by)


class NameForm(FlaskForm):  # type: ignore[misc]
    """What a view is called."""

    name = StringField(
        "Name of this view",
        description="Do not name anybody. Whoever you send the link to sees this name.",
        filters=[lambda typed: typed.strip() if typed else typed],
        validators=[
            InputRequired("Write a name"),
            Length(max=60, message="Use 60 letters or fewer"),
        ],
    )


def _value(one: Filter) -> str:
    return f"{one.dimension.value}:{one.code}"


def _periods(figures: Figures) -> list[SelectChoice]:
    found = []
    for code, kind in LATEST.items():
        newest = figures.newest(kind)
        if newest:
            found.append(SelectChoice(code, f"The latest {KINDS[kind]} ({period_words(newest)})"))
    return found + [SelectChoice(one.code, period_words(one)) for one in figures.menu.periods]

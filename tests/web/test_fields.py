"""Dates in three boxes, and every kind of field as the Design System draws it."""

from datetime import date

import pytest
from flask import Flask, render_template_string
from hypothesis import example, given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict
from wtforms import (
    Form,
    HiddenField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional

from app.config import ROOT
from app.web import filters
from app.web.fields import DateParts
from tests.page import Fragment

HOSTILE = "<script>alert(1)</script> \"' & more"


class Required(Form):
    day = DateParts(
        "When?",
        subject="The date you spoke",
        validators=[InputRequired("Enter the date you spoke")],
    )


class Free(Form):
    day = DateParts("When?", subject="The date", validators=[Optional()])


def sent(day="", month="", year=""):
    return MultiDict({"day-day": day, "day-month": month, "day-year": year})


@pytest.mark.parametrize(
    ("boxes", "expected"),
    [
        (("23", "11", "2026"), date(2026, 11, 23)),
        (("03", "02", "2024"), date(2024, 2, 3)),
        ((" 3 ", "Feb", "2024"), date(2024, 2, 3)),
        (("29", "february", "2024"), date(2024, 2, 29)),
    ],
)
def test_dates_that_people_write(boxes, expected):
    form = Required(sent(*boxes))
    assert form.validate()
    assert form.day.data == expected


@pytest.mark.parametrize(
    ("boxes", "sentence", "first"),
    [
        (("", "11", "2026"), "The date you spoke must include a day", "day"),
        (("23", "", "2026"), "The date you spoke must include a month", "month"),
        (("23", "", ""), "The date you spoke must include a month and year", "month"),
        (("23", "11", "26"), "The date you spoke must have a year of 4 numbers, like 2026", "year"),
        (("23", "13", "2026"), "The date you spoke must have a month between 1 and 12", "month"),
        (
            ("23", "Nonember", "2026"),
            "The date you spoke must have a month between 1 and 12",
            "month",
        ),
        (("31", "11", "2026"), "The date you spoke must be a real date", "day"),
        (("29", "2", "2026"), "The date you spoke must be a real date", "day"),
        (("0", "2", "2026"), "The date you spoke must be a real date", "day"),
        (("-1", "2", "2026"), "The date you spoke must be a real date", "day"),
        (("two", "2", "2026"), "The date you spoke must be a real date", "day"),
        (("٣", "2", "2026"), "The date you spoke must be a real date", "day"),
        (("3", "2", "²026"), "The date you spoke must have a year of 4 numbers, like 2026", "year"),
        (("3", "2", "0000"), "The date you spoke must be a real date", "day"),
        (("9" * 5000, "2", "2026"), "The date you spoke must be a real date", "day"),
    ],
)
def test_a_date_that_cannot_be_read_gets_one_plain_sentence(boxes, sentence, first):
    form = Required(sent(*boxes))
    assert not form.validate()
    assert form.day.errors == [sentence]
    assert form.day.error_anchor == f"day-{first}"
    assert form.day.parts["day"] == boxes[0].strip()


def test_an_empty_date_is_missing_or_nothing():
    required, free = Required(sent()), Free(sent())
    assert not required.validate()
    assert required.day.errors == ["Enter the date you spoke"]
    assert free.validate()
    assert free.day.data is None


def test_half_a_date_is_not_taken_for_an_empty_one():
    form = Free(sent(month="11"))
    assert not form.validate()
    assert form.day.errors == ["The date must include a day and year"]


@pytest.mark.parametrize(
    "odd",
    [
        MultiDict(),
        MultiDict({"day": "2026-11-23"}),
        MultiDict([("day-day", "1"), ("day-day", "2"), ("day-month", "1"), ("day-year", "2026")]),
    ],
)
def test_odd_posts_do_not_break_it(odd):
    Required(odd).validate()


def test_a_date_already_held_fills_the_boxes():
    form = Required(data={"day": date(2026, 2, 3)})
    assert form.day.parts == {"day": "3", "month": "2", "year": "2026"}


@given(st.text(max_size=20), st.text(max_size=20), st.text(max_size=20))
@example("1", "may", "2026")
@example("\x00", "\ud800", "NaN")
def test_whatever_is_typed_ends_in_a_date_or_in_a_sentence(day, month, year):
    form = Required(sent(day, month, year))
    valid = form.validate()
    assert valid == isinstance(form.day.data, date)
    assert len(form.day.errors) == (0 if valid else 1)


class Everything(Form):
    name = StringField(
        HOSTILE,
        description=HOSTILE,
        validators=[InputRequired(HOSTILE)],
        render_kw={"autocomplete": "username", "spellcheck": "false"},
    )
    secret = PasswordField("Password", validators=[InputRequired("Enter your password")])
    story = TextAreaField("Words", validators=[InputRequired("Enter words")])
    kind = SelectField(
        "Kind",
        choices=[SelectChoice("", "Choose"), SelectChoice("a", HOSTILE)],
        validators=[InputRequired("Choose a kind")],
    )
    one = RadioField(
        "One",
        choices=[SelectChoice("x", "X", render_kw={"hint": HOSTILE}), SelectChoice("y", "Y")],
        validators=[InputRequired("Choose one")],
    )
    many = SelectMultipleField(
        "Many",
        choices=[SelectChoice("p", "P"), SelectChoice("q", "Q")],
        validators=[InputRequired("Tick one")],
    )
    day = DateParts("Day", validators=[InputRequired("Enter the day")])
    later = DateParts("Later", subject="The later date", validators=[Optional()])
    kept = HiddenField()


TEMPLATE = """
{% import "components/fields.html" as fields %}
{{ fields.error_summary(form) }}
{{ fields.text(form.name, width=10, label_size="m", prefix="£", suffix="each") }}
{{ fields.password(form.secret) }}
{{ fields.textarea(form.story) }}
{{ fields.select(form.kind) }}
{{ fields.radios(form.one, inline=true, small=true, conditional={"y": fields.date(form.later)}) }}
{{ fields.checkboxes(form.many, columns=true, small=true) }}
{{ fields.date(form.day) }}
{{ fields.hidden(form.kept) }}
{{ fields.submit("Save", secondary=true, name="go", value="on") }}
"""


@pytest.fixture(scope="module")
def drawing():
    """An application with templates and nothing else."""
    app = Flask("app", root_path=str(ROOT / "app"))
    filters.init_app(app)
    return app


def draw(app, form, template=TEMPLATE) -> Fragment:
    with app.test_request_context():
        return Fragment(render_template_string(template, form=form))


def test_every_field_is_drawn_as_clean_html(drawing):
    drawn = draw(drawing, Everything())
    drawn.check()
    assert not drawn.select("script")
    assert not drawn.select(".govuk-error-summary")
    assert drawn.one("input[name=name]")["autocomplete"] == "username"
    assert drawn.one("input[name=name]")["spellcheck"] == "false"
    assert [tag["name"] for tag in drawn.select("[name^=day]")] == [
        "day-day",
        "day-month",
        "day-year",
    ]
    assert drawn.one("button[name=go]")["value"] == "on"


def test_what_was_typed_comes_back_and_a_password_does_not(drawing):
    data = MultiDict(
        [
            ("name", HOSTILE),
            ("secret", "do not echo"),
            ("story", HOSTILE),
            ("kind", "a"),
            ("one", "y"),
            ("many", "q"),
            ("day-day", HOSTILE),
            ("kept", HOSTILE),
        ]
    )
    form = Everything(data)
    form.validate()
    drawn = draw(drawing, form)
    drawn.check()
    assert drawn.one("input[name=name]")["value"] == HOSTILE
    assert drawn.one("input[name=kept]")["value"] == HOSTILE
    assert drawn.one("textarea").get_text() == HOSTILE
    assert drawn.one("input[name=day-day]")["value"] == HOSTILE
    assert drawn.one("option[selected]")["value"] == "a"
    assert drawn.one("input[name=one][checked]")["value"] == "y"
    assert drawn.one("input[name=many][checked]")["value"] == "q"
    assert "do not echo" not in drawn.text


def test_each_error_leads_to_its_first_control(drawing):
    form = Everything(MultiDict({"later-day": "1"}))
    assert not form.validate()
    drawn = draw(drawing, form)
    drawn.check()
    links = {tag["href"]: tag.get_text() for tag in drawn.select(".govuk-error-summary a")}
    assert links == {
        "#name": HOSTILE,
        "#secret": "Enter your password",
        "#story": "Enter words",
        "#kind": "Choose a kind",
        "#one": "Choose one",
        "#many": "Tick one",
        "#day-day": "Enter the day",
        "#later-month": "The later date must include a month and year",
    }
    for href in links:
        assert drawn.one(href).name in {"input", "select", "textarea"}
    marked = drawn.select("input.govuk-input--error[name^=later]")
    assert [tag["name"] for tag in marked] == ["later-month", "later-year"]


def test_what_a_choice_reveals_is_there_without_scripts(drawing):
    drawn = draw(drawing, Everything())
    assert drawn.one(".govuk-radios__conditional input[name=later-day]")
    # The Design System's script would put aria-expanded on a radio, which has no such attribute.
    assert "data-aria-controls" not in drawn.text


def test_an_error_of_the_whole_form_is_in_the_summary(drawing):
    form = Free()
    form.form_errors.append("Choose one thing or the other")
    drawn = draw(
        drawing,
        form,
        '{% import "components/fields.html" as fields %}{{ fields.error_summary(form) }}',
    )
    assert "Choose one thing or the other" in drawn.words(".govuk-error-summary")

"""Badges, figures, charts and the other pieces that pages are made of."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask, render_template_string

from app.config import ROOT
from app.web import filters
from tests.page import Fragment

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def draw():
    """Draws a piece of template and checks it."""
    app = Flask("app", root_path=str(ROOT / "app"))
    filters.init_app(app)
    app.add_url_rule("/list", "list", lambda: "")

    def drawn(template: str, **values: object) -> Fragment:
        with app.test_request_context():
            piece = Fragment(render_template_string(template, now=NOW, **values))
        piece.check()
        return piece

    return drawn


@pytest.mark.parametrize(
    ("hours", "words", "tone"),
    [
        (50, "2 days left", "info"),
        (5, "Soon: 5 hours left", "soon"),
        (-5, "5 hours overdue", "late"),
    ],
)
def test_time_left_is_said_in_words(draw, hours, words, tone):
    badge = draw(
        '{% from "components/badges.html" import time_left %}{{ time_left(due, now) }}',
        due=NOW + timedelta(hours=hours),
    )
    assert badge.words("time") == words
    assert f"badge--{tone}" in badge.one("time")["class"]


def test_a_count_always_names_its_base(draw):
    template = '{% from "components/figures.html" import count_of %}{{ count_of(a, b, "people") }}'
    assert draw(template, a=412, b=490).words("div, span") == "412 of 490 people (84.1%)"
    assert draw(template, a=0, b=0).words("div, span") == "0 of 0 people"


def test_a_chart_has_its_table_and_one_set_of_figures(draw):
    chart = draw(
        """{% from "components/chart.html" import chart %}
        {{ chart("c", "Main support", "Support", labels=labels, unit="people",
                 series=[{"name": "People", "values": [412, none]}]) }}""",
        labels=["Line manager", "</script><script>alert(1)</script>"],
    )
    data = json.loads(chart.one("script").get_text())
    assert data["series"] == [{"name": "People", "values": [412, None]}]
    assert data["labels"][1] == "</script><script>alert(1)</script>"
    cells = [tag.get_text(strip=True) for tag in chart.select("tbody td")]
    assert cells == ["412", "no figure"]
    canvas = chart.one("canvas")
    assert chart.one(f"#{canvas['aria-labelledby']}").get_text() == "Main support"
    assert chart.one(f"#{canvas['aria-describedby']}").name == "table"


def test_pages_of_a_long_list(draw):
    template = """{% from "components/pagination.html" import pagination %}
    {{ pagination(page, pages, "list", kind="x") }}"""
    middle = draw(template, page=5, pages=9)
    assert [tag.get_text(strip=True) for tag in middle.select("li")] == [
        *("1", "⋯", "4", "5", "6", "⋯", "9")
    ]
    assert middle.one("[aria-current=page]").get_text(strip=True) == "5"
    assert middle.one("[rel=next]")["href"] == "/list?page=6&kind=x"
    assert not draw(template + "<p>.</p>", page=1, pages=1).select("nav")


def test_other_pieces(draw):
    piece = draw(
        """{% from "components/notices.html" import empty, notice, card %}
        {% from "components/record.html" import timeline, event, facts, identity %}
        {% from "components/figures.html" import figures, figure %}
        {{ empty("Nothing to do", "Nobody is waiting.") }}
        {% call notice("Saved", tone="good") %}<p>Done.</p>{% endcall %}
        {% call card("<b>", href="/list") %}<p>Words.</p>{% endcall %}
        {% call identity("PC Jo Marsh", "Response B") %}.{% endcall %}
        {{ facts([("28 days", 3)]) }}
        {% call timeline() %}
        {% call event("Spoke", when=now.date(), kind="conversation", level=2) %}{% endcall %}
        {{ event("At scene", when=now, level=2) }}{% endcall %}
        {% call figures() %}{{ figure(1234, "prompts", base="of 2,000") }}{% endcall %}"""
    )
    assert piece.words(".card__title") == "<b>"
    assert [tag.get_text(strip=True) for tag in piece.select("time")] == [
        "23 November 2026",
        "23 November 2026 at 9:30am",
    ]
    assert piece.words(".figure__value") == "1,234"


def test_every_component_says_how_it_is_used():
    for path in (ROOT / "app/templates/components").glob("*.html"):
        assert re.match(r"\{#", path.read_text()), path.name

"""Published figures attacked over HTTP: nothing but stored figures comes out, alike by every route.

``FUZZ`` sets how many questions are made up: 600 in each run, 20,000 for a report.
"""

import os
import re
from urllib.parse import quote

import pytest
from sqlmodel import select

from app.database import reading
from app.disclosure import derived
from app.figures.files import Kind
from app.people.models import Person
from app.security.permissions import Role
from tests.figures import test_file_views as files
from tests.figures.conftest import CELLS, LABELS
from tests.figures.test_files import lines, sheets, words
from tests.measures.slow import Chance

FUZZ = int(os.environ.get("FUZZ", "600"))
MEASURES = ["exposed", "exposed_supported", "absent_psychological", "left_without_transfers"]
PERIODS = ["2026-Q3", "2026-Q2", "2025-Q3", "2026-10", "latest-quarter", "latest-year"]
GROUPS = [f"{kind.value}:{one.code}" for kind, all_ in LABELS.items() for one in all_]
HOSTILE = [
    "",
    "*",
    "!district:n",
    "district:n,district:s",
    "district:n OR 1=1",
    "district:n' UNION SELECT sealed FROM release_contributors--",
    "DISTRICT:N",
    "district:\u200bn",
    "district:n\x00",
    "district:",
    ":n",
    "age:0-200",
    "person:1",
    "team:1",
    "2026-01-01..2026-01-02",
    "2026-W40",
    "%s%s%n",
    "{{7*7}}",
    "-1",
    "9" * 400,
    "\uff44istrict:n",
]
FIELDS = ("measure", "period", "first", "second", "by")


def strings(one) -> tuple[str, ...]:
    """What a row of a table says of one stored figure, or of one that is not there."""
    told = derived.percent_words, derived.interval_words, derived.counted_words, derived.base_words
    return tuple(say(one) for say in told)


STORED = {strings(one) for one in (*CELLS, None)}


def told(page) -> list[tuple[str, ...]]:
    """The figures of every table of a page, row by row."""
    return [
        tuple(one.text.strip() for one in row.select("td"))[:4]
        for row in page.select("main table tbody tr")
    ]


@pytest.fixture
def analyst(published_site):
    """Somebody from the equality team."""
    return published_site.sign_in_as(Role.DEI_ANALYST)


def made_up(rng: Chance) -> dict[str, object]:
    """A question: some of it from the menu, some not, some twice, some not asked for at all."""
    asked: dict[str, object] = {
        "measure": rng.choice(MEASURES),
        "period": rng.choice(PERIODS),
        "first": rng.choice(["all", "all", *GROUPS]),
        "second": rng.choice(["all", "all", "all", *GROUPS]),
        "by": rng.choice(["all", "all", "all", *(one.value for one in LABELS)]),
    }
    for _ in range(rng.choice([0, 0, 0, 1, 2])):
        name = rng.choice([*FIELDS, "third", "person", "filters", "period[]", "measure__gt"])
        asked[name] = rng.choice([*HOSTILE, ["district:n", "district:s"], "district:n"])
    return asked


def test_no_question_gets_anything_but_a_stored_figure(analyst):
    rng, answered, refused = Chance(7), 0, 0
    for turn in range(FUZZ):
        data = made_up(rng)
        reply = analyst.post("/figures/explore", data, status=None, htmx=bool(turn % 3 == 0))
        if reply.status == 422:
            refused += 1
            assert told(reply.page) == []
            continue
        assert reply.status in {200, 204, 303}, data
        where = reply.location or reply.response.headers["HX-Redirect"]
        assert re.fullmatch(r"/figures/views/[0-9a-f]{32}", where)
        assert set(told(analyst.get(where).page)) <= STORED, data
        answered += 1
    assert min(answered, refused) > FUZZ / 20


@pytest.mark.parametrize("typed", HOSTILE)
def test_addresses_with_more_in_them_say_the_same(analyst, typed):
    for address in ("/figures/overview/changes", "/figures/topics/timeliness", "/figures/explore"):
        plain = analyst.get(address, htmx=True).page
        for name in ("measure", "first", "filters", "group", "period", "sort", "limit", "page"):
            more = analyst.get(f"{address}?{name}={quote(typed)}", htmx=True).page
            assert told(more) == told(plain)


def test_a_figure_is_the_same_by_a_hundred_routes(analyst):
    """Screen, chart, CSV, spreadsheet and paper; either order of two groups; again and again."""
    asked = {"measure": "exposed_supported", "period": "2026-Q3", "by": "all"}
    there = {"first": "district:n", "second": "sex:female"}
    seen = set()
    for turn in range(10):
        period = ("2026-Q3", "latest-quarter")[turn % 2]
        data = asked | there | {"period": period}
        where = analyst.post("/figures/explore", data, status=303).location
        for _again in range(2):
            page = analyst.get(where).page
            seen |= {row for row in told(page) if row[2] == "30"}
            shown = told(page)[0]
            on_paper = words(files.body(files.take(analyst, where, Kind.PDF)))
            assert all(string in on_paper for string in shown)
            rows = lines(files.body(files.take(analyst, where, Kind.CSV)))
            book = sheets(files.body(files.take(analyst, where, Kind.SHEETS)))
            for held in (rows, *list(book.values())[1:2]):
                seen |= {tuple(row[1:5]) for row in held if len(row) > 4 and row[3] == "30"}
    assert seen == {("27%", "17% to 40%", "30", "110")}


def test_nothing_beside_the_figures_says_more_than_they_do(published_site, analyst):
    """Titles, headers, hidden fields, files' properties: no name, no id, no number of theirs."""
    with reading(published_site.engine) as session:
        people = session.exec(select(Person)).all()
        names = {f"{one.given_name} {one.family_name}" for one in people}
        names |= {one.public_id for one in people}
    assert len(names) > 50
    pages = ["/figures", "/figures/explore", "/figures/overview/attention", "/figures/demand"]
    for address in pages:
        reply = analyst.get(address)
        text = reply.response.get_data(as_text=True) + str(reply.response.headers)
        # Who is signed in stands at the top of the page.
        told = [name for name in names if name in text]
        assert set(told) <= {"Kwame Lister"}
    for kind in Kind:
        held = files.body(files.take(analyst, "/figures/overview", kind, "/figures"))
        text = words(held) if kind is Kind.PDF else held.decode("utf-8", "replace")
        assert [name for name in names if name in text] == []

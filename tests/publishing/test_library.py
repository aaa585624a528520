"""Guidance files: how they are read, cleaned and found; and what the shipped ones say."""

import os
import re
from datetime import date

import pytest

from app.config import ROOT
from app.web.library import ABOUT, GuidanceError, Library, render
from tests.reading import longest, prose, too_old

SHIPPED = Library(ROOT / "guidance")
HEADER = """---
title: A page
summary: What it says.
owner: the team
audience: everyone
review_date: 2027-05-23
order: 1
topic: Topic
---
"""


@pytest.fixture
def write(tmp_path):
    """Writes a file into a folder of guidance; returns the library that reads it."""

    def written(name: str, text: str | bytes, folder: str = "one") -> Library:
        place = tmp_path / folder
        place.mkdir(exist_ok=True)
        (place / name).write_bytes(text if isinstance(text, bytes) else text.encode())
        return Library(tmp_path / "one", tmp_path / "two")

    return written


def test_a_page_has_its_header_and_its_sections(write):
    library = write("a-page.md", HEADER + "Hello.\n\n## First *part*\n\nText.\n\n## Second\n")
    page = library.page("a-page")
    assert page.header.title == "A page"
    assert page.header.review_date == date(2027, 5, 23)
    assert page.sections == (("first-part", "First part"), ("second", "Second"))
    assert '<h2 id="first-part">' in page.html
    assert library.topics() == [("Topic", [page])]


def test_a_changed_file_is_read_again(write):
    library = write("a-page.md", HEADER + "Old.")
    assert "Old." in library.page("a-page").html
    path = library.folders[0] / "a-page.md"
    path.write_text(HEADER + "New.")
    os.utime(path, ns=(1, path.stat().st_mtime_ns + 1_000_000))
    assert "New." in library.page("a-page").html


def test_a_force_replaces_a_page_by_one_of_the_same_name(write):
    write("a-page.md", HEADER + "Shipped.")
    library = write("a-page.md", HEADER + "Our own.", folder="two")
    assert "Our own." in library.page("a-page").html
    assert len(library.pages()) == 1


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("No header.", "begin the file with a header"),
        ("---\ntitle: x\n", "begin the file with a header"),
        ("", "begin the file with a header"),
        (HEADER.replace("title: A page\n", ""), "title"),
        (HEADER.replace("2027-05-23", "soon"), "review_date"),
        (HEADER.replace("order: 1", "oder: 1"), "oder"),
        (HEADER.replace("order: 1", "order: [1"), "line"),
        (HEADER.replace("order: 1", "order: 1\nabout: [courage]"), "about.0"),
        (HEADER.replace("order: 1", "order: 1\nwhen: [0, soon]"), "when.1"),
        ("---\n- a list\n---\n", "header cannot be used"),
        (b"\xff\xfe" + HEADER.encode("utf-16-le"), "UTF-8"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(write, text, told):
    with pytest.raises(GuidanceError, match=told) as refused:
        write("bad.md", text).pages()
    assert "bad.md" in str(refused.value)


def test_a_byte_order_mark_does_not_matter(write):
    assert write("a-page.md", b"\xef\xbb\xbf" + HEADER.encode()).page("a-page")


@pytest.mark.parametrize(
    "slug",
    ["", ".", "..", "../secret", "a/b", "A-Page", "a--b", "a-page.md", "a\x00", "%2e", "a" * 300],
)
def test_only_plain_names_are_looked_for(write, slug):
    assert write("a-page.md", HEADER).page(slug) is None


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "![x](https://example.com/track.png)",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt&#58;alert(1))",
        "[x](data:text/html,<script>alert(1)</script>)",
        "[x](vbscript:x)",
        '<a href="/" hx-get="/sign-out" data-hx-post="/x" onclick="x()">x</a>',
        "<svg/onload=alert(1)>",
        "<style>body{display:none}</style>",
        "<iframe src=//example.com></iframe>",
        "<form action=/sign-out method=post><button>x</button></form>",
        '[x](/ "onmouseover=alert(1)")',
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
        "| <b onclick=x> |\n|---|\n| <script>x</script> |",
    ],
)
def test_hostile_text_stays_text(hostile):
    html = render(hostile)
    tags = re.findall(r"<[^>]*>", html)
    assert not [tag for tag in tags if re.search(r"script|style|iframe|form|svg|img|math", tag)]
    assert not [
        tag
        for tag in tags
        if re.search(r"\son|hx-|javascript:|data:|vbscript:", tag, re.IGNORECASE)
    ]


def test_markdown_that_pages_use():
    html = render("**b** *i* `c` [l](/guidance)\n\n- one\n\n1. two\n\n> q\n\n| A |\n|---|\n| 1 |")
    for piece in (
        *("<strong>b</strong>", "<em>i</em>", "<code>c</code>", '<a href="/guidance">l</a>'),
        *("<ul>", "<ol>", "<blockquote>", '<th scope="col">A</th>', "<td>1</td>"),
    ):
        assert piece in html


# What is shipped.


def body(slug: str) -> str:
    return (ROOT / "guidance" / f"{slug}.md").read_text().split("---\n", 2)[2]


PAGES = SHIPPED.pages()
SLUGS = [page.slug for page in PAGES]


def test_what_is_shipped():
    assert set(SLUGS) == {
        *("about-the-tracker", "accessibility", "after", "firearms-and-fitness", "get-help-now"),
        *("holding", "preparing", "trim-and-peer-support", "what-happens-to-my-data"),
        *("first-hours", "first-three-days", "four-weeks-on", "for-families", "low-mood"),
        *("alcohol", "being-on-guard", "memories-and-reminders", "sleep-and-shifts"),
        "when-to-talk-to-a-doctor",
    }
    assert [topic for topic, _pages in SHIPPED.topics()] == [
        "For everyone",
        "Help before and after",
        "For supervisors",
        "About this site",
    ]


@pytest.mark.parametrize("page", PAGES, ids=SLUGS)
def test_a_child_of_eleven_could_read_it(page):
    """At most 11 by Flesch-Kincaid and 5 years; no sentence of more than 32 words."""
    text = [page.header.summary, *prose(page.html)]
    assert too_old(text) == ""
    assert longest(text) <= 32
    assert len(body(page.slug).split()) < 600


def test_every_change_that_people_notice_has_a_page_mainly_about_it_or_one_that_says_something():
    for topic in ABOUT:
        assert SHIPPED.about([topic]), topic
    assert {page.header.about[0] for page in PAGES if page.header.about} <= ABOUT


def slugs(topics, days_since=None):
    return [page.slug for page in SHIPPED.about(topics, days_since=days_since)]


def test_pages_are_found_by_what_somebody_noticed():
    assert slugs(["alcohol"]) == ["alcohol"]
    assert slugs(["avoidance"]) == slugs(["memories"]) == ["memories-and-reminders"]
    # Mainly about it first, then those that say something about it.
    assert slugs(["sleep"]) == ["sleep-and-shifts", "when-to-talk-to-a-doctor"]
    assert slugs(["physical"]) == ["when-to-talk-to-a-doctor", "being-on-guard"]
    assert slugs([]) == []
    assert slugs(["alcohol", "alcohol"]) == ["alcohol"]


@pytest.mark.parametrize(
    ("days", "also"),
    [
        (None, []),
        (0, ["first-hours"]),
        (1, ["first-hours", "first-three-days"]),
        (13, ["first-three-days"]),
        (14, ["four-weeks-on"]),
        (366, ["four-weeks-on"]),
        (367, []),
    ],
)
def test_the_page_for_the_time_comes_last(days, also):
    assert slugs(["alcohol"], days) == ["alcohol", *also]


def test_a_change_that_is_none_is_a_mistake():
    with pytest.raises(ValueError, match="no page can be about courage"):
        SHIPPED.about(["sleep", "courage"])


@pytest.mark.parametrize("page", PAGES, ids=SLUGS)
def test_links_lead_somewhere(app, page):
    adapter = app.url_map.bind("localhost")
    for address in re.findall(r'href="(/[^"]*)"', page.html):
        endpoint, values = adapter.match(address)
        if endpoint.startswith("publishing."):
            assert values["slug"] in SLUGS


@pytest.mark.parametrize("page", PAGES, ids=SLUGS)
def test_headings_have_their_own_anchors(page):
    anchors = [anchor for anchor, _words in page.sections]
    assert len(set(anchors)) == len(anchors)
    assert page.html.count("<h2 id=") == len(anchors) == page.html.count("<h2")


def test_help_has_numbers_that_can_be_dialled():
    contacts = SHIPPED.page("get-help-now").header.contacts
    assert [contact.dial for contact in contacts if contact.number] == ["999", "111", "116123"]


@pytest.mark.parametrize(
    "slug",
    [
        *("accessibility", "firearms-and-fitness", "for-families", "get-help-now"),
        "what-happens-to-my-data",
    ],
)
def test_what_a_force_must_check_is_marked(slug):
    assert "Your force to check:" in SHIPPED.page(slug).html


@pytest.mark.parametrize("slug", SLUGS)
def test_nothing_is_claimed_for_the_tracker(slug):
    claims = r"\b(proven|proves|effective|reduces|reduced|improves|prevents? (ptsd|illness))\b"
    assert not re.search(claims, body(slug), re.IGNORECASE)

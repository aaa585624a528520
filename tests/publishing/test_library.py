"""Guidance files: how they are read, cleaned and found; and what the shipped ones say."""

import os
import re
from datetime import date

import pytest

from app.config import ROOT
from app.web.library import GuidanceError, Library, render

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


def sentences(markdown: str) -> list[list[str]]:
    """The words of each sentence, tables and link addresses left out."""
    text = "\n".join(line for line in markdown.splitlines() if not line.startswith("|"))
    text = re.sub(r"\]\([^)]*\)", "]", text)
    parts = re.split(r'[.!?:]+(?=[\s"*]|$)|\n\s*\n|\n(?=[-#>0-9])', text)
    found = [re.findall(r"[A-Za-z']+", part) for part in parts]
    return [words for words in found if words]


def syllables(word: str) -> int:
    """An estimate, good enough for an average."""
    short = re.sub(r"(?:[^laeiouy]es|[^laeiouytd]ed|[^l]e)$", lambda end: end[0][:1], word.lower())
    return max(1, len(re.findall(r"[aeiouy]+", short)))


def grade(markdown: str) -> float:
    """Flesch-Kincaid: about the school year; add five for the reading age."""
    told = sentences(markdown)
    words = [word for sentence in told for word in sentence]
    long = sum(syllables(word) for word in words) / len(words)
    return 0.39 * len(words) / len(told) + 11.8 * long - 15.59


def body(slug: str) -> str:
    return (ROOT / "guidance" / f"{slug}.md").read_text().split("---\n", 2)[2]


PAGES = SHIPPED.pages()
SLUGS = [page.slug for page in PAGES]


def test_what_is_shipped():
    assert set(SLUGS) == {
        *("about-the-tracker", "accessibility", "after", "firearms-and-fitness", "get-help-now"),
        *("holding", "preparing", "trim-and-peer-support", "what-happens-to-my-data"),
    }
    assert [topic for topic, _pages in SHIPPED.topics()] == [
        "For everyone",
        "For supervisors",
        "About this site",
    ]


@pytest.mark.parametrize("slug", SLUGS)
def test_a_child_of_eleven_could_read_it(slug):
    assert grade(body(slug)) < 6
    assert max(len(sentence) for sentence in sentences(body(slug))) <= 32
    assert len(body(slug).split()) < 600


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
    ["accessibility", "firearms-and-fitness", "get-help-now", "what-happens-to-my-data"],
)
def test_what_a_force_must_check_is_marked(slug):
    assert "Your force to check:" in SHIPPED.page(slug).html


@pytest.mark.parametrize("slug", SLUGS)
def test_nothing_is_claimed_for_the_tracker(slug):
    claims = r"\b(proven|proves|effective|reduces|reduced|improves|prevents? (ptsd|illness))\b"
    assert not re.search(claims, body(slug), re.IGNORECASE)

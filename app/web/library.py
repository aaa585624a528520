"""Guidance pages: Markdown files with a header, read from folders and kept until a file changes.

The shipped pages are in ``guidance/``. A force replaces or adds pages by putting files in the
``guidance`` folder of its instance: a file of the same name wins. Nothing else is needed.
"""

import re
from collections.abc import Collection, Sequence
from datetime import date
from functools import lru_cache
from operator import itemgetter
from pathlib import Path
from typing import Annotated, Literal, get_args

import nh3
import yaml
from markdown_it import MarkdownIt
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.config import ROOT

SLUG = re.compile(r"(?=.{1,80}$)[a-z0-9]+(?:-[a-z0-9]+)*")
FENCE = "---"
TAGS = {
    *("a", "blockquote", "br", "code", "em", "h2", "h3", "hr", "li", "ol", "p", "strong", "ul"),
    *("table", "thead", "tbody", "tr", "th", "td", "caption"),
}
ATTRIBUTES = {"a": {"href"}, "th": {"scope"}, "ol": {"start"}}
ADDRESSES = {"https", "mailto", "tel"}
Words = Annotated[str, Field(min_length=3, max_length=400)]
About = Literal[
    "sleep",
    "irritability",
    "concentration",
    "on_guard",
    "avoidance",
    "memories",
    "withdrawal",
    "relationships",
    "mood",
    "alcohol",
    "tiredness",
    "physical",
]
ABOUT: frozenset[str] = frozenset(get_args(About))
"""What a page can be about: changes that people notice in themselves."""
Days = Annotated[int, Field(ge=0, le=366)]
NO_FIT = 3


class GuidanceError(Exception):
    """A guidance file cannot be used; the message names the file and what to change."""


class Contact(BaseModel):
    """Somebody to call. ``number`` is shown as written and dialled without its spaces."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Words
    number: str = ""
    link: Annotated[str, Field(pattern=r"^(https://\S+)?$")] = ""
    detail: Words
    check: bool = False
    """The force must confirm this entry, or replace it by its own."""

    @property
    def dial(self) -> str:
        """The number as a telephone takes it."""
        return re.sub(r"[^0-9+]", "", self.number)


class Header(BaseModel):
    """What stands between the two ``---`` lines at the top of a file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: Words
    summary: Words
    owner: Words
    audience: Words
    review_date: date
    order: int
    topic: Words
    contacts: tuple[Contact, ...] = ()
    about: tuple[About, ...] = ()
    """Changes it says something about, the main one first."""
    when: tuple[Days, Days] | None = None
    """From which day after something hard until which day it is written for."""


class GuidancePage(BaseModel):
    """One page, ready to be shown."""

    model_config = ConfigDict(frozen=True)

    slug: str
    header: Header
    html: str
    """Already cleaned: the only text that a template prints without escaping."""
    sections: tuple[tuple[str, str], ...]
    """Each second-level heading: its id and its words."""


HELP_NOW = "get-help-now"
"""The page that says whom to talk to now."""


class Library:
    """The pages of one or more folders; later folders win over earlier ones."""

    def __init__(self, *folders: Path) -> None:
        self.folders = folders

    @classmethod
    def of_site(cls, instance: Path, *below: str) -> "Library":
        """Guidance as this installation has it: what is shipped, and the force's own over it."""
        return cls(*(folder.joinpath("guidance", *below) for folder in (ROOT, instance)))

    def pages(self) -> list[GuidancePage]:
        """Every page, in the order their headers ask for."""
        found = {path.stem: path for folder in self.folders for path in sorted(folder.glob("*.md"))}
        pages = [_page(path) for path in found.values()]
        return sorted(pages, key=lambda page: (page.header.order, page.slug))

    def page(self, slug: str) -> GuidancePage | None:
        """One page, or ``None``. Only a plain name is looked for, so no path can be asked for."""
        if not SLUG.fullmatch(slug):
            return None
        for folder in reversed(self.folders):
            path = folder / f"{slug}.md"
            if path.is_file():
                return _page(path)
        return None

    def contacts(self) -> tuple[Contact, ...]:
        """Whom to talk to now: what the page on it says, which a force replaces like any other."""
        page = self.page(HELP_NOW)
        return page.header.contacts if page else ()

    def about(
        self, topics: Collection[str], *, days_since: int | None = None
    ) -> list[GuidancePage]:
        """Pages that fit what somebody noticed: by what it is, never by how much of it.

        Args:
            topics: changes, of those in ``ABOUT``. Pages mainly about one of them come first.
            days_since: days since something hard, if known: pages for that time come last.

        Raises:
            ValueError: a topic that is none.
        """
        if unknown := set(topics) - ABOUT:
            message = f"no page can be about {min(unknown)}"
            raise ValueError(message)
        ranked = [(_fit(page.header, topics, days_since), page) for page in self.pages()]
        fitting = [(rank, page) for rank, page in ranked if rank < NO_FIT]
        return [page for _rank, page in sorted(fitting, key=itemgetter(0))]

    def topics(self) -> list[tuple[str, list[GuidancePage]]]:
        """Pages under their topics; topics come in the order of their first page."""
        grouped: dict[str, list[GuidancePage]] = {}
        for page in self.pages():
            grouped.setdefault(page.header.topic, []).append(page)
        return list(grouped.items())


def _fit(header: Header, topics: Collection[str], days_since: int | None) -> int:
    if header.about and header.about[0] in topics:
        return 0
    if set(header.about) & set(topics):
        return 1
    if header.when and days_since is not None and header.when[0] <= days_since <= header.when[1]:
        return 2
    return NO_FIT


def _page(path: Path) -> GuidancePage:
    return _read(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=256)
def _read(path: Path, _changed: int) -> GuidancePage:
    if not SLUG.fullmatch(path.stem):
        message = f"{path.name}: name the file in small letters, digits and hyphens."
        raise GuidanceError(message)
    header, body = _split(path)
    sections = _sections(body)
    return GuidancePage(
        slug=path.stem, header=header, html=_with_anchors(render(body), sections), sections=sections
    )


def _split(path: Path) -> tuple[Header, str]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"{path.name}: save the file as UTF-8."
        raise GuidanceError(message) from error
    opening, *rest = text.split(f"{FENCE}\n", 2)
    if opening.strip() or len(rest) != 2:  # noqa: PLR2004
        message = f"{path.name}: begin the file with a header between two lines of {FENCE}."
        raise GuidanceError(message)
    try:
        return Header.model_validate(yaml.safe_load(rest[0])), rest[1]
    except (ValidationError, yaml.YAMLError) as error:
        message = f"{path.name}: the header cannot be used. {_faults(error)}"
        raise GuidanceError(message) from error


def _faults(error: ValidationError | yaml.YAMLError) -> str:
    if isinstance(error, ValidationError):
        return " ".join(
            f"{'.'.join(str(part) for part in fault['loc']) or 'It'}: {fault['msg']}."
            for fault in error.errors(include_url=False, include_input=False)
        )
    mark = getattr(error, "problem_mark", None)
    return f"See line {mark.line + 2}." if mark else "It is not YAML."


def render(markdown: str) -> str:
    """Markdown as clean HTML: no raw HTML, no scripts, no styles, no pictures, no htmx."""
    html: str = MarkdownIt("commonmark", {"html": False}).enable("table").render(markdown)
    return nh3.clean(
        html.replace("<th>", '<th scope="col">'),
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=ADDRESSES,
        link_rel=None,
    )


def _sections(markdown: str) -> tuple[tuple[str, str], ...]:
    words = re.findall(r"^## +(.+?) *#*$", markdown, flags=re.MULTILINE)
    return tuple((_anchor(title), re.sub(r"[*_`]", "", title)) for title in words)


def _anchor(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or "section"


def _with_anchors(html: str, sections: Sequence[tuple[str, str]]) -> str:
    for anchor, _title in sections:
        # Letters, digits and hyphens alone, so nothing in a heading can end the attribute.
        html = html.replace("<h2>", f'<h2 id="{anchor}">', 1)
    return html

"""What a browser would make of a reply, and the rules every page and fragment keeps."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from urllib.parse import urljoin

import html5lib
from bs4 import BeautifulSoup, Tag
from html5lib.html5parser import ParseError

VERBS = ("hx-get", "hx-post", "hx-put", "hx-patch", "hx-delete")
IDREFS = ("for", "aria-labelledby", "aria-describedby", "aria-controls", "list", "form")
CONTAINERS = {
    "tr": "tbody",
    "td": "tr",
    "th": "tr",
    "tbody": "table",
    "li": "ul",
    "option": "select",
}
PART = re.compile(r"<template\b[^>]*>(.*?)</template>", re.DOTALL)
TITLE_PREFIX = "Error: "


class BrokenRuleError(AssertionError):
    """The reply breaks a rule of the house; the message says which and where."""


def _attribute(tag: Tag, name: str) -> str:
    value = tag.get(name, "")
    return " ".join(value) if isinstance(value, list) else str(value or "")


@dataclass
class Form:
    """A form as the browser would send it: fill ``values``, then submit it with the client."""

    action: str
    method: str
    values: dict[str, str | list[str]] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)


class Markup:
    """HTML that was parsed without a single error."""

    def __init__(self, text: str, address: str = "") -> None:
        self.text = text
        self.address = address
        self.parse(text)
        self.soup = BeautifulSoup(text, "html.parser")

    def parse(self, text: str) -> None:
        """Parse a whole document without a single error."""
        self._parse(text, lambda parser: parser.parse(text))

    def _parse(self, text: str, parse: Callable[[html5lib.HTMLParser], object]) -> None:
        parser = html5lib.HTMLParser(strict=True)
        try:
            parse(parser)
        except ParseError as error:
            line, column = parser.errors[-1][0]
            near = "\n".join(text.splitlines()[max(0, line - 2) : line + 1])
            message = f"{self.address}: line {line}, column {column}: {error}\n{near}"
            raise BrokenRuleError(message) from error

    def select(self, selector: str) -> list[Tag]:
        """Every element a CSS selector finds."""
        return list(self.soup.select(selector))

    def one(self, selector: str) -> Tag:
        """The one element a CSS selector finds."""
        found = self.select(selector)
        assert len(found) == 1, f"{self.address}: {selector} found {len(found)} times"
        return found[0]

    def words(self, selector: str = "body") -> str:
        """The text of an element, spaces made single."""
        chosen = self.soup.select_one(selector) or self.soup
        return re.sub(r"\s+", " ", chosen.get_text(" ")).strip()

    def link(self, text: str) -> str:
        """The address of the one link that reads ``text``."""
        found = {
            _attribute(tag, "href")
            for tag in self.select("a[href]")
            if re.sub(r"\s+", " ", tag.get_text(" ")).strip() == text
        }
        assert len(found) == 1, f"{self.address}: {len(found)} links read “{text}”"
        return found.pop()

    def form(self, selector: str = "main form[method=post]") -> Form:
        """A form with what is already filled in, as a browser would send it."""
        tag = self.one(selector)
        form = Form(
            action=urljoin(self.address, _attribute(tag, "action") or self.address),
            method=_attribute(tag, "method").upper() or "GET",
        )
        for control in tag.select("input[name], select[name], textarea[name]"):
            if not control.has_attr("disabled"):
                _read_control(form, control)
        return form

    def broken_rules(self) -> list[str]:
        """Rules for every piece of HTML."""
        return [
            *_ids(self.soup),
            *_scripts_and_styles(self.soup),
            *_controls(self.soup),
            *_forms(self.soup),
            *_htmx(self.soup),
            *_contents(self.soup),
        ]

    def check(self) -> None:
        """Raise on the first reply that breaks a rule, naming them all."""
        broken = self.broken_rules()
        if broken:
            raise BrokenRuleError(f"{self.address}:\n  " + "\n  ".join(broken))


class Page(Markup):
    """A whole page."""

    def broken_rules(self) -> list[str]:
        """Rules for HTML, and for a page as a whole."""
        return [*super().broken_rules(), *_headings(self.soup), *_references(self.soup)]


class Fragment(Markup):
    """A piece of a page, parsed inside the kind of element it goes into."""

    def parse(self, text: str) -> None:
        """Parse what goes to one place, then each part that htmx takes to another."""
        # html5lib does not know <template>, so what is inside is parsed by itself.
        for piece in [PART.sub("", text), *PART.findall(text)]:
            first = re.search(r"<([a-z0-9-]+)", piece)
            container = CONTAINERS.get(first.group(1) if first else "", "div")
            self._parse(
                piece, lambda parser, p=piece, c=container: parser.parseFragment(p, container=c)
            )


def _read_control(form: Form, control: Tag) -> None:
    name = _attribute(control, "name")
    kind = _attribute(control, "type") or control.name
    if kind in {"submit", "button", "image", "file", "reset"}:
        return
    if kind in {"radio", "checkbox"}:
        value = _attribute(control, "value") or "on"
        form.choices.setdefault(name, []).append(value)
        if not control.has_attr("checked"):
            return
    elif control.name == "select":
        options = control.select("option")
        form.choices[name] = [_attribute(option, "value") for option in options]
        chosen = [option for option in options if option.has_attr("selected")] or options[:1]
        value = _attribute(chosen[0], "value") if chosen else ""
    else:
        value = control.get_text() if control.name == "textarea" else _attribute(control, "value")
    held = form.values.get(name)
    if kind == "hidden" and held is not None:
        form.values[name] = [*(held if isinstance(held, list) else [held]), value]
    elif kind == "checkbox":
        form.values[name] = [*(held if isinstance(held, list) else []), value]
    else:
        form.values[name] = value


def _ids(soup: BeautifulSoup) -> list[str]:
    ids = [_attribute(tag, "id") for tag in soup.select("[id]")]
    return [f"id “{twice}” is used twice" for twice in sorted({i for i in ids if ids.count(i) > 1})]


def _scripts_and_styles(soup: BeautifulSoup) -> list[str]:
    tags = soup.select("*")
    broken = [
        f"<{tag.name}> has {name}="
        for tag in tags
        for name in tag.attrs
        if name.startswith(("on", "hx-on")) or name == "style"
    ]
    broken += [
        f"<{tag.name}> runs code through {name}="
        for tag in tags
        for name in ("href", "src", "action")
        if _attribute(tag, name).strip().lower().startswith(("javascript:", "data:"))
    ]
    broken += [
        "a script is written into the page"
        for script in soup.select("script:not([src])")
        if _attribute(script, "type") != "application/json"
    ]
    broken += ["styles are written into the page" for _ in soup.select("style")]
    return broken


def _controls(soup: BeautifulSoup) -> list[str]:
    labelled = {_attribute(tag, "for") for tag in soup.select("label[for]")}
    broken = []
    for control in soup.select("input, select, textarea"):
        if _attribute(control, "type") in {"hidden", "submit", "button"}:
            continue
        named = control.has_attr("aria-label") or control.has_attr("aria-labelledby")
        if (
            not named
            and _attribute(control, "id") not in labelled
            and not control.find_parent("label")
        ):
            broken.append(f"field “{_attribute(control, 'name')}” has no label")
    return broken


def _forms(soup: BeautifulSoup) -> list[str]:
    broken = []
    for form in soup.select("form"):
        method = _attribute(form, "method").lower()
        if method not in {"get", "post"}:
            broken.append("a form does not say its method")
        if method == "post" and not form.select("input[type=hidden][name=csrf_token]"):
            broken.append(f"form to “{_attribute(form, 'action')}” carries no csrf_token")
        if method == "get" and form.select("input[name=csrf_token]"):
            broken.append("a GET form would put the csrf_token in the address")
        if not form.select("button, input[type=submit]"):
            broken.append("a form has no button, so it needs JavaScript")
    return broken


def _htmx(soup: BeautifulSoup) -> list[str]:
    broken = []
    for tag in soup.select("*"):
        if not any(tag.has_attr(verb) for verb in VERBS):
            continue
        own = tag.has_attr("hx-target") or _attribute(tag, "hx-swap").startswith("none")
        above = any(
            parent.has_attr("hx-target:inherited") for parent in tag.parents if parent.attrs
        )
        if not own and not above:
            broken.append(f"<{tag.name}> asks the server without an hx-target")
        if tag.name == "form" and not _attribute(tag, "action"):
            broken.append("an htmx form has no action to work without JavaScript")
        if tag.name == "a" and not _attribute(tag, "href"):
            broken.append("an htmx link has no href to work without JavaScript")
    return broken


def _contents(soup: BeautifulSoup) -> list[str]:
    broken = [f"image {_attribute(tag, 'src')} has no alt" for tag in soup.select("img:not([alt])")]
    for table in soup.select("table"):
        named = table.has_attr("aria-label") or table.has_attr("aria-labelledby")
        # Markdown has no captions; in guidance the heading above a table names it.
        if not named and not table.select("caption") and not table.find_parent(class_="prose"):
            broken.append("a table has no caption")
    broken += [
        f"<th> “{tag.get_text().strip()}” has no scope" for tag in soup.select("th:not([scope])")
    ]
    for tag in soup.select("a"):
        if not _attribute(tag, "href") or _attribute(tag, "href") == "#":
            broken.append(f"link “{tag.get_text().strip()}” goes nowhere")
    for tag in soup.select("a, button"):
        named = tag.get_text().strip() or _attribute(tag, "aria-label")
        if not named and not tag.select("img[alt], svg title"):
            broken.append(f"<{tag.name}> has no words")
    if "{{" in soup.get_text() or "{%" in soup.get_text():
        broken.append("template syntax is shown")
    return broken


def _headings(soup: BeautifulSoup) -> list[str]:
    broken = []
    html = soup.select_one("html")
    if html is None or not _attribute(html, "lang").startswith("en"):
        broken.append("the page does not say it is in English")
    headings = [re.sub(r"\s+", " ", tag.get_text(" ")).strip() for tag in soup.select("h1")]
    if len(headings) != 1:
        broken.append(f"the page has {len(headings)} h1 headings: {headings}")
    title = re.sub(r"\s+", " ", soup.title.get_text()).strip() if soup.title else ""
    if headings and not title.removeprefix(TITLE_PREFIX).startswith(headings[0]):
        broken.append(f"the title “{title}” does not start with the heading “{headings[0]}”")
    levels = [int(tag.name[1]) for tag in soup.select("main :is(h1, h2, h3, h4, h5, h6)")]
    broken += [
        f"a heading jumps from level {first} to {second}"
        for first, second in pairwise(levels)
        if second > first + 1
    ]
    if not soup.select("main"):
        broken.append("the page has no <main>")
    return broken


def _references(soup: BeautifulSoup) -> list[str]:
    ids = {_attribute(tag, "id") for tag in soup.select("[id]")}
    broken = [
        f"<{tag.name} {name}=“{wanted}”> names an id that is not there"
        for name in IDREFS
        for tag in soup.select(f"[{name}]")
        for wanted in _attribute(tag, name).split()
        if wanted not in ids
    ]
    broken += [
        f"link to {_attribute(tag, 'href')} goes nowhere"
        for tag in soup.select("a[href^='#']")
        if _attribute(tag, "href")[1:] not in ids
    ]
    return broken

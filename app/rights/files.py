"""Everything held about somebody, as a file: JSON for programs, HTML and PDF for people.

What the JSON file says, and when its version changes: ``docs/my-record-file.md``.
"""

import json
import re
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from flask import render_template

from app.rights.collecting import LEFT_OUT
from app.rights.sections import Section, in_json
from app.web import pdf
from app.web.filters import moment

SCHEMA = "trauma-tracker/my-record"
VERSION = 1
"""Goes up when a name in the file is taken away or comes to mean something else."""

ON_PAPER = 300
"""So many rows of a section are set: a thousand take about a second, and nobody reads more."""
LONG_WORD = re.compile(r"(\S{16})(?=\S)")


class Kind(StrEnum):
    """In which form."""

    HTML = "html"
    PDF = "pdf"
    JSON = "json"


MEDIA = {
    Kind.HTML: "text/html; charset=utf-8",
    Kind.PDF: "application/pdf",
    Kind.JSON: "application/json",
}


def make(kind: Kind, *, name: str, sections: Sequence[Section], now: datetime) -> bytes:
    """The whole file, in memory alone."""
    if kind is Kind.JSON:
        return as_json(name, sections, now)
    if kind is Kind.PDF:
        return as_pdf(name, sections, now)
    page = render_template(
        "rights/my_record_file.html", name=name, sections=sections, left_out=LEFT_OUT, now=now
    )
    return page.encode()


def as_json(name: str, sections: Sequence[Section], now: datetime) -> bytes:
    """For programs: names that stay, days and moments in ISO 8601."""
    document = {
        "schema": SCHEMA,
        "version": VERSION,
        "made_at": in_json(now),
        "name": name,
        "sections": [
            {
                "key": one.key,
                "title": one.title,
                "why": one.why,
                "columns": [{"key": key, "heading": heading} for key, heading in one.columns],
                "rows": [
                    {
                        key: in_json(value)
                        for (key, _heading), value in zip(one.columns, row, strict=True)
                    }
                    for row in one.rows
                ],
            }
            for one in sections
        ],
        "left_out": [{"table": table, "why": why} for table, why in LEFT_OUT.items()],
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def as_pdf(name: str, sections: Sequence[Section], now: datetime) -> bytes:
    """For people, as tagged pages; of a section with very many rows, the first."""
    values = {
        "name": name,
        "made": moment(now),
        "sections": [_on_paper(one) for one in sections],
        "left_out": list(LEFT_OUT.values()),
    }
    return pdf.pages("rights/my_record.typ", values=values, made_at=now)


def _on_paper(section: Section) -> dict[str, object]:
    many = len(section.rows)
    cut = f"The first {ON_PAPER} of {many:,}. The web page and the JSON file have all of them."
    return {
        "title": section.title,
        "why": section.why,
        "headings": section.headings,
        "rows": [[_breakable(cell) for cell in row] for row in section.words[:ON_PAPER]],
        "more": cut if many > ON_PAPER else "",
    }


def _breakable(cell: str) -> str:
    """A long word, such as an address, may break anywhere: it must not run into the next column."""
    return LONG_WORD.sub("\\1\u200b", cell)

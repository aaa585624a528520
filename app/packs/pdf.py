"""A pack as a tagged PDF (PDF/UA-1), set by Typst from data: what people are called is never
markup."""

import json
import re
from dataclasses import asdict
from datetime import date
from typing import Any

from app.config import ROOT
from app.packs.tables import Contents
from app.web.filters import short_day

SOURCE = ROOT / "app" / "templates" / "packs" / "pack.typ"
UNKNOWN = re.compile("[^\\x20-\\x7e\\xa0-\u04ff\u1e00-\u1eff\u2010-\u203f]")
"""Letters that no typeface of Typst's own has: with one of them there would be no file at all."""


def pages(contents: Contents) -> bytes:
    """The whole file. Nothing is written to disk on the way."""
    # Used by the job that makes packs, so no page waits for it to load.
    import typst  # noqa: PLC0415

    return typst.compile(
        SOURCE.read_bytes(),
        format="pdf",
        pdf_standards=["ua-1"],
        # The same letters on every machine: those that come with Typst.
        ignore_system_fonts=True,
        sys_inputs={"pack": json.dumps(_plain(asdict(contents)))},
        timestamp=contents.made_at.replace(microsecond=0),
    )


def _plain(value: Any) -> Any:
    """The same in what JSON knows: dates in words, and letters that can be set."""
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, date):
        return short_day(value)
    return UNKNOWN.sub("?", value) if isinstance(value, str) else value

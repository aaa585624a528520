"""Files as tagged PDF (PDF/UA-1), set by Typst from data: what people are called is never
markup."""

import json
import re
from datetime import date, datetime
from pathlib import Path
from typing import Any

from app.config import ROOT
from app.web.filters import short_day

FOLDER = ROOT / "app" / "templates"
UNKNOWN = re.compile("[^\\x20-\\x7e\\xa0-\u04ff\u1e00-\u1eff\u2010-\u203f]")
"""Letters that no typeface of Typst's own has: with one of them there would be no file at all."""


def pages(template: str | Path, *, values: dict[str, Any], made_at: datetime) -> bytes:
    """The whole file. Nothing is written to disk on the way.

    Args:
        template: Of Typst, below the templates' folder; it reads ``sys.inputs.data`` as JSON.
        values: What it says. Days are set in words.
        made_at: What the file says of when it was made.
    """
    # Few pages need it, so no process waits for it to load before one does.
    import typst  # noqa: PLC0415

    return typst.compile(
        (FOLDER / template).read_bytes(),
        format="pdf",
        pdf_standards=["ua-1"],
        # The same letters on every machine: those that come with Typst.
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(_plain(values))},
        timestamp=made_at.replace(microsecond=0),
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

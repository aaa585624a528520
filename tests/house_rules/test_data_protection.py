"""Every field that is kept is accounted for: why, on what basis, for how long."""

import re
from pathlib import Path

from app.database import metadata

DOCUMENT = Path("docs/data-protection.md").read_text()


def listed() -> dict[str, set[str]]:
    """Tables and their fields as the document lists them."""
    found: dict[str, set[str]] = {}
    table = ""
    for line in DOCUMENT.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not line.startswith("|") or len(cells) != 5 or not cells[1].startswith("`"):
            continue
        table = "".join(re.findall(r"`(\w+)`", cells[0])) or table
        found.setdefault(table, set()).update(re.findall(r"`(\w+)`", cells[1]))
    return found


def test_every_table_and_field_is_listed_and_nothing_else_is(app):
    held = {
        name: {column.name for column in table.columns} for name, table in metadata.tables.items()
    }
    assert listed() == held


def test_every_line_says_why_and_how_long():
    for line in DOCUMENT.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and len(cells) == 5 and cells[1].startswith("`"):
            assert all(cells[1:]), line

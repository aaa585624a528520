"""Nothing is forgotten: each table about people is in the download, or left out for a reason."""

import re
from collections import Counter
from pathlib import Path

import app.factory  # noqa: F401 - every table is known once the site is
from app.database import metadata
from app.rights.collecting import COLLECTORS, LEFT_OUT

DOCUMENT = Path("docs/my-record-file.md").read_text()
WHO = {"person.id", "account.id"}
LINE = re.compile(r"^\| (`\w+`: [^|]*) \| ([^|]*) \|$", re.MULTILINE)
NAMED = re.compile(r"person_id$|account_id$|^named_id$")
SPOKEN_FOR = {name for one in COLLECTORS for name in one.tables}
BY_OTHER_NAMES = {
    "unit",
    "quarantined_row",
    "debrief",
    "support_offer",
    "debrief_prompt",
    "record_past",
}
"""Tables that name people in another way, or through another table."""
NOBODY_IN_IT = {"rebuild_progress"}
"""How far a recount has got: a number that is anybody's and nobody's."""


def about_people() -> set[str]:
    """Tables with a column that names a person or an account, and those known by name."""
    named = {
        table.name
        for table in metadata.tables.values()
        for column in table.columns
        if NAMED.search(column.name)
        or any(key.target_fullname in WHO for key in column.foreign_keys)
        or table.name in {"person", "account", "sign_in_failure", "referral_step"}
    }
    return (BY_OTHER_NAMES | named) - NOBODY_IN_IT


def test_every_table_about_people_is_in_a_section_or_left_out_with_a_reason():
    assert about_people() - SPOKEN_FOR - set(LEFT_OUT) == set(), (
        "say in app/rights whose section it is in, or in LEFT_OUT why it is in none"
    )
    assert SPOKEN_FOR & set(LEFT_OUT) == set()
    assert SPOKEN_FOR | set(LEFT_OUT) <= set(metadata.tables)
    assert all(len(why) > 40 for why in LEFT_OUT.values())


def test_names_in_the_file_are_said_once():
    keys = Counter(one.key for one in COLLECTORS)
    for one in COLLECTORS:
        assert keys[one.key] == 1
        assert max(Counter(key for key, _heading in one.columns).values()) == 1, one.key


def test_the_document_says_what_the_file_holds():
    told = {
        re.findall(r"`(\w+)`", section)[0]: re.findall(r"`(\w+)`", columns)
        for section, columns in re.findall(
            r"^\| (`\w+`: [^|]*) \| ([^|]*) \|$", DOCUMENT, re.MULTILINE
        )
    }
    assert told == {one.key: [key for key, _heading in one.columns] for one in COLLECTORS}

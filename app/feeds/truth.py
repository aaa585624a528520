"""Which of several rows about one record is the true one. Pure, and blind to the order of arrival.

A record is what one system calls by one reference. The row with the highest version stands; of two
with the same version, the one with the greater digest. Because that is a maximum, rows may arrive
late, twice or backwards and the end is the same.
"""

from enum import StrEnum
from typing import Any, NamedTuple

MAPPING_DIGITS = 4
"""A digest begins with the mapping's version; see ``rows.RowReader``."""


class Verdict(StrEnum):
    """How a row stands to what is held of its record."""

    NEW = "new"
    NEWER = "newer"
    SAME = "same"
    OLDER = "older"
    CONTRADICTS_AND_WINS = "contradicts_and_wins"
    CONTRADICTS_AND_LOSES = "contradicts_and_loses"


class Held(NamedTuple):
    """What is held of a record. ``id`` is ``None`` until it is in the database."""

    id: int | None
    version: int
    digest: str
    columns: dict[str, Any]


NOTHING = -1
"""The version of a record of which nothing has been said."""


def judge(held: Held | None, version: int, digest: str) -> Verdict:
    """Compare a row with what is held."""
    if held is None or held.version == NOTHING:
        return Verdict.NEW
    if version != held.version:
        return Verdict.NEWER if version > held.version else Verdict.OLDER
    if digest == held.digest:
        return Verdict.SAME
    wins = digest > held.digest
    if digest[:MAPPING_DIGITS] != held.digest[:MAPPING_DIGITS]:
        # Read with another version of the mapping: no contradiction at the source.
        return Verdict.NEWER if wins else Verdict.OLDER
    return Verdict.CONTRADICTS_AND_WINS if wins else Verdict.CONTRADICTS_AND_LOSES

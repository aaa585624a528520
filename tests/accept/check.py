"""One thing that is known about the data, and what we say."""

from typing import NamedTuple


class Check(NamedTuple):
    """A known answer beside ours."""

    what: str
    known: str
    ours: str
    holds: bool


def check(what: str, known: object, ours: object) -> Check:
    """Compare two numbers or words, written alike."""
    return Check(what, _words(known), _words(ours), known == ours)


def _words(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)

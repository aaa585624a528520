"""Timing, and the table that comes of it."""

import gc
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple


class Line(NamedTuple):
    """What was measured, ours and the plain way's, and how many times the one is the other."""

    what: str
    ours: str
    plain: str
    ratio: str
    aim: str = ""


def best(work: Callable[[], object], *, times: int = 5) -> float:
    """Seconds of this process's own processor time that the quickest of several runs took."""
    found = []
    for _ in range(times):
        gc.collect()
        started = time.process_time()
        work()
        found.append(time.process_time() - started)
    return min(found)


def ms(seconds: float) -> str:
    """Milliseconds, to three figures."""
    return f"{seconds * 1000:.3g} ms"


COMPARED = ("", "the site", "the plain way", "ratio", "aim")


def show(lines: Sequence[Sequence[str]], head: Sequence[str] = COMPARED) -> str:
    """A Markdown table."""
    rows = ["| " + " | ".join(row) + " |" for row in (head, ["---"] * len(head), *lines)]
    return "\n".join(rows) + "\n"

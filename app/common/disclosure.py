"""Counts that point to nobody: small ones are not shown, the others are rounded. Pure.

The rules are those that a statistical office would apply to a table of counts. Nothing is shown of
a group that is too small. A count below ten is not shown, nor is one that leaves fewer than ten
over; and where hidden counts could be worked out from those beside them, another one goes too.
"""

from collections.abc import Sequence
from enum import StrEnum

FEWEST = 10
"""A count below this is not shown."""
SMALLEST_GROUP = 30
SMALLEST_SENSITIVE_GROUP = 50
"""For what somebody could be treated worse for: ethnicity, religion, disability and the like."""
STEP = 5
"""Counts are rounded to this, so that two of them do not tell what lies between."""


class Hidden(StrEnum):
    """What stands in the place of a count that is not shown."""

    FEW = "fewer than 10"
    NEARLY_ALL = "nearly all"
    NOT_SHOWN = "not shown"


Count = int | Hidden


def rounded(count: int) -> int:
    """A count to the nearest step."""
    return (count + STEP // 2) // STEP * STEP


def parts(counts: Sequence[int], *, smallest: int = SMALLEST_GROUP) -> list[Count]:
    """Counts that add up to a group, as they may be shown."""
    whole = sum(counts)
    if whole < smallest:
        return [Hidden.NOT_SHOWN] * len(counts)
    gone = {place for place, count in enumerate(counts) if count < FEWEST}
    while gone and len(gone) < len(counts):
        over = sum(counts[place] for place in gone)
        if len(gone) > 1 and over >= FEWEST:
            break
        left = [place for place in range(len(counts)) if place not in gone]
        gone.add(min(left, key=lambda place: counts[place]))
    return [
        _said(count, whole) if at in gone else rounded(count) for at, count in enumerate(counts)
    ]


def _said(count: int, whole: int) -> Hidden:
    if count < FEWEST:
        return Hidden.FEW
    return Hidden.NEARLY_ALL if whole - count < FEWEST else Hidden.NOT_SHOWN


def shares(cells: Sequence[tuple[int, int]], *, smallest: int = SMALLEST_GROUP) -> list[Count]:
    """Percentages of several groups that together are a larger one, of which the same is shown.

    Args:
        cells: Of each group, how many of how many.
        smallest: A smaller group is not shown.
    """
    found = [_share(count, whole, smallest) for count, whole in cells]
    gone = [place for place, share in enumerate(found) if isinstance(share, Hidden)]
    together = sum(cells[place][1] for place in gone)
    if gone and (len(gone) == 1 or together < smallest) and len(gone) < len(cells):
        # Otherwise the group that is hidden is what the larger one is more than the others.
        left = [place for place in range(len(cells)) if place not in gone]
        found[min(left, key=lambda place: cells[place][1])] = Hidden.NOT_SHOWN
    return found


def _share(count: int, whole: int, smallest: int) -> Count:
    shown = parts([count, whole - count], smallest=smallest)[0]
    return shown if isinstance(shown, Hidden) else percent(shown, rounded(whole))


def percent(count: int, whole: int) -> int:
    """A whole percentage, from counts as they are shown."""
    return min(100, round(100 * count / whole)) if whole else 0

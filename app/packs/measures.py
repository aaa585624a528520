"""The process measures as people read them, the same on the page and in a pack: pure."""

from typing import NamedTuple

from app.debriefs.timing import LAST_HOUR, STEP_HOURS, Timeliness
from app.web.filters import percent, plural

PERIODS = {28: "Last 28 days", 91: "Last 91 days", 365: "Last 365 days"}
"""Days, the present one included."""
LONG = 72
DAY = 24
CURVE_NOTE = (
    f"The share at each {STEP_HOURS} hours of the first {LAST_HOUR // DAY} days. "
    "A prompt that has led to no conversation counts as not yet, up to now."
)
TREATED = (
    "Somebody who declined, or for whom it was found not needed, counts as not spoken with: "
    "neither makes these figures better, and neither is wrong."
)
NOT_REACHED = "Not reached"
NOT_REACHED_WHY = "fewer than half have led to a conversation so far"


class Measure(NamedTuple):
    """A count, of how many, and of what."""

    label: str
    part: int
    whole: int
    unit: str

    @property
    def share(self) -> str:
        """As a percentage, or that there is none."""
        return percent(self.part, self.whole)


def measures(found: Timeliness, *, hours: int) -> tuple[Measure, ...]:
    """Every share, with its base. ``hours``: the framework's time limit."""
    over, prompted = f"prompts whose {hours} hours are over", "prompts"
    return (
        Measure(f"Spoken with within {hours} hours", found.held_in_time, found.over, over),
        Measure(
            f"Spoken with or declined within {hours} hours", found.offered_in_time, found.over, over
        ),
        Measure("Spoken with by now", found.held, found.prompted, prompted),
        Measure("Declined", found.declined, found.prompted, prompted),
        Measure("Not needed", found.not_needed, found.prompted, prompted),
        Measure("Put off to a later day, today", found.put_off, found.prompted, prompted),
        Measure("Still open", found.still_open, found.prompted, prompted),
    )


def median_words(found: Timeliness) -> str:
    """How long until half had been spoken with; in words where that is not so yet."""
    if not found.prompted:
        return "No prompts"
    if found.median_hours is None:
        return NOT_REACHED
    hours = round(found.median_hours)
    told = plural(hours, "hour")
    return told if hours <= LONG else f"{told} (about {plural(round(hours / DAY), 'day')})"


def curve(found: Timeliness) -> list[tuple[int, int | None]]:
    """Hours since the incident and the share spoken with by then, in whole per cent."""
    return [(at, None if share is None else round(100 * share)) for at, share in found.curve]

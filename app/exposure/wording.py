"""The words people see for closed sets of values, and the sentence for a count."""

from datetime import date

from app.common.clock import day_in_words
from app.exposure.models import Origin, PromptState, Work
from app.exposure.queries import before_window

WORK = {
    Work.AT_SCENE: "At the scene",
    Work.CALL_HANDLING: "Handling a call",
    Work.DISPATCH: "Dispatch",
    Work.DIGITAL_MEDIA: "Viewing digital material",
    Work.STATEMENT_TAKING: "Taking a statement",
    Work.FAMILY_LIAISON: "Family liaison",
    Work.SCENE_EXAMINATION: "Examining the scene afterwards",
}
ORIGIN = {
    Origin.FED: "From a force system",
    Origin.OWN: "Recorded by the person",
    Origin.ATTACHED: "Added by the lead of a major incident",
}
STATE = {
    PromptState.OPEN: "Waiting for the supervisor",
    PromptState.DEFERRED: "Put off",
    PromptState.HELD: "A conversation took place",
    PromptState.DECLINED: "The person said no",
    PromptState.NOT_NEEDED: "Not needed, by the supervisor\u2019s decision",
    PromptState.WITHDRAWN: "Taken back: the records behind it no longer ask for it",
}


def counted_sentence(total: int, window: int, day: date) -> str:
    """A count as the person and their supervisor both read it; a window of ``0`` is everything."""
    incidents = f"{total:,} incident{'' if total == 1 else 's'}"
    if not window:
        return f"{incidents} in all the records held here."
    first = date.fromordinal(before_window(window, day).toordinal() + 1)
    return f"{incidents} from {day_in_words(first)} to {day_in_words(day)}, both days included."

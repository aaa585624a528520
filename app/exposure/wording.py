"""The words people see for closed sets of values, and the sentences for counts and records."""

from collections.abc import Mapping
from datetime import date, datetime

from app.common.clock import day_in_words
from app.exposure.behind import Seen
from app.exposure.models import Origin, PromptState, Work
from app.exposure.queries import before_window
from app.web.filters import moment

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


MANY = {2: "Two", 3: "Three", 4: "Four", 5: "Five"}


def reported_sentence(seen: Seen) -> str:
    """That an incident was reported more than once; nothing where it was not."""
    if seen.systems > 1:
        many = MANY.get(seen.systems, str(seen.systems))
        return f"{many} systems reported this event. It counts once."
    return "It was recorded more than once at its source. It counts once." if seen.records else ""


def before_sentence(seen: Seen, type_names: Mapping[str, str]) -> str:
    """What was last recorded otherwise of an incident, until when; nothing where nothing was, or
    where the count rests on the person's own word."""
    if seen.before is None or seen.origin is Origin.OWN:
        return ""
    said, until = seen.before.said, f"Until {moment(seen.before.known_until)} this"
    code = str(said["type_code"])
    if said["withdrawn"] or not code:
        return f"{until} was not counted: its source had taken it back or closed it as no concern."
    if code != seen.type_code:
        return f"{until} was recorded as {type_names.get(code, code)}."
    then = datetime.fromisoformat(str(said["occurred_at"]))
    return f"{until} was recorded as of {moment(then)}."


def counted_sentence(total: int, window: int, day: date) -> str:
    """A count as the person and their supervisor both read it; a window of ``0`` is everything."""
    incidents = f"{total:,} incident{'' if total == 1 else 's'}"
    if not window:
        return f"{incidents} in all the records held here."
    first = date.fromordinal(before_window(window, day).toordinal() + 1)
    return f"{incidents} from {day_in_words(first)} to {day_in_words(day)}, both days included."

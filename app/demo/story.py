"""The demo supervisor's own story: what her team met lately, told the same way in every demo."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import cycle

from app.demo.incidents import Event, World
from app.demo.people import Everyone, Human
from app.demo.streams import STREAMS
from app.people.models import SupervisionKind

RESPONSE = STREAMS["response"]
CONTACT = STREAMS["contact"]

LATELY = (
    (14, "serious_assault"),
    (17, "suicide_attempt"),
    (23, "sudden_death"),
    (29, "assault_on_staff"),
    (34, "serious_collision"),
    (41, "death_message"),
    (47, "sudden_death"),
    (52, "failed_resuscitation"),
    (61, "child_harm"),
    (68, "suicide_attempt"),
    (75, "sudden_death"),
    (83, "serious_assault"),
    (90, "assault_on_staff"),
    (97, "body_recovery"),
    (108, "suicide_attempt"),
)
"""Days ago, and what: two of the team went to each."""


def demo_members(everyone: Everyone, world: World) -> list[Human]:
    """The demo supervisor's team, the member with a demo account first and the newest last."""
    staff = everyone.acting("staff@demo")
    team = world.organisation.demo_team
    others = [
        human
        for human in everyone.in_post
        if human.post.crew is team and human.post.leads is None and human is not staff
    ]
    return [staff, *others]


def tell(everyone: Everyone, world: World) -> tuple[list[Event], frozenset[int]]:
    """What happened, and who is kept free of chance incidents so that the story stays as told."""
    team = world.organisation.demo_team
    staff, second, third, fourth, fifth, sixth, *_rest = demo_members(everyone, world)

    def event(hours: float, code: str, *people: Human, waits: bool = True) -> Event:
        return Event(world.now - timedelta(hours=hours), RESPONSE, team, code, people, waits)

    events = [
        event(79, "suicide", staff, second),
        event(65, "fatal_collision", third),
        event(5, "child_death", fourth),
        # Three in four weeks for one person: the sum is what prompts, on the third.
        event(20 * 24, "sudden_death", sixth, waits=False),
        event(9 * 24 + 3, "failed_resuscitation", sixth, waits=False),
        event(27, "assault_on_staff", sixth),
    ]
    # Two by two through the team, so that nobody's share is far from another's.
    turn = cycle([staff, third, second, fifth, fourth])
    for days, code in LATELY:
        at = world.now - timedelta(days=days, hours=days % 7)
        events.append(Event(at, RESPONSE, team, code, (next(turn), next(turn))))
    handlers = _handlers(everyone)
    control = everyone.acting("supervisor2@demo").post.crew
    for hours, who in ((31, 0), (52, 1)):
        at = world.now - timedelta(hours=hours)
        # The caller stayed on the line: dealt with from a desk, and no less an exposure.
        events.append(Event(at, CONTACT, control, "suicide", (handlers[who],), waits=True))
    return events, frozenset({sixth.id})


def _handlers(everyone: Everyone) -> Sequence[Human]:
    control = everyone.acting("supervisor2@demo").post.crew
    return [
        human
        for human in everyone.in_post
        if human.post.crew is control
        and human.post.kind is SupervisionKind.SUPERVISOR
        and human.post.leads is None
    ]

"""The demo supervisor's own story: what her team met lately, told the same way in every demo."""

from datetime import timedelta
from itertools import cycle

from app.demo.incidents import Event, World
from app.demo.people import Everyone, Human
from app.demo.streams import STREAMS

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
    others = [one for one in everyone.members(world.organisation.demo_team) if one is not staff]
    return [staff, *others]


def tell(everyone: Everyone, world: World) -> tuple[list[Event], frozenset[int]]:
    """What happened, and who is kept free of chance incidents so that the story stays as told."""
    team = world.organisation.demo_team
    staff, second, third, fourth, fifth, sixth, *_rest = demo_members(everyone, world)

    def event(hours: float, code: str, *people: Human, waits: bool = True) -> Event:
        return Event(world.now - timedelta(hours=hours), RESPONSE, team, code, people, waits)

    events = [
        event(78.7, "suicide", staff, second),
        event(64.6, "fatal_collision", third),
        event(5.2, "child_death", fourth),
        # Three in four weeks for one person: the sum is what prompts, on the third.
        event(20 * 24 + 6.9, "sudden_death", sixth, waits=False),
        event(9 * 24 + 3.3, "failed_resuscitation", sixth, waits=False),
        event(26.4, "assault_on_staff", sixth),
    ]
    # Two by two through the team, so that nobody's share is far from another's.
    turn = cycle([staff, third, second, fifth, fourth])
    for days, code in LATELY:
        at = world.now - timedelta(days=days, hours=days % 7, minutes=days * 37 % 60)
        events.append(Event(at, RESPONSE, team, code, (next(turn), next(turn))))
    control = everyone.acting("supervisor2@demo").post.crew
    for hours, handler in zip((30.8, 51.6), everyone.members(control), strict=False):
        at = world.now - timedelta(hours=hours)
        # The caller stayed on the line: dealt with from a desk, and no less an exposure.
        events.append(Event(at, CONTACT, control, "suicide", (handler,), waits=True))
    events += _beside(everyone, world)
    return events, frozenset({sixth.id})


def _beside(everyone: Everyone, world: World) -> list[Event]:
    """One of the team next door has waited so long that the next in line is asked as well."""
    mine = world.organisation.demo_team
    team = next(
        (
            one
            for one in world.organisation.places
            if one.parent is mine.parent and one.id > mine.id
        ),
        None,
    )
    if team is None:
        return []
    at = world.now - timedelta(hours=103.4)
    members = everyone.members(team)[:1]
    return [Event(at, RESPONSE, team, "fatal_collision", tuple(members), waits=True)]

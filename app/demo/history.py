"""What supervisors did about past prompts: who was spoken to, who declined, what was put off."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from math import log

from app.common.clock import local, local_date
from app.debriefs.wording import DECLINED_REASONS, DEFER_REASONS
from app.demo.chance import Chance
from app.demo.incidents import World
from app.demo.people import Human
from app.demo.plan import Figures
from app.demo.prompts import Bundle
from app.exposure.models import PromptState
from app.people.models import SupervisionKind

SETTLED_AFTER = timedelta(hours=84)
"""Prompts younger than this are still open: most in time, the oldest just overdue."""
NOT_YET_FOR = timedelta(days=10)
"""Until this old, a few are still overdue or put off."""
OVERDUE = 0.2
DEFERRED = 0.25
DECLINED = 0.05
LATE = 0.1
USUAL_HOURS = 26.0
BY_DEPUTY = 0.15
LARGEST_GROUP = 6
NOT_NEEDED = {"not_exposed": 2, "already_spoken": 6, "handed_over": 2}
FIRST_HOUR = 7


@dataclass(slots=True)
class Decision:
    """What a named human wrote about some prompts of one person."""

    bundle: Bundle
    state: PromptState
    reason: str
    at: datetime
    by: Human
    until: date | None = None


@dataclass(slots=True)
class Talk:
    """A conversation with one person, or with several about the same incident."""

    bundles: list[Bundle]
    unit_id: int | None
    held_at: datetime
    recorded_at: datetime
    by: Human

    @property
    def held_on(self) -> date:
        """The day in London."""
        return local_date(self.held_at)


@dataclass
class History:
    """Everything that was done, in no particular order."""

    talks: list[Talk] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)


class TooQuietError(Exception):
    """Too little happened for the conversations that were asked for."""


def play(world: World, bundles: Sequence[Bundle], top: Human, chance: Chance) -> History:
    """Settle what is old enough, so that the conversations add up to the plan's figures exactly.

    ``top`` acts for those whom nobody else leads.
    """
    history = History()
    supervisors = _Supervisors(world, top, chance)
    to_talk: list[Bundle] = []
    for bundle in bundles:
        decided = _without_talking(world, bundle, supervisors, chance)
        if decided is not None:
            history.decisions.append(decided)
        elif _is_settled(world, bundle, chance):
            to_talk.append(bundle)
    groups, rest = _share_out(to_talk, world.plan.figures, chance)
    for group in groups:
        history.talks.append(_talk(world, group, supervisors, chance))
    for bundle in rest:
        reason = chance.pick(NOT_NEEDED)
        history.decisions.append(
            _decision(world, bundle, PromptState.NOT_NEEDED, reason, supervisors, chance)
        )
    return history


def _in_demo_team(world: World, bundle: Bundle) -> bool:
    today = world.careers.unit_on(bundle.human.id, world.today)
    return today == world.organisation.demo_team.id


def _is_settled(world: World, bundle: Bundle, chance: Chance) -> bool:
    if bundle.story:
        return False
    if _in_demo_team(world, bundle):
        # On the demo supervisor's page nothing waits but her story.
        return True
    age = world.now - bundle.ready_at
    overdue = age < NOT_YET_FOR and chance.happens(OVERDUE)
    return age > SETTLED_AFTER and not overdue


def _without_talking(
    world: World, bundle: Bundle, supervisors: "_Supervisors", chance: Chance
) -> Decision | None:
    age = world.now - bundle.ready_at
    if bundle.story or age <= SETTLED_AFTER:
        return None
    left = bundle.human.left_on
    if left is not None and left <= local_date(bundle.ready_at + SETTLED_AFTER):
        reason = "handed_over"
        return _decision(world, bundle, PromptState.NOT_NEEDED, reason, supervisors, chance)
    in_demo_team = _in_demo_team(world, bundle)
    if age < NOT_YET_FOR and not in_demo_team and chance.happens(DEFERRED):
        sick = world.absences.away(bundle.human.id, world.today)
        reason = "off_sick" if sick else chance.choice(list(DEFER_REASONS))
        decided = _decision(world, bundle, PromptState.DEFERRED, reason, supervisors, chance)
        decided.until = world.today + timedelta(days=chance.randint(1, 9))
        return decided
    if chance.happens(DECLINED):
        reason = chance.choice(list(DECLINED_REASONS))
        return _decision(world, bundle, PromptState.DECLINED, reason, supervisors, chance)
    return None


def _decision(
    world: World,
    bundle: Bundle,
    state: PromptState,
    reason: str,
    supervisors: "_Supervisors",
    chance: Chance,
) -> Decision:
    at = _some_time_after(world, bundle.ready_at, chance)
    by = supervisors.of([bundle.human], bundle.unit_id, local_date(at))
    return Decision(bundle, state, reason, at, by)


# --- Which conversations --------------------------------------------------------------------------


def _share_out(
    bundles: Iterable[Bundle], figures: Figures, chance: Chance
) -> tuple[list[list[Bundle]], list[Bundle]]:
    """Groups that are spoken to, and those left over for whom none was needed.

    Groups of several come first, until as many people as the figures have beyond one for each
    conversation are in them; the other conversations are with one person each.
    """
    together: dict[tuple[int, int | None], list[Bundle]] = defaultdict(list)
    for bundle in bundles:
        together[bundle.items[0].incident_id, bundle.unit_id].append(bundle)
    several = [group for group in together.values() if len(group) > 1]
    alone = [group[0] for group in together.values() if len(group) == 1]
    chance.shuffle(several)
    beyond = figures.people - figures.debriefs
    groups: list[list[Bundle]] = []
    for group in several:
        size = min(len(group), LARGEST_GROUP, beyond + 1)
        if size > 1:
            groups.append(group[:size])
            beyond -= size - 1
            alone += group[size:]
        else:
            alone += group
    # What only adds up is a little likelier to have been covered in another conversation.
    alone.sort(key=lambda bundle: chance.random() + (0 if bundle.after_incident else 0.3))
    wanted = figures.debriefs - len(groups)
    if beyond or not 0 <= wanted <= len(alone):
        message = f"The figures need {beyond} more in groups and {wanted} of {len(alone)} alone."
        raise TooQuietError(message)
    return [*groups, *([bundle] for bundle in alone[:wanted])], alone[wanted:]


def _talk(world: World, group: list[Bundle], supervisors: "_Supervisors", chance: Chance) -> Talk:
    ready_at = max(bundle.ready_at for bundle in group)
    held_at = _some_time_after(world, ready_at, chance)
    recorded_at = min(
        held_at + timedelta(minutes=chance.randint(5, 300)), world.now - timedelta(minutes=1)
    )
    unit_id = group[0].unit_id
    by = supervisors.of([bundle.human for bundle in group], unit_id, local_date(held_at))
    return Talk(group, unit_id, held_at, recorded_at, by)


def _some_time_after(world: World, ready_at: datetime, chance: Chance) -> datetime:
    """Usually within three days of the incident, now and then late, never in the small hours."""
    hours = max(2.0, chance.lognormvariate(log(USUAL_HOURS), 0.55))
    if chance.happens(LATE):
        hours = chance.uniform(80, 240)
    latest = world.now - timedelta(minutes=10)
    at = ready_at + timedelta(hours=hours)
    if at > latest:
        at = ready_at + (latest - ready_at) * chance.uniform(0.3, 0.95)
    early = FIRST_HOUR - local(at).hour
    if early > 0:
        at = min(at + timedelta(hours=early), latest)
    return at.replace(second=0, microsecond=0)


class _Supervisors:
    """Who acted: the team's leader on the day, or the deputy when they could not."""

    def __init__(self, world: World, top: Human, chance: Chance) -> None:
        self.world = world
        self.chance = chance
        self.places = {place.id: place for place in world.organisation.places}
        self.top = top

    def of(self, people: Sequence[Human], unit_id: int | None, day: date) -> Human:
        """Somebody other than the people themselves."""
        careers = self.world.careers
        place = self.places.get(unit_id or 0)
        while place is not None:
            leader = careers.leader_on(place.id, day, SupervisionKind.SUPERVISOR)
            deputy = careers.leader_on(place.id, day, SupervisionKind.DEPUTY)
            order = [leader, deputy]
            away = leader is not None and self.world.absences.away(leader.id, day)
            if away or self.chance.happens(BY_DEPUTY):
                order.reverse()
            for human in order:
                if human is not None and human not in people:
                    return human
            place = place.parent
        return self.top

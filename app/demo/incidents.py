"""Incidents, and who was at them, sent to them or dealt with them from a desk."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import accumulate

from app.common.clock import from_local, local_date, month_of
from app.demo.absence import Absences
from app.demo.careers import Careers, Turn
from app.demo.chance import Chance
from app.demo.organisation import Organisation, Place
from app.demo.people import Human
from app.demo.plan import AREAS, Plan
from app.demo.streams import (
    ASSIGNED,
    AT_SCENE,
    HEARD,
    JOINED_BY,
    MORE_GO,
    REMOTE,
    SENT_TOO,
    STREAMS,
    Stream,
)
from app.incidents.framework import SHIPPED
from app.incidents.models import AttendanceRole
from app.people.models import SupervisionKind

WITHDRAWN = 0.006
TWICE = 0.012
"""Attendances that two systems report."""
LATE = 0.03
LEADER_SHARE = 0.3
TOLD_EVERY = 1_000
BUSY_HOURS = (3, 2, 2, 2, 2, 2, 3, 3, 4, 4, 4, 4, 4, 4, 5, 5, 5, 6, 6, 6, 6, 6, 5, 4)
TRIES = 60
"""Draws for one crew: enough for a team half of whom are away."""
LONGEST_MONTH = 31
QUIET_DAYS = 10
"""The demo team meets nothing by chance in its last days: its story is told there."""


@dataclass(slots=True, eq=False)
class Happened:
    """One incident."""

    id: int
    public_id: str
    source: str
    ref: str
    occurred_at: datetime
    received_at: datetime
    type_code: str
    area: str
    withdrawn: bool = False


@dataclass(slots=True, eq=False)
class Presence:
    """One source's word on one person at one incident."""

    incident: Happened
    human: Human
    role: AttendanceRole
    source: str
    ref: str
    withdrawn: bool = False


@dataclass(slots=True)
class Event:
    """An incident before it is written down: when, which team, what."""

    at: datetime
    stream: Stream
    team: Place
    type_code: str
    people: tuple[Human, ...] = ()
    """Who went, where that is part of the demo's story; otherwise chance decides."""
    waits: bool = False
    """Part of the story: what it asks for is still waiting for the demo supervisor."""


@dataclass
class Record:
    """Every incident and everybody's part in it."""

    incidents: list[Happened] = field(default_factory=list)
    presences: list[Presence] = field(default_factory=list)
    story: set[int] = field(default_factory=set)
    """Incidents whose prompts stay open for the demo."""


@dataclass(frozen=True)
class World:
    """What incidents happen in."""

    plan: Plan
    organisation: Organisation
    careers: Careers
    absences: Absences
    now: datetime

    @property
    def today(self) -> date:
        """The day in London."""
        return local_date(self.now)


def build(
    world: World,
    story: Sequence[Event],
    quiet: frozenset[int],
    chance: Chance,
    told: Callable[[int, int], None],
) -> Record:
    """The period's incidents in order of time. ``quiet`` people meet nothing by chance of late."""
    events = [*_by_chance(world, chance), *story]
    events.sort(key=lambda event: event.at)
    record = Record()
    crews = _Crews(world, quiet)
    numbers: dict[str, int] = defaultdict(int)
    for done, event in enumerate(events):
        if done % TOLD_EVERY == 0:
            told(done, len(events))
        numbers[event.stream.source] += 1
        incident = _written(event, len(record.incidents) + 1, numbers, world, chance)
        record.incidents.append(incident)
        if event.waits:
            record.story.add(incident.id)
        record.presences += _presences(event, incident, crews, chance)
    told(len(events), len(events))
    return record


def _by_chance(world: World, chance: Chance) -> Iterator[Event]:
    days = world.plan.days
    heads = world.careers.crews
    for district, _size in world.plan.districts:
        for department in world.plan.departments:
            stream = STREAMS.get(department.code)
            if stream is None:
                continue
            teams = world.organisation.teams(department, district)
            size = {team.id: _heads(heads[team.id], world.today) for team in teams}
            mean = sum(size.values()) * stream.a_year * days / 365 * world.plan.activity
            for _ in range(chance.poisson(mean)):
                at = _moment(world, chance)
                team = _team(world, at, teams, size, chance)
                yield Event(at, stream, team, chance.pick(stream.types))


def _heads(turns: Sequence[Turn], today: date) -> int:
    return sum(1 for turn in turns if turn.covers(today))


def _moment(world: World, chance: Chance) -> datetime:
    day = world.today - timedelta(days=chance.randint(0, world.plan.days - 1))
    hour = chance.choices(range(24), BUSY_HOURS)[0]
    at = from_local(day, time(hour, chance.randint(0, 59)))
    # What today has not yet brought happened at the same hour yesterday.
    return at if at <= world.now - timedelta(minutes=10) else at - timedelta(days=1)


def _team(
    world: World, at: datetime, teams: Sequence[Place], size: Mapping[int, int], chance: Chance
) -> Place:
    story_time = at > world.now - timedelta(days=QUIET_DAYS)
    free = [team for team in teams if not (story_time and team is world.organisation.demo_team)]
    return chance.choices(free, [size[team.id] for team in free])[0]


def _written(
    event: Event, number: int, numbers: Mapping[str, int], world: World, chance: Chance
) -> Happened:
    late = chance.happens(LATE) and not event.people
    wait = (
        timedelta(hours=chance.uniform(6, 48)) if late else timedelta(minutes=chance.randint(4, 40))
    )
    day = local_date(event.at)
    return Happened(
        id=number,
        public_id=chance.public_id(),
        source=event.stream.source,
        ref=f"NP-{day:%y%m%d}-{numbers[event.stream.source]:06}",
        occurred_at=event.at,
        received_at=min(event.at + wait, world.now),
        type_code=event.type_code,
        area=chance.choice(AREAS[event.team.district]),
        withdrawn=not event.people and chance.happens(WITHDRAWN),
    )


class _Crews:
    """Who of a team goes out on a day, heavier ones more often."""

    def __init__(self, world: World, quiet: frozenset[int]) -> None:
        self.world = world
        self.quiet = quiet
        self.quiet_from = world.today - timedelta(days=60)
        self.pools: dict[tuple[int, date], tuple[list[Turn], list[float]]] = {}
        self.teams: dict[tuple[str, str], list[Place]] = {}
        for district, _size in world.plan.districts:
            for department in world.plan.departments:
                teams = world.organisation.teams(department, district)
                self.teams[district, department.code] = teams

    def some(self, team: Place, day: date, count: int, chance: Chance) -> list[Human]:
        """Up to ``count`` different people of a team who are at work on a day."""
        turns, ends = self._pool(team, month_of(day))
        chosen: dict[Human, None] = {}
        for _ in range(TRIES if turns else 0):
            if len(chosen) == count:
                break
            turn = chance.choices(turns, cum_weights=ends)[0]
            if self._is_at_work(turn, day):
                chosen[turn.human] = None
        return list(chosen)

    def one_of(self, code: str, district: str, day: date, chance: Chance) -> list[Human]:
        """Somebody at work in another department, if anybody is."""
        teams = self.teams.get((district, code))
        return self.some(chance.choice(teams), day, 1, chance) if teams else []

    def _pool(self, team: Place, month: date) -> tuple[list[Turn], list[float]]:
        """The team's turns in a month, with their weights added up."""
        if (team.id, month) not in self.pools:
            after = month + timedelta(days=LONGEST_MONTH)
            turns = [
                turn
                for turn in self.world.careers.crews[team.id]
                if turn.starts_on < after and (turn.ends_on is None or turn.ends_on >= month)
            ]
            ends = list(accumulate(_weight(turn.human) for turn in turns))
            self.pools[team.id, month] = (turns, ends)
        return self.pools[team.id, month]

    def _is_at_work(self, turn: Turn, day: date) -> bool:
        number = turn.human.id
        return (
            self.world.careers.goes_out(turn, day)
            and not self.world.absences.away(number, day)
            and not (number in self.quiet and day >= self.quiet_from)
        )


def _weight(human: Human) -> float:
    leads = human.post.leads is not None and human.post.kind is SupervisionKind.SUPERVISOR
    return human.weight * (LEADER_SHARE if leads else 1)


def _presences(
    event: Event, incident: Happened, crews: _Crews, chance: Chance
) -> Iterator[Presence]:
    day = local_date(event.at)
    roles = _roles(event, crews, day, chance)
    for human, role in roles.items():
        ref = f"{incident.ref}/{human.ref}"
        withdrawn = not event.people and chance.happens(WITHDRAWN)
        yield Presence(incident, human, role, incident.source, ref, withdrawn)
        if role is AT_SCENE and chance.happens(TWICE):
            yield Presence(incident, human, role, "duties", ref)


def _roles(event: Event, crews: _Crews, day: date, chance: Chance) -> dict[Human, AttendanceRole]:
    stream = event.stream
    if event.people:
        return dict.fromkeys(event.people, stream.role)
    going = chance.pick(stream.crew)
    if event.type_code in SHIPPED.always() and stream.role is AT_SCENE:
        going += chance.pick(MORE_GO)
    extra = chance.poisson(SENT_TOO) if stream.role is AT_SCENE else 0
    chosen = crews.some(event.team, day, going + extra, chance)
    roles = {
        human: stream.role if index < going else ASSIGNED for index, human in enumerate(chosen)
    }
    joined = JOINED_BY.get(event.type_code)
    own = event.team.department.code if event.team.department else ""
    if joined and joined[0] != own and chance.happens(joined[1]):
        for other in crews.one_of(joined[0], event.team.district, day, chance):
            roles.setdefault(other, AT_SCENE)
    if stream.source == "command" and chance.happens(HEARD):
        for handler in crews.one_of("contact", event.team.district, day, chance):
            roles.setdefault(handler, REMOTE)
    return roles

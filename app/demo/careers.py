"""Who was posted where and when, and who led which team."""

from collections import defaultdict
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from app.demo.chance import Chance
from app.demo.organisation import Organisation, Place, Post
from app.demo.people import Everyone, Human
from app.demo.plan import Plan
from app.people.models import PostingKind, StaffType, SupervisionKind
from app.people.rules import Spell
from app.people.rules import unit_on as unit_on_day
from app.people.service import posting_precedence

DAY = timedelta(days=1)
JUST_MOVED = 0.025
"""Of all people, those whose current posting began in the last four weeks."""
NEW_LEADERS = 0.12
"""Of all teams, those whose leader began in the last two months."""


@dataclass(slots=True, eq=False)
class Turn:
    """One posting; ``crew`` is the team gone out with, ``home`` the unit posted to."""

    human: Human
    home: Place
    crew: Place
    kind: PostingKind
    starts_on: date
    ends_on: date | None
    ref: str = ""

    def covers(self, day: date) -> bool:
        """Whether the posting includes a day."""
        return self.starts_on <= day and (self.ends_on is None or self.ends_on >= day)


@dataclass(slots=True, eq=False)
class Leading:
    """One spell of leading or covering a team."""

    human: Human
    unit: Place
    kind: SupervisionKind
    starts_on: date
    ends_on: date | None = None

    def covers(self, day: date) -> bool:
        """Whether the spell includes a day."""
        return self.starts_on <= day and (self.ends_on is None or self.ends_on >= day)


@dataclass
class Careers:
    """Every posting and every spell of leading."""

    turns: list[Turn] = field(default_factory=list)
    leading: list[Leading] = field(default_factory=list)
    crews: dict[int, list[Turn]] = field(default_factory=lambda: defaultdict(list))
    away: dict[int, list[Turn]] = field(default_factory=lambda: defaultdict(list))
    spells: dict[int, list[Spell]] = field(default_factory=lambda: defaultdict(list))
    leaders: dict[int, list[Leading]] = field(default_factory=lambda: defaultdict(list))

    def index(self, since: date) -> None:
        """Make the ways in, from a day on; call once all turns are known."""
        for turn in self.turns:
            if turn.ends_on is None or turn.ends_on >= since:
                self.crews[turn.crew.id].append(turn)
            if turn.kind is PostingKind.TEMPORARY:
                self.away[turn.human.id].append(turn)
            precedence = posting_precedence(turn.kind, turn.starts_on, turn.ref)
            spell = Spell(turn.starts_on, turn.ends_on, precedence, turn.home.id)
            self.spells[turn.human.id].append(spell)
        for spell_of_leading in self.leading:
            self.leaders[spell_of_leading.unit.id].append(spell_of_leading)

    def goes_out(self, turn: Turn, day: date) -> bool:
        """Whether a posting is the one somebody works in on a day, and not lent elsewhere."""
        if not turn.covers(day):
            return False
        if turn.kind is PostingKind.TEMPORARY:
            return True
        return not any(other.covers(day) for other in self.away.get(turn.human.id, ()))

    def unit_on(self, person_id: int, day: date) -> int | None:
        """The unit of the posting that counts on a day."""
        return unit_on_day(self.spells.get(person_id, ()), day)

    def leader_on(self, unit_id: int, day: date, kind: SupervisionKind) -> Human | None:
        """Who led, or covered for the leader of, a unit on a day."""
        for leading in self.leaders.get(unit_id, ()):
            if leading.kind is kind and leading.covers(day):
                return leading.human
        return None


def build(
    plan: Plan, organisation: Organisation, everyone: Everyone, today: date, chance: Chance
) -> Careers:
    """Careers that end in everybody's present post."""
    careers = Careers()
    wider = _Choices(organisation)
    for human in everyone:
        last = human.left_on or today
        starts = _current_start(human, organisation, last, chance)
        current = Turn(
            human, human.post.home, human.post.crew, PostingKind.SUBSTANTIVE, starts, human.left_on
        )
        before = list(_before(human, starts, wider, chance))
        careers.turns += [*before, current]
        if _may_be_lent(human):
            careers.turns += _lent(plan, current, wider, (today, last), chance)
    for number, turn in enumerate(careers.turns, 1):
        turn.ref = f"P{number:06}"
    since = today - timedelta(days=plan.days_prompted + 30)
    careers.leading = list(_leading(organisation, everyone, careers.turns, since))
    careers.index(today - timedelta(days=plan.days))
    return careers


class _Choices:
    """Where somebody could have worked before, or be lent to."""

    def __init__(self, organisation: Organisation) -> None:
        self.by_department: dict[tuple[str, str], list[Post]] = defaultdict(list)
        self.by_type: dict[tuple[str, StaffType], list[Post]] = defaultdict(list)
        for post in organisation.posts:
            if post.leads is None and post.crew is not organisation.demo_team:
                district = post.crew.district
                self.by_department[district, post.department.code].append(post)
                self.by_type[district, post.staff_type].append(post)

    def another(self, human: Human, chance: Chance, *, same: float) -> Place | None:
        """Another team: of the same department in this share of cases, else any of the district."""
        post = human.post
        district = post.crew.district
        near = self.by_department[district, post.department.code]
        mobile = post.staff_type in {StaffType.OFFICER, StaffType.SPECIAL}
        pool = (
            self.by_type[district, post.staff_type] if mobile and not chance.happens(same) else near
        )
        if not pool:
            return None
        place = chance.choice(pool).crew
        return None if place is post.home else place


def _current_start(human: Human, organisation: Organisation, last: date, chance: Chance) -> date:
    days = round(365 * chance.uniform(0.2, 5.5))
    if human.post.leads is not None:
        recent = chance.happens(NEW_LEADERS)
        days = chance.randint(5, 60) if recent else round(365 * chance.uniform(0.4, 4))
    elif chance.happens(JUST_MOVED):
        days = chance.randint(1, 27)
    if human.steady:
        # Long enough for a year's story, except the demo team's newest member.
        newest = human.post.crew is organisation.demo_team and human is _newest(human, organisation)
        days = 16 if newest else round(365 * chance.uniform(1.2, 4))
    return max(human.joined_on, last - timedelta(days=days))


def _newest(human: Human, organisation: Organisation) -> Human | None:
    last = next(
        post for post in reversed(organisation.posts) if post.crew is organisation.demo_team
    )
    return human if human.post is last else None


def _before(human: Human, starts: date, wider: _Choices, chance: Chance) -> Iterator[Turn]:
    """Up to three earlier postings, back to back except for a gap now and then."""
    ends = starts - DAY
    for _ in range(3):
        if ends <= human.joined_on + timedelta(days=60):
            return
        if chance.happens(0.05):
            ends -= timedelta(days=chance.randint(7, 60))
        place = wider.another(human, chance, same=0.6)
        began = max(human.joined_on, ends - timedelta(days=round(365 * chance.uniform(0.5, 6))))
        if place is not None and began <= ends:
            yield Turn(human, place, place, PostingKind.SUBSTANTIVE, began, ends)
        ends = began - DAY


def _may_be_lent(human: Human) -> bool:
    return human.post.leads is None and not human.steady


def _lent(
    plan: Plan, current: Turn, wider: _Choices, days: tuple[date, date], chance: Chance
) -> Sequence[Turn]:
    """A temporary posting over the substantive one: current for a few, past for a few more."""
    today, last = days
    if current.human.left_on is None and chance.happens(0.03):
        starts = today - timedelta(days=chance.randint(2, 70))
        ends = None if chance.happens(0.3) else today + timedelta(days=chance.randint(3, 60))
    elif chance.happens(0.06):
        starts = chance.day(today - timedelta(days=plan.days), last - timedelta(days=40))
        ends = starts + timedelta(days=chance.randint(14, 90))
    else:
        return ()
    place = wider.another(current.human, chance, same=0.4)
    latest = current.human.left_on
    if place is None or starts < current.starts_on or (latest and (ends is None or ends > latest)):
        return ()
    return (Turn(current.human, place, place, PostingKind.TEMPORARY, starts, ends),)


def _leading(
    organisation: Organisation, everyone: Everyone, turns: Sequence[Turn], since: date
) -> Iterator[Leading]:
    """Leaders and deputies of every team, without a day since ``since`` on which nobody leads.

    Before the present leader came, the deputy led; before the deputy, somebody further up.
    """
    began = {
        turn.human.id: turn.starts_on
        for turn in turns
        if turn.kind is PostingKind.SUBSTANTIVE and turn.home is turn.human.post.home
    }
    holders: dict[int, list[Human]] = defaultdict(list)
    for human in everyone.in_post:
        if human.post.leads is not None:
            holders[human.post.leads.id].append(human)
    for people in holders.values():
        people.sort(key=lambda human: human.post.kind is SupervisionKind.DEPUTY)
    for place in organisation.places:
        people = holders.get(place.id, [])
        if people:
            first = yield from _one_unit(place, people, began)
            if first > since:
                above = _further_up(people[0], holders, began, since)
                yield Leading(above, place, SupervisionKind.SUPERVISOR, since, first - DAY)


def _one_unit(
    place: Place, people: Sequence[Human], began: dict[int, date]
) -> Generator[Leading, None, date]:
    """The leader and deputies of one unit; returns the day from which one of them led."""
    leader, *deputies = people
    first = began[leader.id]
    yield Leading(leader, place, SupervisionKind.SUPERVISOR, first)
    for index, deputy in enumerate(deputies):
        since = began[deputy.id]
        if index == 0 and since < first:
            yield Leading(deputy, place, SupervisionKind.SUPERVISOR, since, first - DAY)
            since, first = first, since
        yield Leading(deputy, place, SupervisionKind.DEPUTY, since)
    return first


def _further_up(
    leader: Human, holders: dict[int, list[Human]], began: dict[int, date], since: date
) -> Human:
    """Whoever leads the leaders, or leads those in turn, and was there by ``since``."""
    above = holders.get(leader.post.home.id)
    if above is None or (above[0] is not leader and began[above[0].id] <= since):
        return above[0] if above else leader
    return _further_up(above[0], holders, began, since)

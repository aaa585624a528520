"""Inventing people: names, service, ranks, skills and characteristics."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from app.demo.accounts import DEMO_ACCOUNTS
from app.demo.chance import Chance
from app.demo.names import ETHNICITIES, MEN, WOMEN, invent
from app.demo.organisation import Organisation, Place, Post
from app.demo.plan import Plan
from app.people.models import CharacteristicKind, LeavingReason, StaffType, SupervisionKind

YEAR = 365.25
PREFER_NOT = "prefer_not_to_say"
PENSION_YEARS = 25
"""Of service, from when on most who leave retire."""
HANDLERS = 2
"""Of the control room, those whose calls are part of the demo's story."""
SHARE_WHO_LEAVE = 0.07
"""Of a force's people, each year."""

SERVICE: Mapping[tuple[float, float], float] = {
    (0.05, 1): 6,
    (1, 2): 7,
    (2, 3): 8,
    (3, 4): 8,
    (4, 5): 7,
    (5, 10): 21,
    (10, 15): 12,
    (15, 20): 12,
    (20, 25): 11,
    (25, 30): 6,
    (30, 36): 2,
}
"""Years of service, as shares of the people in post."""

LEAVERS_SERVICE: Mapping[tuple[float, float], float] = {
    (0.1, 1): 930,
    (1, 2): 1011,
    (2, 3): 637,
    (3, 4): 446,
    (4, 5): 407,
    (5, 10): 839,
    (10, 15): 372,
    (15, 20): 760,
    (20, 25): 1235,
    (25, 30): 1202,
    (30, 36): 1148,
}
"""Years of service of officers who left police forces in England and Wales in the year to March
2025, as published in answer to a parliamentary question (HL10350)."""

LEAST_SERVICE: Mapping[str, float] = {
    "Sergeant": 5,
    "Inspector": 9,
    "Chief Inspector": 13,
    "Superintendent": 16,
    "Chief Superintendent": 20,
    "Team leader": 4,
    "Manager": 7,
    "Head of service": 10,
}
WOMEN_AMONG: Mapping[StaffType, float] = {
    StaffType.OFFICER: 0.36,
    StaffType.PCSO: 0.46,
    StaffType.STAFF: 0.62,
    StaffType.SPECIAL: 0.3,
}


@dataclass(slots=True, eq=False)
class Human:
    """An invented person and the post they fill, or filled last."""

    id: int
    public_id: str
    ref: str
    given: str
    family: str
    post: Post
    joined_on: date
    sex: str
    ethnicity: str
    left_on: date | None = None
    leaving_reason: LeavingReason | None = None
    weight: float = 1.0
    """How often they end up at incidents, beside the others of their team."""
    steady: bool = False
    """Needed for the demo's own story: stays in post and at work."""
    username: str = ""

    @property
    def name(self) -> str:
        """As shown."""
        return f"{self.given} {self.family}"


@dataclass(frozen=True)
class Part:
    """Where somebody with a demo account works."""

    username: str
    department: str
    leads: SupervisionKind | None
    """How they lead the department's first team; ``None`` for somebody who leads nobody."""
    sex: str
    ethnicity: str
    rank: str = ""


SUPERVISES, DEPUTISES = SupervisionKind.SUPERVISOR, SupervisionKind.DEPUTY
CAST = (
    Part("supervisor@demo", "response", SUPERVISES, WOMEN, "M9"),
    Part("deputy@demo", "response", DEPUTISES, MEN, "B2"),
    Part("staff@demo", "response", None, MEN, "W1"),
    Part("supervisor2@demo", "contact", SUPERVISES, WOMEN, "W1"),
    Part("practitioner@demo", "wellbeing", None, WOMEN, "M3", "Wellbeing adviser"),
    Part("lead@demo", "wellbeing", None, MEN, "W1", "Head of wellbeing"),
    Part("leader@demo", "command", None, WOMEN, "W1"),
    Part("dei@demo", "corporate", None, MEN, "M1", "Equality analyst"),
    Part("editor@demo", "corporate", None, WOMEN, "W1", "Communications officer"),
    Part("publisher@demo", "corporate", None, MEN, "W2", "Communications officer"),
    Part("steward@demo", "corporate", None, WOMEN, "A2", "Information manager"),
    Part("dpo@demo", "corporate", None, WOMEN, "W1", "Data protection officer"),
    Part("newcomer@demo", "contact", None, WOMEN, "W2"),
    Part("trim@demo", "protection", None, MEN, "W1"),
    Part("network@demo", "protection", None, WOMEN, "B1"),
    Part("oh@demo", "wellbeing", None, WOMEN, "A1", "Occupational health nurse"),
    Part("listener@demo", "corporate", None, WOMEN, "W1", "Facilities manager"),
)
"""Demo accounts that belong to somebody in the force; the others are nobody's."""


@dataclass
class Everyone:
    """The force's people, in post and gone."""

    in_post: list[Human] = field(default_factory=list)
    gone: list[Human] = field(default_factory=list)

    def __iter__(self) -> Iterator[Human]:
        yield from self.in_post
        yield from self.gone

    def members(self, crew: Place) -> list[Human]:
        """The people of a team who do not lead it."""
        return [one for one in self.in_post if one.post.crew is crew and one.post.leads is None]

    def holding(self, post: Post) -> Human:
        """The person who fills a post."""
        return next(human for human in self.in_post if human.post is post)

    def acting(self, username: str) -> Human:
        """The person a demo account belongs to."""
        return next(human for human in self.in_post if human.username == username)


def build(plan: Plan, organisation: Organisation, today: date, chance: Chance) -> Everyone:
    """Fill every post, and invent those who left during the period."""
    everyone = Everyone()
    parts = {id(_post_of(part, organisation, index)): part for index, part in enumerate(CAST)}
    names = {account.username: account.name for account in DEMO_ACCOUNTS}
    taken: set[tuple[int, str, str]] = set()
    for post in organisation.posts:
        human = _human(len(everyone.in_post) + 1, post, today, chance, taken)
        part = parts.get(id(post))
        if part:
            _play(human, part, names[part.username], today)
        human.steady = human.steady or post.crew is organisation.demo_team
        everyone.in_post.append(human)
    for handler in everyone.members(everyone.acting("supervisor2@demo").post.crew)[:HANDLERS]:
        handler.steady = True
    _leavers(plan, everyone, today, chance, taken)
    return everyone


def _post_of(part: Part, organisation: Organisation, index: int) -> Post:
    posts = [post for post in organisation.posts if post.department.code == part.department]
    if part.leads is None:
        members = [post for post in posts if post.leads is None]
        earlier = [
            one for one in CAST[:index] if one.department == part.department and one.leads is None
        ]
        return members[len(earlier)]
    first = next(post.crew for post in posts if post.leads is post.crew)
    return next(
        post
        for post in posts
        if post.crew is first and post.leads is not None and post.kind is part.leads
    )


def _play(human: Human, part: Part, name: str, today: date) -> None:
    human.given, _space, human.family = name.partition(" ")
    human.sex, human.ethnicity, human.username = part.sex, part.ethnicity, part.username
    human.steady = True
    human.joined_on = min(human.joined_on, today - timedelta(days=round(6 * YEAR)))
    if part.rank:
        human.post.rank = part.rank


def _human(
    number: int,
    post: Post,
    today: date,
    chance: Chance,
    taken: set[tuple[int, str, str]],
) -> Human:
    sex = WOMEN if chance.happens(WOMEN_AMONG[post.staff_type]) else MEN
    ethnicity = chance.pick(ETHNICITIES)
    name = invent(chance, ethnicity=ethnicity, sex=sex)
    # Two people of one name in a force are usual; in one team they would only confuse.
    while (post.crew.id, *name) in taken:
        name = invent(chance, ethnicity=ethnicity, sex=sex)
    taken.add((post.crew.id, *name))
    years = chance.uniform(*chance.pick(SERVICE))
    rank = post.rank.removeprefix("Detective ")
    years = max(years, LEAST_SERVICE.get(rank, 0) * chance.uniform(1.0, 1.6))
    return Human(
        id=number,
        public_id=chance.public_id(),
        ref=f"{10_000 + number}",
        given=name[0],
        family=name[1],
        post=post,
        joined_on=today - timedelta(days=round(min(years, 38) * YEAR)),
        sex=sex,
        ethnicity=ethnicity,
        weight=chance.gammavariate(3.5, 1 / 3.5) + 0.05,
    )


def _leavers(
    plan: Plan,
    everyone: Everyone,
    today: date,
    chance: Chance,
    taken: set[tuple[int, str, str]],
) -> None:
    members = [
        human.post for human in everyone.in_post if human.post.leads is None and not human.steady
    ]
    number = round(len(everyone.in_post) * SHARE_WHO_LEAVE * plan.days / 365)
    for index in range(number):
        human = _human(
            len(everyone.in_post) + index + 1, chance.choice(members), today, chance, taken
        )
        years = chance.uniform(*chance.pick(LEAVERS_SERVICE))
        human.left_on = today - timedelta(days=chance.randint(2, plan.days - 7))
        human.joined_on = human.left_on - timedelta(days=round(years * YEAR))
        human.leaving_reason = _reason(years, chance)
        everyone.gone.append(human)


def _reason(years: float, chance: Chance) -> LeavingReason:
    if years >= PENSION_YEARS:
        retired = {LeavingReason.ORDINARY_RETIREMENT: 90, LeavingReason.MEDICAL_RETIREMENT: 5}
        return chance.pick(retired | {LeavingReason.DEATH: 2, LeavingReason.TRANSFER: 3})
    return chance.pick(
        {
            LeavingReason.VOLUNTARY_RESIGNATION: 72,
            LeavingReason.TRANSFER: 14,
            LeavingReason.DISMISSAL: 7,
            LeavingReason.MEDICAL_RETIREMENT: 4,
            LeavingReason.DEATH: 1,
            LeavingReason.NOT_RECORDED: 2,
        }
    )


# --- Skills and characteristics -------------------------------------------------------------------

EVERYWHERE: Mapping[str, float] = {
    "Peer supporter": 0.03,
    "TRiM practitioner": 0.015,
    "Mental health first aider": 0.04,
}
"""Skills found in every department, and the share of people who have them."""


def skills(everyone: Everyone, today: date, chance: Chance) -> Iterator[dict[str, object]]:
    """Rows of what people are trained for; a few have lapsed."""
    for human in everyone.in_post:
        for name, share in {**EVERYWHERE, **human.post.department.skills}.items():
            if not chance.happens(share):
                continue
            starts = chance.day(human.joined_on, today)
            ends = chance.day(starts, today) if chance.happens(0.06) else None
            yield {"person_id": human.id, "name": name, "starts_on": starts, "ends_on": ends}


@dataclass(frozen=True)
class _Asked:
    """How a characteristic is answered: the share with no answer at all, and the answers."""

    missing: float
    answers: Mapping[str, float]


ASKED: Mapping[CharacteristicKind, _Asked] = {
    CharacteristicKind.GENDER_IDENTITY: _Asked(
        0.35, {"same_as_sex": 90, "different_from_sex": 0.6, PREFER_NOT: 9}
    ),
    CharacteristicKind.DISABILITY: _Asked(0.18, {"no": 84, "yes": 8, PREFER_NOT: 8}),
    CharacteristicKind.RELIGION: _Asked(
        0.3,
        {
            "none": 46,
            "christian": 33,
            "muslim": 4,
            "sikh": 1,
            "hindu": 1,
            "buddhist": 0.6,
            "jewish": 0.4,
            "other": 1,
            PREFER_NOT: 13,
        },
    ),
    CharacteristicKind.SEXUAL_ORIENTATION: _Asked(
        0.3,
        {"heterosexual": 80, "gay_or_lesbian": 4, "bisexual": 2.5, "other": 0.5, PREFER_NOT: 13},
    ),
}


def characteristics(everyone: Everyone, chance: Chance) -> Iterator[dict[str, object]]:
    """Rows of what people have declared. No row: never recorded, which is its own answer."""
    for human in everyone:
        for kind, value in _declared(human, chance):
            yield {"person_id": human.id, "kind": kind, "value": value}


def _declared(human: Human, chance: Chance) -> Iterator[tuple[CharacteristicKind, str]]:
    if chance.happens(0.99):
        prefers_not = chance.happens(0.01)
        yield CharacteristicKind.SEX, PREFER_NOT if prefers_not else human.sex
    if chance.happens(0.96):
        # NS, not stated, is the nineteenth of the 18+1 codes.
        yield CharacteristicKind.ETHNICITY, "NS" if chance.happens(0.035) else human.ethnicity
    if chance.happens(0.995):
        # From 19 to 38 on joining.
        born = human.joined_on.year - 19 - int(19 * chance.random() ** 2)
        yield CharacteristicKind.BIRTH_YEAR, str(born)
    for kind, asked in ASKED.items():
        if not chance.happens(asked.missing):
            yield kind, chance.pick(asked.answers)

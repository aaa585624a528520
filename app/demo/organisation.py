"""Districts, departments, teams, and the posts in them that people fill."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from string import ascii_uppercase

from app.demo.chance import Chance
from app.demo.plan import COMMAND, FORCE, Department, Plan
from app.people.models import StaffType, SupervisionKind, UnitKind

USUAL_SIZE = 1_500
DEMO_TEAM_MEMBERS = 8
"""The demo supervisor's team: these, and a deputy."""
LARGE_TEAM = 20
TEAMS_PER_INSPECTOR = 4


@dataclass(slots=True, eq=False)
class Place:
    """A unit."""

    id: int
    public_id: str
    name: str
    kind: UnitKind
    parent: "Place | None"
    district: str = ""
    department: Department | None = None
    holds_leaders: bool = False
    """A team of those who lead the other teams of its department."""

    def above(self) -> list["Place"]:
        """This unit and every one above it, nearest first."""
        return [self, *(self.parent.above() if self.parent else [])]


@dataclass(slots=True, eq=False)
class Post:
    """A job in the establishment. ``home`` is the unit of the posting; ``crew`` the team somebody
    goes out with, which for a leader is the team they lead."""

    home: Place
    crew: Place
    department: Department
    staff_type: StaffType
    rank: str
    leads: Place | None = None
    kind: SupervisionKind = SupervisionKind.SUPERVISOR


@dataclass
class Organisation:
    """Every unit and every post."""

    places: list[Place] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)

    @property
    def top(self) -> Post:
        """The post that leads the pilot district's leaders."""
        return next(post for post in self.posts if post.leads and post.department is COMMAND)

    @property
    def demo_team(self) -> Place:
        """The response team that the first demo supervisor leads."""
        return next(place for place in self.places if _is_response_team(place))

    def teams(self, department: Department, district: str) -> list[Place]:
        """The teams of a department that go out, leaving out the one its leaders are posted to."""
        crews = {
            id(post.crew): post.crew
            for post in self.posts
            if post.department is department
            and post.crew.district == district
            and post.crew.kind is UnitKind.TEAM
        }
        return list(crews.values())


def _is_response_team(place: Place) -> bool:
    return (
        place.kind is UnitKind.TEAM
        and place.department is not None
        and place.department.code == "response"
        and place.name.endswith(" A")
    )


class _Builder:
    def __init__(self, chance: Chance) -> None:
        self.chance = chance
        self.made = Organisation()

    def place(
        self,
        name: str,
        kind: UnitKind,
        parent: Place | None,
        district: str = "",
        department: Department | None = None,
    ) -> Place:
        number = len(self.made.places) + 1
        made = Place(number, self.chance.public_id(), name, kind, parent, district, department)
        self.made.places.append(made)
        return made

    def post(
        self,
        home: Place,
        crew: Place,
        department: Department,
        staff_type: StaffType,
        rank: str,
        leads: Place | None = None,
        kind: SupervisionKind = SupervisionKind.SUPERVISOR,
    ) -> None:
        self.made.posts.append(Post(home, crew, department, staff_type, rank, leads, kind))


def build(plan: Plan, chance: Chance) -> Organisation:
    """The force of a plan, with as many posts as each district is to have people."""
    builder = _Builder(chance)
    force = builder.place(FORCE, UnitKind.FORCE, None)
    for name, size in plan.districts:
        district = builder.place(name, UnitKind.DISTRICT, force, name)
        command = builder.place(COMMAND.name, UnitKind.DEPARTMENT, district, name, COMMAND)
        leadership = builder.place(f"{name} Leadership", UnitKind.TEAM, command, name, COMMAND)
        for department, counts in scaled(plan.departments, size):
            if department.code == COMMAND.code:
                _command(builder, command, leadership, counts)
            else:
                _department(builder, district, leadership, (department, counts), size)
    return builder.made


def scaled(
    departments: Sequence[Department], size: int
) -> list[tuple[Department, dict[StaffType, int]]]:
    """How many people of each type each department has in a district of ``size`` people.

    Rounding is carried forward, so that a district has exactly its size.
    """
    total = sum(sum(department.people.values()) for department in departments)
    so_far = given = 0
    found: list[tuple[Department, dict[StaffType, int]]] = []
    for department in departments:
        counts: dict[StaffType, int] = {}
        for staff_type, number in department.people.items():
            so_far += number
            wanted = round(so_far * size / total)
            counts[staff_type] = wanted - given
            given = wanted
        found.append((department, counts))
    return found


def _command(
    builder: _Builder, command: Place, leadership: Place, counts: dict[StaffType, int]
) -> None:
    officer, rank = StaffType.OFFICER, "Superintendent"
    # The most senior leads nobody's table, and so sees nobody's record.
    builder.post(command, command, COMMAND, officer, "Chief Superintendent")
    builder.post(command, command, COMMAND, officer, rank, leadership)
    for _ in range(counts[officer] - 2):
        deputy = SupervisionKind.DEPUTY
        builder.post(leadership, command, COMMAND, officer, rank, leadership, deputy)


def _department(
    builder: _Builder,
    district: Place,
    leadership: Place,
    made_of: tuple[Department, dict[StaffType, int]],
    size: int,
) -> None:
    department, counts = made_of
    name = district.name
    unit = builder.place(department.name, UnitKind.DEPARTMENT, district, name, department)
    number = (
        max(1, round(department.teams * size / USUAL_SIZE))
        if size > USUAL_SIZE
        else department.teams
    )
    label = f"{name} {department.name}"
    teams = [
        builder.place(
            label if number == 1 else f"{label} {ascii_uppercase[index]}",
            UnitKind.TEAM,
            unit,
            name,
            department,
        )
        for index in range(number)
    ]
    lead = max(counts, key=lambda staff_type: counts[staff_type])
    if number == 1:
        _take(counts, lead)
        builder.post(
            leadership, teams[0], department, lead, rank_of(department, lead, "head"), teams[0]
        )
    else:
        _leaders(builder, unit, leadership, (department, counts), teams, lead)
    _members(builder, (department, counts), teams, lead)


def _leaders(
    builder: _Builder,
    unit: Place,
    leadership: Place,
    made_of: tuple[Department, dict[StaffType, int]],
    teams: list[Place],
    lead: StaffType,
) -> None:
    department, counts = made_of
    leaders = builder.place(
        f"{unit.district} {department.name} leaders", UnitKind.TEAM, unit, unit.district, department
    )
    leaders.holds_leaders = True
    kinds = [SupervisionKind.SUPERVISOR] + [SupervisionKind.DEPUTY] * (
        len(teams) // TEAMS_PER_INSPECTOR
    )
    for kind in kinds:
        _take(counts, lead)
        title = "chief" if kind is SupervisionKind.SUPERVISOR else "head"
        rank = rank_of(department, lead, title)
        builder.post(leadership, unit, department, lead, rank, leaders, kind)
    for team in teams:
        _take(counts, lead)
        builder.post(leaders, team, department, lead, rank_of(department, lead, "leader"), team)


def _members(
    builder: _Builder,
    made_of: tuple[Department, dict[StaffType, int]],
    teams: list[Place],
    lead: StaffType,
) -> None:
    department, counts = made_of
    chance = builder.chance
    large = sum(counts.values()) / len(teams) > LARGE_TEAM
    for team in teams:
        for _ in range(2 if large and not _is_first(builder, team) else 1):
            _take(counts, lead)
            rank = rank_of(department, lead, "leader" if large else "member", chance)
            deputy = SupervisionKind.DEPUTY
            builder.post(team, team, department, lead, rank, team, deputy)
    rest = [staff_type for staff_type, count in counts.items() for _ in range(count)]
    chance.shuffle(rest)
    places = _places(builder, teams, len(rest))
    for team, staff_type in zip(places, rest, strict=True):
        builder.post(
            team, team, department, staff_type, rank_of(department, staff_type, "member", chance)
        )


def _is_first(builder: _Builder, team: Place) -> bool:
    return _is_response_team(team) and builder.made.demo_team is team


def _places(builder: _Builder, teams: list[Place], count: int) -> list[Place]:
    """A team for each of ``count`` members: teams differ in size, and the demo team is small."""
    fixed = [team for team in teams if _is_first(builder, team)]
    others = [team for team in teams if team not in fixed] or teams
    members = [team for team in fixed for _ in range(DEMO_TEAM_MEMBERS)]
    weights = [builder.chance.uniform(0.8, 1.25) for _ in others]
    rest = count - len(members)
    whole = sum(weights)
    ends = [round(sum(weights[: index + 1]) / whole * rest) for index in range(len(others))]
    start = 0
    for team, end in zip(others, ends, strict=True):
        members += [team] * (end - start)
        start = end
    return members


def _take(counts: dict[StaffType, int], staff_type: StaffType) -> None:
    counts[staff_type] -= 1


_OFFICER = {
    "member": "Constable",
    "leader": "Sergeant",
    "head": "Inspector",
    "chief": "Chief Inspector",
}
_SPECIAL = {
    "member": "Special Constable",
    "leader": "Special Sergeant",
    "head": "Special Inspector",
    "chief": "Special Inspector",
}
_STAFF = {"leader": "Team leader", "head": "Manager", "chief": "Head of service"}


def rank_of(
    department: Department, staff_type: StaffType, level: str, chance: Chance | None = None
) -> str:
    """The rank or job of somebody at a level: member, leader, head or chief."""
    if staff_type is StaffType.OFFICER:
        rank = _OFFICER[level]
        return f"Detective {rank}" if department.detective else rank
    if staff_type is StaffType.SPECIAL:
        return _SPECIAL[level]
    if staff_type is StaffType.PCSO:
        return "PCSO"
    if level in _STAFF:
        return _STAFF[level]
    return chance.choice(department.jobs) if chance else department.jobs[0]

"""How large a demo force is, what it is made of, and which published figures it reproduces."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from app.people.models import StaffType
from app.referrals.models import Support

Size = Literal["tiny", "slice", "full"]
FORCE = "Northmoor Police"


@dataclass(frozen=True)
class Department:
    """A department as it is in a district of 1,500 people."""

    code: str
    name: str
    teams: int
    people: Mapping[StaffType, int]
    detective: bool = False
    jobs: tuple[str, ...] = ("Business support officer",)
    skills: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    """Skills beyond everyone's, and the share of the department who have them."""


def _mix(
    officers: int = 0, pcsos: int = 0, staff: int = 0, specials: int = 0
) -> dict[StaffType, int]:
    return {
        StaffType.OFFICER: officers,
        StaffType.PCSO: pcsos,
        StaffType.STAFF: staff,
        StaffType.SPECIAL: specials,
    }


COMMAND = Department("command", "Command", 0, _mix(officers=3), jobs=("Staff officer",))

RESPONSE = Department(
    "response",
    "Response",
    9,
    _mix(officers=334),
    skills={"Response driver": 0.6, "Public order": 0.25, "Method of entry": 0.1},
)
NEIGHBOURHOOD = Department(
    "neighbourhood",
    "Neighbourhood policing",
    4,
    _mix(officers=120, pcsos=60),
    skills={"Problem solving": 0.3, "Public order": 0.1},
)
INVESTIGATION = Department(
    "investigation",
    "Criminal investigation",
    4,
    _mix(officers=138, staff=22),
    detective=True,
    jobs=("Civilian investigator", "Case progression officer"),
    skills={"Family liaison officer": 0.12, "Advanced interviewer": 0.3, "Negotiator": 0.03},
)
PROTECTION = Department(
    "protection",
    "Public protection",
    4,
    _mix(officers=100, staff=20),
    detective=True,
    jobs=("Civilian investigator", "Child protection case worker"),
    skills={
        "Specially trained officer": 0.4,
        "Child interviewer": 0.4,
        "Family liaison officer": 0.05,
    },
)
ROADS = Department(
    "roads",
    "Roads policing",
    2,
    _mix(officers=54, staff=6),
    jobs=("Collision investigator",),
    skills={"Advanced driver": 0.9, "Family liaison officer": 0.2, "Collision investigator": 0.2},
)
FIREARMS = Department(
    "firearms",
    "Armed response",
    2,
    _mix(officers=44),
    skills={"Authorised firearms officer": 1.0, "Tactical medic": 0.2, "Advanced driver": 0.5},
)
PROACTIVE = Department(
    "proactive",
    "Intelligence and proactive",
    1,
    _mix(officers=45, staff=15),
    jobs=("Intelligence analyst", "Researcher"),
    skills={"Method of entry": 0.3, "Search": 0.3},
)
FORENSICS = Department(
    "forensics",
    "Digital forensics",
    1,
    _mix(officers=6, staff=30),
    detective=True,
    jobs=("Digital forensic examiner", "Digital triage officer"),
    skills={"Digital investigator": 0.9},
)
CONTACT = Department(
    "contact",
    "Contact and control",
    3,
    _mix(officers=12, staff=138),
    jobs=("Contact handler", "Contact handler", "Dispatcher"),
    skills={"Negotiation on the phone": 0.1},
)
CUSTODY = Department(
    "custody",
    "Custody",
    1,
    _mix(officers=32, staff=30),
    jobs=("Detention officer",),
    skills={"First aid at work": 0.5},
)
SCENES = Department(
    "scenes",
    "Scenes of crime",
    1,
    _mix(staff=26),
    jobs=("Crime scene investigator",),
    skills={"Disaster victim identification": 0.2},
)
WELLBEING = Department(
    "wellbeing",
    "Occupational health and wellbeing",
    1,
    _mix(staff=16),
    jobs=("Wellbeing adviser", "Occupational health adviser", "Wellbeing co-ordinator"),
    skills={"TRiM practitioner": 0.4},
)
OFFENDERS = Department(
    "offenders",
    "Offender management",
    1,
    _mix(officers=24),
    detective=True,
    skills={"Sex offender manager": 0.5},
)
TRAINING = Department(
    "training",
    "Training and standards",
    1,
    _mix(officers=18, staff=17),
    jobs=("Trainer", "Vetting officer"),
)
CORPORATE = Department(
    "corporate",
    "Corporate services",
    3,
    _mix(staff=145),
    jobs=("Business support officer", "Analyst", "Finance officer", "Communications officer"),
)
SPECIALS = Department("specials", "Special Constabulary", 1, _mix(specials=45))

DEPARTMENTS = (
    COMMAND,
    RESPONSE,
    NEIGHBOURHOOD,
    INVESTIGATION,
    PROTECTION,
    ROADS,
    FIREARMS,
    PROACTIVE,
    FORENSICS,
    CONTACT,
    CUSTODY,
    SCENES,
    WELLBEING,
    OFFENDERS,
    TRAINING,
    CORPORATE,
    SPECIALS,
)


def _small(department: Department, teams: int, people: Mapping[StaffType, int]) -> Department:
    return Department(
        department.code,
        department.name,
        teams,
        people,
        detective=department.detective,
        jobs=department.jobs,
        skills=department.skills,
    )


TINY_DEPARTMENTS = (
    _small(COMMAND, 0, _mix(officers=2)),
    _small(RESPONSE, 2, _mix(officers=22, pcsos=2)),
    _small(PROTECTION, 1, _mix(officers=8, staff=2)),
    _small(CONTACT, 1, _mix(officers=1, staff=10)),
    _small(WELLBEING, 1, _mix(staff=5)),
    _small(CORPORATE, 1, _mix(staff=8)),
)


@dataclass(frozen=True)
class Figures:
    """What the conversations of a demo add up to, exactly."""

    debriefs: int
    supports: Mapping[Support, int]

    @property
    def people(self) -> int:
        """How many people took part, counted once for each conversation."""
        return sum(self.supports.values())


PUBLISHED = Figures(
    debriefs=360,
    supports={
        Support.LINE_MANAGER: 412,
        Support.PEER_SUPPORT: 49,
        Support.TRIM: 20,
        Support.NONE: 9,
    },
)
"""What one force's first tracker reported: 360 conversations, in which 84% of the people were
supported by their line manager, 10% (49) by a peer and 4% (20) through TRiM. The shares fit 490
people, which leaves 9 for whom nothing was noted."""


@dataclass(frozen=True)
class Plan:
    """One size of demo. The first district is the pilot, prompted for ``days_prompted`` days; the
    others have only just begun."""

    districts: tuple[tuple[str, int], ...]
    departments: tuple[Department, ...]
    days: int
    days_prompted: int
    figures: Figures
    activity: float = 1.0
    """How much busier than usual people are: more in a very small force, so that it still shows
    everything; less over three years, whose history makes more sums to prompt for."""


PILOT = "Harrowmere"
DAYS_PROMPTED = 350
"""Not quite a year, so that the last twelve months hold every conversation for two weeks yet."""

PLANS: Mapping[Size, Plan] = {
    "tiny": Plan(
        districts=((PILOT, 60),),
        departments=TINY_DEPARTMENTS,
        days=120,
        days_prompted=120,
        figures=Figures(
            debriefs=18,
            supports={
                Support.LINE_MANAGER: 17,
                Support.PEER_SUPPORT: 2,
                Support.TRIM: 1,
                Support.NONE: 1,
            },
        ),
        activity=1.5,
    ),
    "slice": Plan(
        districts=((PILOT, 1_500),),
        departments=DEPARTMENTS,
        days=365,
        days_prompted=DAYS_PROMPTED,
        figures=PUBLISHED,
        activity=0.96,
    ),
    "full": Plan(
        districts=(
            (PILOT, 1_500),
            ("Pellwick", 2_300),
            ("Corvendale", 2_200),
            ("Skelmarsh", 2_050),
            ("Ravenhythe", 1_950),
        ),
        departments=DEPARTMENTS,
        days=3 * 365,
        days_prompted=DAYS_PROMPTED,
        figures=PUBLISHED,
        activity=0.89,
    ),
}

AREAS: Mapping[str, tuple[str, ...]] = {
    PILOT: ("Harrow Cross", "Mereside", "Old Quarter", "Thistle Bank", "Upper Harrow", "Wharfend"),
    "Pellwick": ("Pell Bridge", "Castle Row", "Gorsley Heights", "Low Pell", "Tannery Side"),
    "Corvendale": ("Corven Head", "Dalefoot", "Slatebeck", "Ling Moor", "Market Corven"),
    "Skelmarsh": ("Skel Harbour", "Saltings", "Marsh Green", "Lantern Quay", "Reedholme"),
    "Ravenhythe": ("Hythe Top", "Ravensgill", "Millrace", "Quarry Bank", "Stonegarth"),
}
"""Invented neighbourhoods, named on incidents."""

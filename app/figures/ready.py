"""Ready-made pages: which panels each has. Data only; what is not published is left out."""

from dataclasses import dataclass

from app.figures.panels import Beside, ByGroup, OverTime, Panel
from app.measures.vocabulary import PROTECTED, Dimension, PeriodKind

BESIDE_NOT_BECAUSE = (
    "These lines stand beside each other. That one moves when another does says nothing about "
    "cause."
)
FOR_MEETINGS = (
    "exposed",
    "exposed_3",
    "exposed_talked",
    "exposed_supported",
    "absent_psychological",
    "left_without_transfers",
)
GROUPS: dict[Dimension, str] = {
    Dimension.SEX: "women and men",
    Dimension.GENDER_IDENTITY: "trans and non-binary people",
    Dimension.ETHNICITY: "ethnic groups",
    Dimension.DISABILITY: "disabled people",
    Dimension.RELIGION: "religions and beliefs",
    Dimension.ORIENTATION: "sexual orientations",
    Dimension.AGE: "age groups",
    Dimension.CARING: "people who care for somebody",
    Dimension.HOURS: "part-time and full-time people",
    Dimension.STAFF_TYPE: "officers, staff and others",
    Dimension.RANK: "ranks",
    Dimension.SERVICE: "people new to the job and of long service",
}
"""For whom there is a page for a meeting, and what it is called after "For"."""


@dataclass(frozen=True)
class Topic:
    """A ready-made page. ``kind``: the period it opens with; longer ones show smaller groups."""

    slug: str
    title: str
    intro: str
    kind: PeriodKind
    panels: tuple[Panel, ...]
    for_groups: bool = False
    """Whether it is one of the pages for meetings, listed apart."""

    @property
    def lazy(self) -> bool:
        """Whether its panels come one by one; a short page is whole at once, to be printed."""
        return len(self.panels) > 1


def panel_of(topic: Topic, slug: str) -> Panel | None:
    """A panel by its name in the address."""
    return next((one for one in topic.panels if one.slug == slug), None)


def _by_each(measure: str, *dimensions: Dimension) -> tuple[ByGroup, ...]:
    return tuple(ByGroup(f"{measure}-{one.value}", measure, one) for one in dimensions)


def _of_each(dimension: Dimension, *measures: str) -> tuple[ByGroup, ...]:
    return tuple(ByGroup(f"{one}-{dimension.value}", one, dimension) for one in measures)


EQUITY = Topic(
    "support-and-equity",
    "Support and equity",
    "Who, of those exposed, accepted support or had it already. Where a group stands apart, ask "
    "why before you act.",
    PeriodKind.YEAR,
    _by_each(
        "exposed_supported",
        *PROTECTED,
        Dimension.HOURS,
        Dimension.STAFF_TYPE,
        Dimension.SERVICE,
    ),
)
ABSENCE = Topic(
    "absence-and-leaving",
    "Absence and leaving",
    "Absence, leaving and exposure on one line of time. They are shown beside each other, never as "
    "cause and effect.",
    PeriodKind.QUARTER,
    (
        OverTime(
            "absence-and-leaving",
            "Off sick for a psychological reason, beside leaving",
            ("absent_psychological", "left_without_transfers"),
            BESIDE_NOT_BECAUSE,
        ),
        OverTime(
            "absence-and-exposure",
            "Off sick for a psychological reason, beside exposure",
            ("absent_psychological", "exposed_3"),
            BESIDE_NOT_BECAUSE,
        ),
        OverTime(
            "before-and-after",
            "Absence before and after accepting support",
            ("absent_before_support", "absent_after_support"),
        ),
        *_by_each("absent_psychological", Dimension.DISTRICT, Dimension.SERVICE),
        *_by_each("left_without_transfers", Dimension.DISTRICT, Dimension.SERVICE),
        OverTime(
            "transfers",
            "Leaving, with and without transfers",
            ("left_without_transfers", "left_with_transfers"),
        ),
    ),
)
TIMELINESS = Topic(
    "timeliness",
    "How soon people are talked with",
    "Of those for whom a conversation was suggested. Somebody may say no, and nothing follows from "
    "it, so nobody has to aim for 100%.",
    PeriodKind.QUARTER,
    (
        OverTime(
            "over-time",
            "Talked with in time, and answered in time",
            ("talked_in_time", "answered_in_time"),
        ),
        *_by_each(
            "talked_in_time",
            Dimension.DISTRICT,
            Dimension.DEPARTMENT,
            Dimension.STAFF_TYPE,
            Dimension.RANK,
        ),
        OverTime("services", "Contacted in time by a service", ("contacted_any",)),
        *_by_each("contacted_any", Dimension.DISTRICT),
    ),
)
PLACES = Topic(
    "geography",
    "Across the force",
    "The same figures for each district.",
    PeriodKind.QUARTER,
    (
        Beside(
            "districts",
            "Districts side by side",
            Dimension.DISTRICT,
            ("exposed", "talked_in_time", "exposed_supported", "absent_psychological"),
        ),
        *_of_each(Dimension.DISTRICT, "exposed", "exposed_3", "exposed_supported"),
    ),
)
VAWG = Topic(
    "violence-against-women-and-girls",
    "Violence against women and girls",
    "For that strategy: who attends these incidents, and whether women and men who do the work are "
    "supported alike.",
    PeriodKind.YEAR,
    (
        OverTime(
            "attending",
            "People who attended a rape or serious sexual offence",
            ("type_sexual_offence",),
        ),
        *_of_each(
            Dimension.SEX,
            "type_sexual_offence",
            "type_digital_material",
            "type_assault_on_staff",
            "exposed_talked",
            "exposed_supported",
            "absent_psychological",
        ),
        *_by_each("type_sexual_offence", Dimension.DISTRICT, Dimension.SKILL),
    ),
)
RACE = Topic(
    "race-action-plan",
    "Race action plan",
    "For that plan: exposure, support, absence and leaving by ethnicity.",
    PeriodKind.YEAR,
    _of_each(
        Dimension.ETHNICITY,
        "exposed",
        "exposed_3",
        "talked_in_time",
        "exposed_offered",
        "exposed_supported",
        "referred_any",
        "absent_psychological",
        "left_resigned_or_medical",
        "left_without_transfers",
    ),
)
MEETINGS = tuple(
    Topic(
        f"for-{one.value.replace('_', '-')}",
        f"For {called}",
        "One page to print for a meeting, such as a staff network\u2019s.",
        PeriodKind.YEAR,
        (Beside("all", f"For {called}, side by side", one, FOR_MEETINGS),),
        for_groups=True,
    )
    for one, called in GROUPS.items()
)
TOPICS = {one.slug: one for one in (EQUITY, ABSENCE, TIMELINESS, PLACES, VAWG, RACE, *MEETINGS)}

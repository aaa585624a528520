"""What each department meets, how often, and how many people go. Invented, in the proportions that
police officers report: few see the worst often, and some see it only on a screen."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.incidents.models import AttendanceRole

AT_SCENE, ASSIGNED, REMOTE = (
    AttendanceRole.AT_SCENE,
    AttendanceRole.ASSIGNED,
    AttendanceRole.REMOTE,
)
Types = Mapping[str, float]


@dataclass(frozen=True)
class Stream:
    """What a department meets: incidents for each of its people in a year, how many go, and what
    kinds. Kinds that ask for a conversation each time are rare, as they are in life."""

    a_year: float
    crew: Mapping[int, float]
    types: Types
    role: AttendanceRole = AT_SCENE
    source: str = "command"


PAIRS = {1: 45, 2: 40, 3: 11, 4: 4}
ALONE = {1: 88, 2: 12}
MORE_GO = {0: 25, 1: 45, 2: 20, 3: 10}
"""How many more people go to what always asks for a conversation."""

STREAMS: Mapping[str, Stream] = {
    "response": Stream(
        3.1,
        PAIRS,
        {
            "sudden_death": 27,
            "suicide_attempt": 17,
            "assault_on_staff": 12,
            "serious_assault": 11,
            "serious_collision": 7,
            "death_message": 6,
            "failed_resuscitation": 5,
            "suicide": 3,
            "threat_to_life": 1.4,
            "child_harm": 2.5,
            "body_recovery": 1.5,
            "sexual_offence": 1.5,
            "fatal_collision": 0.9,
            "child_death": 0.7,
            "homicide": 0.45,
            "colleague_death": 0.2,
            "major_incident": 0.3,
            "police_contact": 0.2,
            "use_of_force": 1,
            "other": 1.5,
        },
    ),
    "neighbourhood": Stream(
        0.6,
        PAIRS,
        {
            "sudden_death": 25,
            "suicide_attempt": 20,
            "assault_on_staff": 20,
            "serious_assault": 10,
            "child_harm": 8,
            "death_message": 8,
            "suicide": 2,
            "threat_to_life": 1,
            "other": 6,
        },
    ),
    "investigation": Stream(
        1.3,
        {1: 55, 2: 35, 3: 10},
        {
            "serious_assault": 30,
            "sexual_offence": 15,
            "sudden_death": 17,
            "death_message": 12,
            "child_harm": 8,
            "body_recovery": 5,
            "suicide": 3,
            "homicide": 2.5,
            "digital_material": 4,
            "other": 2,
        },
        source="crime",
    ),
    "protection": Stream(
        3.1,
        {1: 70, 2: 26, 3: 4},
        {
            "child_harm": 42,
            "sexual_offence": 39,
            "digital_material": 11,
            "serious_assault": 3,
            "child_death": 2.2,
            "suicide": 1,
            "other": 2,
        },
        source="crime",
    ),
    "roads": Stream(
        2.6,
        {1: 30, 2: 50, 3: 14, 4: 6},
        {
            "serious_collision": 72,
            "death_message": 9,
            "fatal_collision": 6,
            "failed_resuscitation": 4,
            "assault_on_staff": 3,
            "threat_to_life": 1,
            "suicide": 1,
        },
    ),
    "firearms": Stream(
        1.0,
        {2: 35, 3: 30, 4: 35},
        {
            "serious_assault": 32,
            "suicide_attempt": 22,
            "use_of_force": 25,
            "threat_to_life": 7,
            "assault_on_staff": 6,
            "failed_resuscitation": 3,
            "police_contact": 1.5,
        },
    ),
    "proactive": Stream(
        0.5, PAIRS, {"assault_on_staff": 40, "use_of_force": 30, "child_harm": 10, "other": 10}
    ),
    "forensics": Stream(
        4.6, {1: 92, 2: 8}, {"digital_material": 97, "child_harm": 3}, REMOTE, "forensics"
    ),
    "contact": Stream(2.6, ALONE, {"call_handling": 100}, REMOTE, "telephony"),
    "custody": Stream(
        0.7,
        PAIRS,
        {"suicide_attempt": 55, "assault_on_staff": 40, "police_contact": 1, "other": 4},
    ),
    "scenes": Stream(
        4.4,
        {1: 80, 2: 20},
        {
            "sudden_death": 42,
            "body_recovery": 18,
            "serious_assault": 16,
            "sexual_offence": 10,
            "suicide": 5,
            "homicide": 3,
            "child_death": 1.5,
        },
        source="crime",
    ),
    "offenders": Stream(
        1.8,
        ALONE,
        {"child_harm": 35, "digital_material": 35, "sexual_offence": 22, "assault_on_staff": 8},
        source="crime",
    ),
    "specials": Stream(
        0.8, PAIRS, {"sudden_death": 30, "serious_assault": 25, "assault_on_staff": 30, "other": 10}
    ),
}

JOINED_BY: Mapping[str, tuple[str, float]] = {
    "homicide": ("scenes", 0.6),
    "suicide": ("scenes", 0.15),
    "fatal_collision": ("roads", 0.5),
    "child_death": ("protection", 0.4),
    "body_recovery": ("scenes", 0.4),
}
"""Another department that sends somebody too, and how often."""
HEARD = 0.08
"""Of incidents on the command system, those for which the call's handler is recorded as well."""
SENT_TOO = 0.45
"""People sent to each incident who were not needed, or arrived when it was over."""

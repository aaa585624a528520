"""An hour of a night shift as the control room's system tells it, and what two teams then see."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import text
from sqlmodel import Session

TEAM = """SELECT u.source_ref FROM unit u
JOIN supervision s ON s.unit_id = u.id JOIN account a ON a.person_id = s.person_id
WHERE a.username = :supervisor AND s.ends_on IS NULL AND NOT s.withdrawn
ORDER BY u.public_id LIMIT 1"""
CAST = """SELECT p.public_id, p.given_name, p.family_name, p.source_ref, u.public_id
FROM posting o JOIN person p ON p.id = o.person_id JOIN unit u ON u.id = o.unit_id
WHERE p.source_ref LIKE 'LIVE-%' AND p.source_system = :system AND u.source_ref = :team
ORDER BY p.source_ref"""
MINE, OTHERS = "supervisor@demo", "supervisor2@demo"
SYSTEM, PEOPLE_SYSTEM = "control", "hr"
NAMES = {
    MINE: (("Imogen", "Ashdown"), ("Rafiq", "Sayeed"), ("Catrin", "Powell")),
    OTHERS: (("Tom", "Okafor"),),
}
"""Who takes part, by whose team they joined a week ago: nobody who was there before them, so that
what they saw before, which depends on the moment at which the demo was made, is nothing."""


class Actor(NamedTuple):
    """Somebody in the story, and the team whose page shows them."""

    person: str
    name: str
    ref: str
    team: str


class Row(NamedTuple):
    """What is sent to one address of the API."""

    kind: str
    values: dict[str, object]


class Seen(NamedTuple):
    """What a team's page says of one person."""

    count: int
    """Incidents in the last 28 days."""
    reasons: int
    """Prompts that wait."""


class Step(NamedTuple):
    """One moment of the shift: what is sent, and what changes on the pages, by person."""

    minute: int
    told: str
    rows: tuple[Row, ...]
    changes: dict[str, Seen]
    shown: str


def team_of(session: Session, supervisor: str) -> str:
    """What HR calls the team whose page a supervisor has open."""
    found: str = session.connection().execute(text(TEAM), {"supervisor": supervisor}).scalar_one()
    return found


def joining(supervisor: str, team: str, day: date) -> Iterator[Row]:
    """What HR tells of those who take part from one team: they joined it on a day."""
    said = {"starts_on": day.isoformat(), "unit_ref": team, "version": 1}
    for number, (given, family) in enumerate(NAMES[supervisor], 1):
        ref = f"LIVE-{team}-{number}"
        person = {"ref": ref, "given_name": given, "family_name": family, "staff_type": "officer"}
        yield Row("people", person | {"joined_on": day.isoformat(), "version": 1})
        yield Row("postings", {"ref": f"{ref}/1", "person_ref": ref} | said)


def cast(session: Session, team: str) -> list[Actor]:
    """Who takes part, from one team."""
    values = {"team": team, "system": PEOPLE_SYSTEM}
    found = session.connection().execute(text(CAST), values).all()
    return [
        Actor(person, f"{given} {family}", ref, page) for person, given, family, ref, page in found
    ]


def _incident(ref: str, when: datetime, code: str, version: int, **more: object) -> Row:
    values = {"ref": ref, "occurred_at": when.isoformat(), "type": code, "version": version}
    return Row("incidents", values | more)


def _there(ref: str, who: Actor, role: str, version: int, **more: object) -> Row:
    values = {"ref": f"{ref}/{who.ref}", "incident_ref": ref, "person_ref": who.ref, "role": role}
    return Row("attendance", values | {"version": version} | more)


def story(mine: list[Actor], other: Actor, start: datetime) -> Iterator[Step]:
    """The steps in their order. ``start``: an hour ago, so that nothing is in the future."""
    first, second, third = mine
    quiet, once, asked = Seen(0, 0), Seen(1, 0), Seen(1, 1)
    a, b, c = (f"LIVE-{number}" for number in (1, 2, 3))
    at = {minute: start + timedelta(minutes=minute) for minute in (2, 24, 41)}
    yield Step(
        2,
        f"A sudden death is reported; {first.name} and {second.name} are sent.",
        (
            _incident(a, at[2], "sudden_death", 1),
            _there(a, first, "assigned", 1),
            _there(a, second, "assigned", 1),
        ),
        {},
        "Nothing: being sent is not being there.",
    )
    yield Step(
        11,
        f"{first.name} arrives.",
        (_there(a, first, "at_scene", 2),),
        {first.person: once},
        f"{first.name} has one more incident.",
    )
    yield Step(
        13,
        f"{second.name} arrives.",
        (_there(a, second, "at_scene", 2),),
        {second.person: once},
        f"{second.name} has one more incident.",
    )
    yield Step(
        24,
        f"A fatal road collision; {third.name} is there first.",
        (_incident(b, at[24], "fatal_collision", 1), _there(b, third, "at_scene", 1)),
        {third.person: asked},
        f"{third.name} is to be talked to.",
    )
    yield Step(
        33,
        "The first incident is closed as a suicide.",
        (_incident(a, at[2], "suicide", 2),),
        {first.person: asked, second.person: asked},
        f"{first.name} and {second.name} are to be talked to.",
    )
    yield Step(
        41,
        f"A murder; {other.name}, who is not posted here, deals with it.",
        (_incident(c, at[41], "homicide", 1), _there(c, other, "at_scene", 1)),
        {other.person: asked},
        f"Nothing here. On the page of {other.name}'s own team, they are to be talked to.",
    )
    yield Step(
        52,
        "The collision was logged twice: this record of it is withdrawn.",
        (_incident(b, at[24], "fatal_collision", 2, withdrawn=True),),
        {third.person: quiet},
        f"Nothing waits for {third.name} any more, and the incident no longer counts.",
    )
    yield Step(
        58,
        f"A correction: {second.name} never got there.",
        (_there(a, second, "at_scene", 3, withdrawn=True),),
        {second.person: quiet},
        f"Nothing waits for {second.name} any more.",
    )

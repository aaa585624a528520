"""Inventing a whole force, its history included, on an empty database."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Engine
from sqlmodel import Session, SQLModel

from app.common.clock import local_date
from app.database import transaction
from app.demo import (
    absence,
    arranged,
    careers,
    history,
    incidents,
    organisation,
    people,
    prompts,
    story,
)
from app.demo.arrivals import write_arrivals
from app.demo.asked import write_asked
from app.demo.chance import Chance
from app.demo.checked import write_checks
from app.demo.conversations import write_down
from app.demo.history import TooQuietError
from app.demo.incidents import Record, World
from app.demo.kept import write_kept
from app.demo.packs import write_pack
from app.demo.people import Everyone
from app.demo.plan import PLANS, Size
from app.demo.referred import write_referred
from app.demo.rights import write_requests
from app.demo.sign_ins import write_accounts, write_looks
from app.demo.store import Row, continue_numbering, write
from app.exposure import service as exposure
from app.exposure.models import PromptingStart
from app.incidents.models import Attendance, Incident
from app.incidents.service import install_shipped_framework
from app.notifications import waiting
from app.notifications.models import Notification
from app.packs.queries import ready
from app.people.models import (
    AbsenceSpell,
    Characteristic,
    Person,
    Posting,
    Skill,
    Supervision,
    Unit,
    UnitAncestor,
    UnitKind,
)
from app.people.service import posting_precedence
from app.security.key_store import KeyStore

Progress = Callable[[str, int, int], None]
HR = "hr"
OTHERS_BEGAN = timedelta(days=2)
"""Districts after the pilot were switched on this long ago."""
STEPS = 3
BUSIER = (1.0, 1.25, 1.6)
"""Chance, counted from another day, may bring too little for the figures: then more is tried."""


@dataclass(frozen=True)
class _Force:
    everyone: Everyone
    world: World
    record: Record


def build(
    engine: Engine,
    *,
    size: Size,
    now: datetime,
    keys: KeyStore,
    progress: Progress | None = None,
) -> None:
    """Fill a migrated, empty database; all of it, or nothing if it is stopped on the way.

    The same ``now`` gives the same force, sealed values and password hashes apart.
    """
    say = progress or _quiet
    now = now.replace(second=0, microsecond=0)
    for busier in BUSIER:
        force = _invent(size, now, busier, say)
        try:
            with transaction(engine) as session:
                _write_force(session, force, say)
                _play(session, force, keys, now, say)
                continue_numbering(session)
        except TooQuietError:
            if busier == BUSIER[-1]:
                raise
        else:
            return


def _quiet(_step: str, _done: int, _total: int) -> None:
    return


def _invent(size: Size, now: datetime, busier: float, say: Progress) -> _Force:
    step, today = "Inventing people", local_date(now)
    plan = replace(PLANS[size], activity=PLANS[size].activity * busier)
    say(step, 0, STEPS)
    made = organisation.build(plan, Chance("organisation"))
    everyone = people.build(plan, made, today, Chance("people"))
    say(step, 1, STEPS)
    lives = careers.build(plan, made, everyone, today, Chance("careers"))
    say(step, 2, STEPS)
    away = absence.build(plan, everyone, now, Chance("absence"))
    say(step, STEPS, STEPS)
    world = World(plan, made, lives, away, now)
    told, quiet = story.tell(everyone, world)
    record = incidents.build(
        world, told, quiet, Chance("incidents"), partial(say, "Inventing incidents")
    )
    return _Force(everyone, world, record)


def _write_force(session: Session, force: _Force, say: Progress) -> None:
    today = force.world.today
    lives = force.world.careers
    everyone = force.everyone
    tables: tuple[tuple[type[SQLModel], Iterator[Row]], ...] = (
        (Unit, _units(force)),
        (UnitAncestor, _ancestors(force)),
        (Person, _people(force)),
        (Characteristic, people.characteristics(everyone, Chance("characteristics"))),
        (Skill, people.skills(everyone, today, Chance("skills"))),
        (Posting, _postings(force)),
        (Supervision, _supervisions(lives)),
        (AbsenceSpell, _absences(force)),
        (Incident, _incidents(force)),
        (Attendance, _attendance(force)),
        (PromptingStart, _starts(force)),
    )
    for done, (table, rows) in enumerate(tables):
        say("Writing it down", done, len(tables))
        write(session, table, rows)
    say("Writing it down", len(tables), len(tables))
    install_shipped_framework(session, now=force.world.now)


def _play(session: Session, force: _Force, keys: KeyStore, now: datetime, say: Progress) -> None:
    everyone, world = force.everyone, force.world
    exposure.rebuild(session, now=now, progress=say)
    step = "Holding conversations"
    say(step, 0, STEPS)
    accounts = write_accounts(session, everyone, world, Chance("accounts"))
    asked = prompts.renumber(session, Chance("prompts"))
    say(step, 1, STEPS)
    bundles = prompts.bundles(asked, world, everyone, force.record)
    top = everyone.holding(world.organisation.top)
    past = history.play(world, bundles, top, Chance("history"))
    talked = write_down(session, past, world, accounts, keys, Chance("conversations"))
    arranged.arrange(session, everyone, world, accounts, Chance("arranged"))
    write_referred(session, talked, everyone, world, accounts, Chance("referred"))
    write_checks(session, keys, now, Chance("checks"))
    write_asked(session, world, keys, Chance("asked"))
    say(step, 2, STEPS)
    write_looks(session, everyone, world, past, accounts)
    write_requests(session, everyone, world, accounts, keys, Chance("rights"))
    write_arrivals(session, world, len(everyone.in_post), Chance("arrivals"))
    write_pack(session, keys.ring, now, Chance("packs"))
    write_kept(session, now, Chance("kept"))
    write(session, Notification, _told(session, keys, now, Chance("notifications")))
    say(step, STEPS, STEPS)


def _told(session: Session, keys: KeyStore, now: datetime, chance: Chance) -> Iterator[Row]:
    """What everybody who leads a team has just been told."""
    packs = waiting.packs(ready(session, now=now))
    for thing in sorted([*waiting.things(session, keys=keys, now=now), *packs]):
        yield {**thing._asdict(), "public_id": chance.public_id(), "told_at": now}


# --- Rows -----------------------------------------------------------------------------------------


def _units(force: _Force) -> Iterator[Row]:
    for place in force.world.organisation.places:
        yield {
            "id": place.id,
            "public_id": place.public_id,
            "source_system": HR,
            "source_ref": f"U{place.id:04}",
            "name": place.name,
            "kind": place.kind,
            "parent_id": place.parent.id if place.parent else None,
            "parent_said_id": place.parent.id if place.parent else None,
        }


def _ancestors(force: _Force) -> Iterator[Row]:
    for place in force.world.organisation.places:
        for depth, above in enumerate(place.above()):
            yield {"unit_id": place.id, "ancestor_id": above.id, "depth": depth}


def _people(force: _Force) -> Iterator[Row]:
    for human in force.everyone:
        yield {
            "id": human.id,
            "public_id": human.public_id,
            "source_system": HR,
            "source_ref": human.ref,
            "given_name": human.given,
            "family_name": human.family,
            "staff_type": human.post.staff_type,
            "rank": human.post.rank,
            "joined_on": human.joined_on,
            "left_on": human.left_on,
            "leaving_reason": human.leaving_reason,
            "leaver_version": -1 if human.left_on is None else 0,
        }


def _postings(force: _Force) -> Iterator[Row]:
    for number, turn in enumerate(force.world.careers.turns, 1):
        yield {
            "id": number,
            "source_system": HR,
            "source_ref": turn.ref,
            "person_id": turn.human.id,
            "unit_id": turn.home.id,
            "kind": turn.kind,
            "starts_on": turn.starts_on,
            "ends_on": turn.ends_on,
            "precedence": posting_precedence(turn.kind, turn.starts_on, turn.ref),
        }


def _supervisions(lives: careers.Careers) -> Iterator[Row]:
    for leading in lives.leading:
        # Whoever leads a department's leaders leads the department: what waits too long goes there.
        for unit in (leading.unit, leading.unit.parent if leading.unit.holds_leaders else None):
            if unit is not None:
                yield {
                    "unit_id": unit.id,
                    "person_id": leading.human.id,
                    "kind": leading.kind,
                    "starts_on": leading.starts_on,
                    "ends_on": leading.ends_on,
                }


def _absences(force: _Force) -> Iterator[Row]:
    for away in force.world.absences.spells:
        yield {
            "person_id": away.human.id,
            "starts_on": away.starts_on,
            "ends_on": away.ends_on,
            "psychological": away.psychological,
            "hours_lost": away.hours,
            "recorded_at": away.recorded_at,
        }


def _incidents(force: _Force) -> Iterator[Row]:
    for incident in force.record.incidents:
        yield {
            "id": incident.id,
            "public_id": incident.public_id,
            "source_system": incident.source,
            "source_ref": incident.ref,
            "occurred_at": incident.occurred_at,
            "type_code": incident.type_code,
            "area": incident.area,
            "withdrawn": incident.withdrawn,
            "received_at": incident.received_at,
        }


def _attendance(force: _Force) -> Iterator[Row]:
    for number, presence in enumerate(force.record.presences, 1):
        yield {
            "id": number,
            "source_system": presence.source,
            "source_ref": presence.ref,
            "incident_id": presence.incident.id,
            "person_id": presence.human.id,
            "role": presence.role,
            "withdrawn": presence.withdrawn,
            "received_at": presence.incident.received_at,
        }


def _starts(force: _Force) -> Iterator[Row]:
    world = force.world
    pilot = world.plan.districts[0][0]
    for place in world.organisation.places:
        if place.kind is UnitKind.DISTRICT:
            days = timedelta(days=world.plan.days_prompted)
            before = days if place.district == pilot else OTHERS_BEGAN
            yield {"unit_id": place.id, "starts_on": world.today - before}

"""Accounts for the demo's roles and for everybody who leads, and a first few looks at records."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta

from sqlmodel import Session

from app.accounts.models import Account, RoleGrant
from app.accounts.service import hash_password
from app.audit import service as audit
from app.audit.events import Entry, Event
from app.common.clock import from_local
from app.demo.accounts import DEMO_ACCOUNTS, DEMO_PASSWORD, NOT_READ_YET
from app.demo.careers import Leading
from app.demo.chance import Chance
from app.demo.history import History
from app.demo.incidents import World
from app.demo.people import Everyone, Human
from app.demo.store import Row, write
from app.people.models import UnitKind
from app.rights import notice
from app.security.permissions import ROLE_NAMES, Role

NO_PASSWORD = "!"  # noqa: S105 - not a hash of anything, so nothing matches it
SHOWN_FOR = timedelta(days=60)


def write_accounts(
    session: Session, everyone: Everyone, world: World, chance: Chance
) -> dict[int, int]:
    """Store the accounts; returns each person's."""
    people = {human.username: human for human in everyone.in_post if human.username}
    hashed = hash_password(DEMO_PASSWORD)
    since = from_local(world.today - timedelta(days=world.plan.days + 30), time(9))
    rows: list[Row] = []
    accounts: dict[int, int] = {}

    def add(username: str, name: str, password_hash: str, human: Human | None) -> None:
        number = len(rows) + 1
        rows.append(
            {
                "id": number,
                "public_id": chance.public_id(),
                "username": username,
                "display_name": name,
                "password_hash": password_hash,
                "person_id": human.id if human else None,
                "active": human is None or human.left_on is None,
                "created_at": since,
                "notice_version": 0 if username in NOT_READ_YET else notice.VERSION,
                "notice_read_at": None if username in NOT_READ_YET else since,
            }
        )
        if human:
            accounts[human.id] = number

    for demo in DEMO_ACCOUNTS:
        add(demo.username, demo.name, hashed, people.get(demo.username))
    for leading in world.careers.leading:
        if leading.human.id not in accounts:
            add(_username(leading.human), leading.human.name, NO_PASSWORD, leading.human)
    write(session, Account, rows)
    write(session, RoleGrant, [*_demo_grants(world, since.date()), *_leaders(world, accounts)])
    return accounts


def _username(human: Human) -> str:
    return f"{human.given}.{human.family}.{human.ref}".lower().replace(" ", "-").replace("'", "")


def _demo_grants(world: World, since: date) -> Iterator[Row]:
    pilot = next(place for place in world.organisation.places if place.kind is UnitKind.DISTRICT)
    for number, demo in enumerate(DEMO_ACCOUNTS, 1):
        if demo.role is Role.SUPERVISOR:
            continue  # Granted below, over the team they lead.
        district = demo.role is Role.WELLBEING_PRACTITIONER
        yield _grant(number, demo.role, pilot.id if district else None, since, None)


def _grant(
    account_id: int, role: Role, unit_id: int | None, starts_on: date, ends_on: date | None
) -> Row:
    return {
        "account_id": account_id,
        "role": role,
        "unit_id": unit_id,
        "starts_on": starts_on,
        "ends_on": ends_on,
    }


def _leaders(world: World, accounts: dict[int, int]) -> Iterator[Row]:
    """One grant for each unit somebody leads or covers, for as long as they do."""
    spells = defaultdict(list)
    for leading in world.careers.leading:
        spells[leading.human.id, leading.unit.id].append(leading)
    for (person_id, unit_id), mine in spells.items():
        yield _grant(accounts[person_id], Role.SUPERVISOR, unit_id, *_span(mine))


def _span(mine: Sequence[Leading]) -> tuple[date, date | None]:
    ends = [leading.ends_on for leading in mine if leading.ends_on is not None]
    still = len(ends) < len(mine)
    return min(leading.starts_on for leading in mine), None if still else max(ends)


def write_looks(
    session: Session, everyone: Everyone, world: World, history: History, accounts: dict[int, int]
) -> None:
    """Note who opened what about the demo team, so that "who looked" has something to show."""
    entries = [
        *_answers(world, history, accounts),
        *_visits(everyone, world, accounts),
    ]
    audit.append(session, sorted(entries, key=lambda entry: (entry.at, entry.event)))


def _entry(
    event: Event,
    at: datetime,
    by: int,
    role: Role,
    *,
    subject: int | None = None,
    unit: int,
    details: dict[str, object] | None = None,
) -> Entry:
    return Entry(
        event,
        at,
        actor_account_id=by,
        actor_role=ROLE_NAMES[role],
        subject_person_id=subject,
        unit_id=unit,
        details=details or {},
    )


def _answers(world: World, history: History, accounts: dict[int, int]) -> Iterator[Entry]:
    team = world.organisation.demo_team.id
    for talk in history.talks:
        if talk.unit_id != team or world.now - talk.recorded_at > SHOWN_FOR:
            continue
        by = accounts[talk.by.id]
        opened = talk.recorded_at - timedelta(minutes=6)
        yield _entry(Event.TEAM_VIEWED, opened, by, Role.SUPERVISOR, unit=team)
        for bundle in talk.bundles:
            details: dict[str, object] = {
                "prompt": [item.public_id for item in bundle.items],
                "fields": ["outcome", "factors", "support", "next_contact_on"],
            }
            yield _entry(
                Event.PROMPT_ANSWERED,
                talk.recorded_at,
                by,
                Role.SUPERVISOR,
                subject=bundle.human.id,
                unit=team,
                details=details,
            )


def _visits(everyone: Everyone, world: World, accounts: dict[int, int]) -> Iterator[Entry]:
    """Looks at the demo team and at the record of its member with a demo account."""
    team = world.organisation.demo_team.id
    staff = everyone.acting("staff@demo").id
    looks = (
        (2, 3, "supervisor@demo", Role.SUPERVISOR),
        (6, 1, "deputy@demo", Role.SUPERVISOR),
        (13, 5, "supervisor@demo", Role.SUPERVISOR),
        (20, 4, "practitioner@demo", Role.WELLBEING_PRACTITIONER),
        (34, 2, "supervisor@demo", Role.SUPERVISOR),
    )
    for days, hours, username, role in looks:
        at = world.now - timedelta(days=days, hours=hours, minutes=days * 29 % 60)
        by = accounts[everyone.acting(username).id]
        yield _entry(Event.TEAM_VIEWED, at, by, role, unit=team)
        yield _entry(
            Event.RECORD_VIEWED,
            at + timedelta(minutes=2),
            by,
            role,
            subject=staff,
            unit=team,
            details={"page": "record"},
        )

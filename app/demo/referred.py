"""What services of a demo were asked for and did: who works for which, and every referral.

Those that followed conversations have gone their way; a few of the last days, told the same way in
every demo, are open, one overdue, one taken back, one passed on.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlmodel import Session

from app.common.clock import local_date
from app.demo.chance import Chance
from app.demo.incidents import World
from app.demo.people import Everyone, Human
from app.demo.store import Row, write
from app.demo.story import demo_members
from app.referrals.models import (
    CareKind,
    Outcome,
    PractitionerCare,
    Referral,
    ReferralState,
    ReferralStep,
    ServicePractitioner,
    StepKind,
    Support,
    SupportService,
)
from app.referrals.rules import planned, usual

SENT, ACCEPTED, CONTACTED, CLOSED = ReferralState
WORKS: tuple[tuple[str, Support], ...] = (
    ("practitioner@demo", Support.PEER_SUPPORT),
    ("trim@demo", Support.TRIM),
    ("oh@demo", Support.OCCUPATIONAL_HEALTH),
    ("oh@demo", Support.EMPLOYEE_ASSISTANCE),
)
"""Nobody works for the chaplaincy, so that a lead sees what that looks like."""
MORE = (("listener@demo", Support.PEER_SUPPORT), ("listener@demo", Support.STAFF_NETWORK))
"""Who works for them besides, and has nobody yet."""
FEWEST_AT_ONCE = 6
ENDED: Mapping[Outcome, float] = {
    Outcome.COMPLETED: 14,
    Outcome.SIGNPOSTED: 3,
    Outcome.DECLINED: 2,
    Outcome.NOT_REACHED: 1,
}
OPEN_DAYS = 35


@dataclass(slots=True)
class Referred:
    """Somebody who agreed in a conversation that a service makes contact."""

    human: Human
    service: Support
    agreed_at: datetime
    by: int
    """The account of whoever says so."""
    part_id: int | None = None
    state: ReferralState = SENT
    outcome: Outcome | None = None
    held: bool = False
    """Whether the first meeting took place."""
    passed_from: int | None = None
    own: bool = False
    """They asked themself."""
    number: int = field(default=0)


class _Told(NamedTuple):
    hours: int
    service: Support
    member: int
    state: ReferralState
    outcome: Outcome | None = None
    own: bool = False


LATELY = (
    _Told(40, Support.PEER_SUPPORT, 1, SENT),
    _Told(3, Support.PEER_SUPPORT, 2, SENT),
    _Told(30, Support.PEER_SUPPORT, 3, ACCEPTED),
    _Told(26, Support.PEER_SUPPORT, 5, ACCEPTED),
    _Told(122, Support.PEER_SUPPORT, 4, CONTACTED),
    _Told(200, Support.PEER_SUPPORT, 0, CONTACTED),
    _Told(260, Support.PEER_SUPPORT, 6, CONTACTED),
    _Told(320, Support.PEER_SUPPORT, 7, CONTACTED),
    _Told(146, Support.TRIM, 0, CONTACTED),
    _Told(96, Support.TRIM, 3, ACCEPTED),
    _Told(20, Support.TRIM, 4, SENT),
    _Told(70, Support.TRIM, 2, CLOSED, Outcome.WITHDRAWN),
    _Told(150, Support.TRIM, 5, CLOSED, Outcome.PASSED_ON),
    _Told(52, Support.OCCUPATIONAL_HEALTH, 5, SENT),
    _Told(98, Support.OCCUPATIONAL_HEALTH, 6, CONTACTED),
    _Told(22, Support.PEER_SUPPORT, 0, ACCEPTED, own=True),
    _Told(2, Support.TRIM, 6, SENT, own=True),
)
"""Hours ago, to which service, who of the demo supervisor's team, how far it has got, and whether
they asked themselves, of which she knows nothing."""


def write_referred(
    session: Session,
    talked: Sequence[Referred],
    everyone: Everyone,
    world: World,
    accounts: Mapping[int, int],
    chance: Chance,
) -> None:
    """Store services, who works for them, and every referral."""
    for one in talked:
        _age(one, world.now, chance)
    found = [*talked, *_lately(everyone, world, accounts)]
    for number, one in enumerate(found, 1):
        one.number = number
    _pass_on(found)
    works = {service: accounts[everyone.acting(name).id] for name, service in WORKS}
    rows = [_referral(one, works, world.now, chance) for one in found]
    write(session, Referral, rows)
    write(session, ReferralStep, list(_steps(found, rows, chance)))
    seats = [
        *works.items(),
        *((service, accounts[everyone.acting(name).id]) for name, service in MORE),
    ]
    write(session, ServicePractitioner, list(_practitioners(rows, seats, world, chance)))
    write(session, SupportService, [_switched_on(world, accounts[everyone.acting("lead@demo").id])])
    spoken = {
        "account_id": works[Support.TRIM],
        "kind": CareKind.SPOKEN,
        "at": world.now - timedelta(days=24),
        "by_account_id": accounts[everyone.acting("lead@demo").id],
    }
    write(session, PractitionerCare, [spoken])


def _age(one: Referred, now: datetime, chance: Chance) -> None:
    """How far a referral of some days ago has got."""
    age = now - one.agreed_at
    if age > timedelta(days=OPEN_DAYS):
        one.state, one.outcome = CLOSED, chance.pick(ENDED)
    elif age > timedelta(days=3):
        one.state = CONTACTED
    else:
        one.state = ACCEPTED if age > timedelta(hours=12) else SENT
    one.held = one.state is CONTACTED


def _lately(everyone: Everyone, world: World, accounts: Mapping[int, int]) -> Iterator[Referred]:
    members = demo_members(everyone, world)
    by = accounts[everyone.acting("supervisor@demo").id]
    for told in LATELY:
        at = world.now - timedelta(hours=told.hours)
        human = members[told.member % len(members)]
        held = told.state is CONTACTED
        # Somebody without an account of their own would have asked with one: nobody is named.
        who = accounts.get(human.id, 0) if told.own else by
        yield Referred(
            human, told.service, at, who, None, told.state, told.outcome, held, own=told.own
        )


def _pass_on(found: Sequence[Referred]) -> None:
    before = next(one for one in found if one.outcome is Outcome.PASSED_ON)
    for one in found:
        if one.service is Support.OCCUPATIONAL_HEALTH and one.human is before.human:
            one.passed_from = before.number


def _referral(one: Referred, works: Mapping[Support, int], now: datetime, chance: Chance) -> Row:
    taken = one.state is not SENT
    reached = one.state is CONTACTED or one.outcome in {Outcome.COMPLETED, Outcome.SIGNPOSTED}
    days = chance.randint(29, OPEN_DAYS - 1)
    closed = one.agreed_at + timedelta(days=2 if _at_once(one) else days)
    by = works[Support.TRIM] if one.passed_from else one.by
    return {
        "id": one.number,
        "public_id": chance.public_id(),
        "person_id": one.human.id,
        "debrief_person_id": one.part_id,
        "service": one.service,
        "state": one.state,
        "agreed_at": one.agreed_at,
        "agreement_by_account_id": by or None,
        "sent_at": one.agreed_at,
        "supervisor_sees": one.passed_from is None and not one.own,
        "practitioner_account_id": works[one.service] if taken else None,
        "accepted_at": one.agreed_at + timedelta(hours=5) if taken else None,
        "contacted_on": _day(one.agreed_at, 1, now) if reached else None,
        "closed_at": min(closed, now) if one.state is CLOSED else None,
        "outcome": one.outcome,
        "passed_from_id": one.passed_from,
        "revision": 0,
    }


def _at_once(one: Referred) -> bool:
    return one.outcome in {Outcome.WITHDRAWN, Outcome.PASSED_ON}


def _day(moment: datetime, days: int, now: datetime) -> date:
    return local_date(min(moment + timedelta(days=days), now))


def _steps(
    found: Sequence[Referred], rows: Sequence[Row], chance: Chance
) -> Iterator[dict[str, Any]]:
    for one, row in zip(found, rows, strict=True):
        if row["accepted_at"] is None:
            continue
        ended = one.outcome is Outcome.COMPLETED
        for kind, due_on in planned(one.service, usual(one.service), one.agreed_at).items():
            done = ended or (one.held and kind is StepKind.FIRST_MEETING)
            early = timedelta(days=chance.randint(0, 1))
            yield {
                "referral_id": one.number,
                "kind": kind,
                "due_on": due_on,
                "done_on": due_on - early if done else None,
            }


def _practitioners(
    rows: Sequence[Row], seats: Sequence[tuple[Support, int]], world: World, chance: Chance
) -> Iterator[Row]:
    """Everybody has room for one more, and no more than that."""
    for service, account_id in seats:
        people = sum(
            row["service"] is service
            and row["practitioner_account_id"] == account_id
            and row["state"] is not CLOSED
            for row in rows
        )
        yield {
            "public_id": chance.public_id(),
            "account_id": account_id,
            "service": service,
            "unit_id": None,
            "caseload_limit": max(FEWEST_AT_ONCE, people + 1),
            "active": True,
            "added_at": world.now - timedelta(days=200),
        }


def _switched_on(world: World, lead: int) -> Row:
    """A staff network that has agreed to have an inbox."""
    held = replace(usual(Support.STAFF_NETWORK), offered=True)
    changed = {"changed_at": world.now - timedelta(days=200), "changed_by_account_id": lead}
    return {"service": Support.STAFF_NETWORK, **asdict(held), **changed}

"""How long ago each feed last came, and whether that is longer than was agreed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import func
from sqlmodel import Session, col, select

from app.audit.events import Entry, Event
from app.audit.service import append
from app.bulk import DIALECTS
from app.database import columns, rows
from app.feeds.models import FeedKind, KnownFeed
from app.people.queries import all_teams, touch_units
from app.security.viewer import Viewer

USUAL: dict[FeedKind, int] = {
    FeedKind.INCIDENTS: 1,
    FeedKind.ATTENDANCE: 1,
    FeedKind.PEOPLE: 26,
    FeedKind.POSTINGS: 26,
    FeedKind.LEAVERS: 26,
    FeedKind.SUPERVISORS: 26,
}
"""Hours within which a feed of each kind usually comes: a nightly one may be two hours late."""
USUAL_OTHERWISE = 35 * 24
LONGEST_LIMIT = 366 * 24
COUNTED = frozenset({FeedKind.INCIDENTS, FeedKind.ATTENDANCE})
"""Feeds without which counts and prompts come late."""
POSTED = frozenset({FeedKind.PEOPLE, FeedKind.POSTINGS, FeedKind.SUPERVISORS})
"""Feeds without which a team's table may have the wrong people in it, or the wrong reader."""


class State(StrEnum):
    """How a feed stands."""

    FRESH = "fresh"
    STALE = "stale"
    NOT_EXPECTED = "not_expected"


@dataclass(frozen=True)
class FeedAge:
    """One feed at one moment. ``limit``: hours that may pass between two deliveries."""

    system: str
    kind: FeedKind
    delivered_at: datetime
    limit: int
    usual: bool
    """Whether the limit is the usual one, which nobody has changed."""
    state: State


class Delivered(NamedTuple):
    """What is known of a feed that is expected: as much as says how old it is."""

    system: str
    kind: FeedKind
    delivered_at: datetime
    limit_hours: int | None
    expected: bool = True


def age_of(feed: KnownFeed | Delivered, now: datetime) -> FeedAge:
    """How a feed stands at a moment."""
    usual = USUAL.get(feed.kind, USUAL_OTHERWISE)
    limit = usual if feed.limit_hours is None else feed.limit_hours
    if not feed.expected:
        state = State.NOT_EXPECTED
    elif now - feed.delivered_at > timedelta(hours=limit):
        state = State.STALE
    else:
        state = State.FRESH
    own = feed.limit_hours is None
    return FeedAge(feed.system, feed.kind, feed.delivered_at, limit, own, state)


def ages(session: Session, *, now: datetime) -> list[FeedAge]:
    """Every feed that has ever delivered, the stale ones first; nobody's data."""
    order = list(FeedKind)
    found = [age_of(feed, now) for feed in session.exec(select(KnownFeed))]
    return sorted(
        found, key=lambda one: (one.state is not State.STALE, order.index(one.kind), one.system)
    )


FOR_TEAMS = columns(
    KnownFeed.system, KnownFeed.kind, KnownFeed.delivered_at, KnownFeed.limit_hours
).where(col(KnownFeed.kind).in_(sorted(COUNTED | POSTED)), col(KnownFeed.expected).is_(True))


def late_for_teams(session: Session, *, now: datetime) -> list[FeedAge]:
    """The stale feeds that make a supervisor's page late."""
    found = (age_of(Delivered(*row), now) for row in rows(session, FOR_TEAMS))
    order = list(FeedKind)
    stale = [one for one in found if one.state is State.STALE]
    return sorted(stale, key=lambda one: (order.index(one.kind), one.system))


def delivered(session: Session, *, system: str, kind: FeedKind, now: datetime) -> None:
    """Note that a feed came; if the supervisors' pages say that it is late, they stop saying so."""
    table = KnownFeed.__table__  # type: ignore[attr-defined]
    make: Any = DIALECTS[session.connection().dialect.name]
    first = make(table).values(
        system=system, kind=kind, delivered_at=now, expected=True, told_stale=False
    )
    newest = func.max if session.connection().dialect.name == "sqlite" else func.greatest
    session.connection().execute(
        first.on_conflict_do_update(
            index_elements=["system", "kind"],
            set_={"delivered_at": newest(table.c.delivered_at, first.excluded.delivered_at)},
        )
    )
    told = session.exec(
        select(KnownFeed.told_stale).where(KnownFeed.system == system, KnownFeed.kind == kind)
    ).one()
    if told:
        tell(session, now=now)


def tell(session: Session, *, now: datetime) -> int:
    """Let open team pages know of feeds that became late, or are late no more; returns how many."""
    changed: list[KnownFeed] = []
    for feed in session.exec(select(KnownFeed).execution_options(populate_existing=True)):
        is_stale = age_of(feed, now).state is State.STALE
        if is_stale is not feed.told_stale:
            feed.told_stale = is_stale
            changed.append(feed)
    session.add_all(changed)
    session.flush()
    if any(feed.kind in COUNTED | POSTED for feed in changed):
        touch_units(session, unit_ids=all_teams(session))
    return len(changed)


def one(session: Session, *, system: str, kind: FeedKind) -> KnownFeed | None:
    """One feed, if it has ever delivered."""
    return session.get(KnownFeed, (system, kind))


def agree(
    session: Session, *, actor: Viewer, feed: KnownFeed, hours: int | None, now: datetime
) -> None:
    """Say how old a feed may get.

    Args:
        session: The request's transaction.
        actor: The data steward.
        feed: The feed.
        hours: The most that may pass between two deliveries; ``None``: it is not expected.
        now: The present moment.
    """
    feed.expected = hours is not None
    if hours is not None:
        feed.limit_hours = hours
    session.add(feed)
    session.flush()
    tell(session, now=now)
    details: dict[str, object] = {"system": feed.system, "kind": feed.kind.value, "hours": hours}
    entry = Entry(
        Event.FEED_LIMIT_AGREED,
        now,
        actor_account_id=actor.account_id,
        actor_role=actor.role_names,
        details=details,
    )
    append(session, [entry])


def names(found: Iterable[FeedAge]) -> list[str]:
    """Which feeds, for a line that an operator reads."""
    return [f"{one.kind.value} from {one.system}" for one in found]

"""How old a feed may get, and who is told when it is older."""

from datetime import timedelta

import pytest
from sqlmodel import select

from app.audit.models import AuditEntry
from app.database import reading, transaction
from app.feeds import freshness
from app.feeds.freshness import State
from app.feeds.models import FeedKind, KnownFeed, RunState
from app.people.models import Unit, UnitKind
from app.security.permissions import Role
from app.security.viewer import Viewer, grants_of
from jobs import watch_feeds
from tests.factories import account
from tests.feeds.conftest import NOW

HOUR = timedelta(hours=1)
LATE = NOW + HOUR + timedelta(seconds=1)
INCIDENT = {"ref": "I1", "occurred_at": "2026-11-20T12:00", "type": "suicide"}


def only(feed, *, now=NOW):
    """The one feed there is."""
    with reading(feed.engine) as session:
        (found,) = freshness.ages(session, now=now)
    return found


def teams(feed, count: int = 2) -> None:
    with transaction(feed.engine) as session:
        for number in range(count):
            session.add(
                Unit(source_system="hr", source_ref=f"U{number}", name="A", kind=UnitKind.TEAM)
            )


def versions(feed) -> list[int]:
    return feed.query(select(Unit.version).order_by(Unit.id))


def watch(feed, now) -> str:
    with transaction(feed.engine) as session:
        return watch_feeds.run(session=session, now=now)


def agree(feed, hours, *, now=NOW) -> None:
    with transaction(feed.engine) as session:
        steward = Viewer(account(session), None, "X", grants_of([(Role.DATA_STEWARD, None)]))
        known = freshness.one(session, system="cad", kind=FeedKind.INCIDENTS)
        freshness.agree(session, actor=steward, feed=known, hours=hours, now=now)


def test_a_feed_is_known_from_its_first_delivery(feed_both):
    with reading(feed_both.engine) as session:
        assert freshness.ages(session, now=NOW) == []
    feed_both.load("incidents", INCIDENT)
    found = only(feed_both)
    assert (found.system, found.kind, found.delivered_at) == ("cad", FeedKind.INCIDENTS, NOW)
    assert (found.limit, found.usual, found.state) == (1, True, State.FRESH)


def test_an_empty_delivery_counts_and_a_refused_one_does_not(feed_both):
    feed_both.load("incidents", INCIDENT)
    named = list(INCIDENT)
    empty = feed_both.file(",".join(named) + "\n")
    feed_both.load("incidents", file=empty, named=named, now=NOW + HOUR)
    assert only(feed_both).delivered_at == NOW + HOUR
    refused = feed_both.load("incidents", file=feed_both.file(""), named=named, now=NOW + 2 * HOUR)
    assert refused.state is RunState.REFUSED
    assert only(feed_both).delivered_at == NOW + HOUR


def test_a_delivery_that_is_read_late_does_not_turn_time_back(feed_both):
    feed_both.load("incidents", INCIDENT, now=NOW + HOUR)
    feed_both.load("incidents", INCIDENT, now=NOW)
    assert only(feed_both).delivered_at == NOW + HOUR


@pytest.mark.parametrize(
    ("kind", "hours"),
    [(FeedKind.ATTENDANCE, 1), (FeedKind.SUPERVISORS, 26), (FeedKind.SKILLS, 35 * 24)],
)
def test_what_is_usual_depends_on_the_kind(kind, hours):
    row = KnownFeed(system="x", kind=kind, delivered_at=NOW)
    assert freshness.age_of(row, NOW + timedelta(hours=hours)).state is State.FRESH
    late = NOW + timedelta(hours=hours, seconds=1)
    assert freshness.age_of(row, late).state is State.STALE


def test_open_pages_are_told_once_when_a_feed_becomes_late_and_once_when_it_comes(feed_both):
    teams(feed_both)
    feed_both.load("incidents", INCIDENT)
    before = versions(feed_both)
    watch(feed_both, NOW + HOUR)
    assert versions(feed_both) == before
    for _minute in range(3):
        watch(feed_both, LATE)
    assert versions(feed_both) == [n + 1 for n in before]
    # At once, by the delivery itself, and not again by the job.
    feed_both.load("incidents", INCIDENT, now=LATE)
    assert versions(feed_both) == [n + 2 for n in before]
    watch(feed_both, LATE)
    assert versions(feed_both) == [n + 2 for n in before]


def test_a_feed_that_no_team_page_depends_on_disturbs_nobody(feed_both):
    teams(feed_both)
    feed_both.load(
        "skills", {"ref": "K1", "person_ref": "P1", "name": "x", "starts_on": "2026-01-01"}
    )
    before = versions(feed_both)
    assert watch(feed_both, NOW + timedelta(days=40)).startswith("1 ")
    assert versions(feed_both) == before
    with reading(feed_both.engine) as session:
        assert freshness.late_for_teams(session, now=NOW + timedelta(days=40)) == []


def test_what_is_agreed_holds_at_once_and_is_written_down(feed_both):
    teams(feed_both)
    feed_both.load("incidents", INCIDENT)
    watch(feed_both, LATE)
    told = versions(feed_both)
    agree(feed_both, 6, now=LATE)
    found = only(feed_both, now=LATE)
    assert (found.state, found.limit, found.usual) == (State.FRESH, 6, False)
    assert versions(feed_both) == [n + 1 for n in told]
    agree(feed_both, None, now=LATE)
    assert only(feed_both, now=NOW + timedelta(days=400)).state is State.NOT_EXPECTED
    written = feed_both.query(select(AuditEntry).where(AuditEntry.event == "feed:limit_agreed"))
    assert [entry.details["hours"] for entry in written] == [6, None]
    assert all(entry.actor_account_id for entry in written)
    agree(feed_both, 2, now=LATE)
    assert only(feed_both, now=LATE).state is State.FRESH

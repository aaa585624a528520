"""From a feed's row to a prompt on the screen, while five hundred supervisors poll."""

import asyncio
import json
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import text
from sqlmodel import Session

from app.common.clock import utc_now
from app.config import Settings
from app.database import make_engine, transaction
from app.factory import create_app
from app.security import tokens
from bench.polling import Connection, connect, get, post
from bench.serving import COOKIE, Site, served, sign_in

POLLERS = 500
EVERY = 1.5
"""Seconds between two polls of one page, as in the template."""
EVENTS = 120
BETWEEN = 0.5
"""Seconds between two events; a token may send 300 requests a minute and an event takes two."""
WARM_UP = 6.0
AGENT = "bench"
AIM = 1.0
TEAMS = """SELECT u.public_id, min(a.id) FROM supervision s JOIN unit u ON u.id = s.unit_id
JOIN account a ON a.person_id = s.person_id
WHERE s.ends_on IS NULL AND NOT s.withdrawn AND s.kind = 'supervisor' AND u.kind = 'team'
GROUP BY u.id, u.public_id"""
"""Each team and the account of somebody who leads it: in a demo force every leader has one."""
QUIET = """SELECT p.public_id, p.source_ref, p.source_system, u.public_id
FROM posting o JOIN person p ON p.id = o.person_id JOIN unit u ON u.id = o.unit_id
WHERE u.kind = 'team' AND NOT o.withdrawn AND o.ends_on IS NULL AND p.left_on IS NULL
AND o.starts_on <= :day
AND NOT EXISTS (SELECT 1 FROM prompt_person w WHERE w.person_id = p.id)
AND NOT EXISTS (SELECT 1 FROM supervision s WHERE s.person_id = p.id)
AND (SELECT count(*) FROM posting b WHERE b.person_id = p.id AND NOT b.withdrawn
     AND (b.ends_on IS NULL OR b.ends_on >= :day)) = 1
ORDER BY p.public_id"""
"""People of whom nothing waits, so that whatever appears is new."""


class Quiet(NamedTuple):
    """Somebody who will turn out to have been at an incident."""

    person: str
    ref: str
    system: str
    team: str


@dataclass
class Sent:
    """A row that was sent: when, until when the site was at it, and who should see what."""

    team: str
    mark: bytes
    sent_at: float
    stored_at: float = 0.0
    asked_at: dict[int, float] = field(default_factory=dict)
    """By poller: when it first asked after the row was stored."""
    own: dict[int, float] = field(default_factory=dict)
    whole: dict[int, float] = field(default_factory=dict)


class Watch:
    """What all the pollers saw."""

    def __init__(self) -> None:
        self.sent: list[Sent] = []
        self.took: list[float] = []
        self.faults = 0
        self.ended = False

    def seen(self, poller: int, team: str, asked: float, body: bytes) -> None:
        """A poll was answered with rows."""
        now = time.monotonic()
        for one in self.sent:
            if one.team == team and poller not in one.whole and one.mark in body:
                stored = one.stored_at or now
                waited = max(one.asked_at.get(poller, asked) - stored, 0.0)
                one.whole[poller] = now - one.sent_at
                one.own[poller] = now - one.sent_at - waited

    def asked(self, poller: int, team: str, at: float) -> None:
        """A poll is about to be sent."""
        for one in self.sent:
            if one.team == team and one.stored_at and poller not in one.whole:
                one.asked_at.setdefault(poller, at)


async def _poll(number: int, port: int, team: str, cookie: str, watch: Watch) -> None:
    connection = await connect(port)
    path, tag = f"/teams/{team}/rows", ""
    headers = {"User_Agent": AGENT, "HX_Request": "true", "Cookie": f"{COOKIE}={cookie}"}
    due = time.monotonic() + EVERY * number / POLLERS
    while not watch.ended:
        await asyncio.sleep(max(due - time.monotonic(), 0))
        due += EVERY
        asked = time.monotonic()
        watch.asked(number, team, asked)
        try:
            reply = await connection.ask(get(path, **headers, **({"HX_PTag": tag} if tag else {})))
        except ConnectionError:
            watch.faults += 1
            connection = await connect(port)
            continue
        watch.took.append(time.monotonic() - asked)
        if reply.status == 200:
            tag = reply.header(b"hx-ptag").decode()
            watch.seen(number, team, asked, reply.body)
        elif reply.status != 304:
            watch.faults += 1


async def _feed(port: int, token: str, people: list[Quiet], watch: Watch) -> None:
    await asyncio.sleep(WARM_UP)
    watch.took.clear()
    connection = await connect(port)
    for number, person in enumerate(people):
        when = utc_now() - timedelta(minutes=5)
        incident = {"ref": f"live-{number}", "occurred_at": when.isoformat(), "type": "suicide"}
        there = {
            "ref": f"live-{number}",
            "incident_ref": incident["ref"],
            "person_ref": person.ref,
            "role": "at_scene",
        }
        await _send(connection, token, "incidents", {"system": "bench", "rows": [incident]}, watch)
        one = Sent(person.team, f'hx-get="/people/{person.person}/'.encode(), time.monotonic())
        watch.sent.append(one)
        body = {"system": "bench", "person_system": person.system, "rows": [there]}
        await _send(connection, token, "attendance", body, watch)
        one.stored_at = time.monotonic()
        await asyncio.sleep(max(BETWEEN - (time.monotonic() - one.sent_at), 0))
    await asyncio.sleep(EVERY * 2)
    watch.ended = True


async def _send(
    connection: Connection, token: str, kind: str, body: dict[str, object], watch: Watch
) -> None:
    reply = await connection.ask(
        post(
            f"/api/v1/feeds/{kind}",
            json.dumps(body).encode(),
            Authorization=f"Bearer {token}",
            Content_Type="application/json",
        )
    )
    if reply.status != 200:
        watch.faults += 1


class Found(NamedTuple):
    """What one run measured; seconds, and shares of one core."""

    own: list[float]
    whole: list[float]
    storing: list[float]
    polls: list[float]
    faults: int
    unseen: int
    server: float
    client: float


def measure(settings: Settings) -> Found:
    """Serve a demo force, sign in five hundred supervisors, send rows and watch."""
    engine = make_engine(settings.database_url)
    with transaction(engine) as database:
        kinds = ["incidents", "attendance"]
        _, token = tokens.make(
            database,
            name="bench",
            system="bench",
            kinds=kinds,
            life=timedelta(days=1),
            now=utc_now(),
        )
        teams = dict(database.connection().execute(text(TEAMS)).all())
        people = _people(database, set(teams))
    app = create_app(settings)
    names = sorted(teams)
    watchers = [names[number % len(names)] for number in range(POLLERS)]
    cookies = [sign_in(app, teams[name], AGENT) for name in watchers]
    app.extensions["engine"].dispose()
    engine.dispose()
    with served(settings) as site:
        return asyncio.run(_run(site, token, people, list(zip(watchers, cookies, strict=True))))


def _people(database: Session, teams: set[str]) -> list[Quiet]:
    day = utc_now().date().isoformat()
    rows = [Quiet(*row) for row in database.connection().execute(text(QUIET), {"day": day})]
    return [row for row in rows if row.team in teams][:EVENTS]


async def _run(
    site: Site, token: str, people: list[Quiet], watchers: list[tuple[str, str]]
) -> Found:
    watch = Watch()
    started, ours, theirs = time.monotonic(), time.process_time(), site.cpu()
    polls = [
        _poll(number, site.port, team, cookie, watch)
        for number, (team, cookie) in enumerate(watchers)
    ]
    await asyncio.gather(_feed(site.port, token, people, watch), *polls)
    length = time.monotonic() - started
    watching = {team: sum(name == team for name, _ in watchers) for team, _ in watchers}
    expected = sum(watching[one.team] for one in watch.sent)
    return Found(
        own=[took for one in watch.sent for took in one.own.values()],
        whole=[took for one in watch.sent for took in one.whole.values()],
        storing=[one.stored_at - one.sent_at for one in watch.sent],
        polls=watch.took,
        faults=watch.faults,
        unseen=expected - sum(len(one.whole) for one in watch.sent),
        server=(site.cpu() - theirs) / length,
        client=(time.process_time() - ours) / length,
    )


def part(times: list[float], percent: int) -> str:
    """A percentile, in milliseconds."""
    return f"{statistics.quantiles(times, n=100)[percent - 1] * 1000:,.0f} ms"


def table(found: dict[str, Found]) -> Iterator[str]:
    """The lines of the table, one column for each database."""
    rows = {
        "Our own time, p50": lambda one: part(one.own, 50),
        f"Our own time, p95 (aim: at most {AIM:.0f} s)": lambda one: part(one.own, 95),
        f"With the wait for the next poll (every {EVERY} s), p50": lambda one: part(one.whole, 50),
        "The same, p95": lambda one: part(one.whole, 95),
        "Of our own time, storing the row and what follows, p50": lambda one: part(one.storing, 50),
        "The same for storing, p95": lambda one: part(one.storing, 95),
        "One poll, p50": lambda one: part(one.polls, 50),
        "One poll, p95": lambda one: part(one.polls, 95),
        "Polls answered": lambda one: f"{len(one.polls):,}",
        "Prompts seen by a supervisor's page": lambda one: f"{len(one.own):,}",
        "Never seen": lambda one: f"{one.unseen:,}",
        "Errors": lambda one: f"{one.faults:,}",
        "Processor of the site": lambda one: f"{one.server:.0%} of a core",
        "Processor of the pollers": lambda one: f"{one.client:.0%} of a core",
    }
    yield "|  | " + " | ".join(found) + " |"
    yield "| --- |" + " --- |" * len(found)
    for words, show in rows.items():
        yield f"| {words} | " + " | ".join(show(one) for one in found.values()) + " |"

"""Plays the shift on a running site and compares what two open pages show after every step."""

import json
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path

from playwright.sync_api import Browser, Page
from sqlmodel import Session

from app.common.clock import utc_now
from app.config import Settings
from app.database import make_engine, transaction
from app.demo.accounts import DEMO_PASSWORD
from app.security import tokens
from tests.live_demo.shift import (
    MINE,
    OTHERS,
    PEOPLE_SYSTEM,
    SYSTEM,
    Actor,
    Row,
    Seen,
    Step,
    cast,
    joining,
    story,
    team_of,
)

PATIENCE = 10.0
"""Seconds until a change that did not appear counts as missing."""
LONG_ENOUGH = 3.5
"""Seconds after which nothing has changed if nothing was to change: two polls and a little."""
LOOK = """() => Object.fromEntries([...document.querySelectorAll("#rows tr[id]")].map(row => [
  row.id.slice(4),
  [Number(row.querySelector("[data-label='28 days']").textContent),
   row.querySelectorAll(".reason").length],
]))"""
Table = dict[str, Seen]


class Source:
    """A system of the force: it has a token and sends rows over HTTP."""

    def __init__(self, port: int, system: str, token: str) -> None:
        self.port = port
        self.system = system
        self.token = token

    def send(self, row: Row) -> None:
        """One row, as a request of its own."""
        body = {"system": self.system, "rows": [row.values]}
        if row.kind == "attendance":
            body["person_system"] = PEOPLE_SYSTEM
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        http = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            http.request("POST", f"/api/v1/feeds/{row.kind}", json.dumps(body), headers)
            reply = http.getresponse()
            told = reply.read().decode()
        finally:
            http.close()
        if reply.status != 200:
            message = f"the site answered {reply.status}: {told}"
            raise RuntimeError(message)


class Window:
    """A team's page in a browser, opened once and never again."""

    def __init__(self, browser: Browser, address: str, username: str, team: str) -> None:
        context = browser.new_context(
            base_url=address, viewport={"width": 1280, "height": 900}, locale="en-GB"
        )
        self.team = team
        self.page: Page = context.new_page()
        self.page.goto("/sign-in")
        self.page.get_by_label("User name").fill(username)
        self.page.get_by_label("Password", exact=True).fill(DEMO_PASSWORD)
        self.page.get_by_role("button", name="Sign in", exact=True).click()
        self.page.wait_for_url(address + "/")
        self.page.goto(f"/teams/{team}")
        self.page.evaluate("window.openedOnce = true")
        self.expected = self.table()

    def table(self) -> Table:
        """What the page shows at this moment."""
        return {person: Seen(*seen) for person, seen in self.page.evaluate(LOOK).items()}

    def was_reloaded(self) -> bool:
        """Whether somebody or something loaded the page again."""
        return self.page.evaluate("window.openedOnce") is not True

    def close(self) -> None:
        """Close it, and forget who was signed in."""
        self.page.context.close()


class Shift:
    """The story on one site, told as it goes."""

    def __init__(
        self, control: Source, windows: list[Window], folder: Path, say: Callable[[str], None]
    ) -> None:
        self.control = control
        self.windows = windows
        self.folder = folder
        self.say = say
        self.start = {
            person: seen for window in windows for person, seen in window.expected.items()
        }
        self.pictures = 0

    def play(self, step: Step) -> bool:
        """Send what a step says and wait for what it changes; whether that, and no more, came."""
        self.say(f"{step.minute:3} min  {step.told}")
        for window in self.windows:
            for person in step.changes.keys() & window.expected.keys():
                before, more = self.start[person], step.changes[person]
                window.expected[person] = Seen(
                    before.count + more.count, before.reasons + more.reasons
                )
        started = time.monotonic()
        for row in step.rows:
            self.control.send(row)
        stored = time.monotonic()
        appeared = self._wait(started) if step.changes else self._stays(started)
        self._picture(step)
        if appeared is None:
            self.say("         WRONG: the page does not show what it should.")
            return False
        after = f" after {appeared * 1000:,.0f} ms" if step.changes else ""
        self.say(
            f"         {step.shown} ({len(step.rows)} rows stored in "
            f"{(stored - started) * 1000:,.0f} ms{'; seen' + after if after else ''})"
        )
        return True

    def _right(self) -> bool:
        return all(window.table() == window.expected for window in self.windows)

    def _wait(self, started: float) -> float | None:
        while time.monotonic() - started < PATIENCE:
            if self._right():
                return time.monotonic() - started
            self.windows[0].page.wait_for_timeout(20)
        return None

    def _stays(self, started: float) -> float | None:
        while time.monotonic() - started < LONG_ENOUGH:
            if not self._right():
                return None
            self.windows[0].page.wait_for_timeout(100)
        return time.monotonic() - started

    def _picture(self, step: Step) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        for window, name in zip(self.windows, ("here", "other team"), strict=False):
            path = self.folder / f"{step.minute:02} min, {name}.png"
            window.page.screenshot(path=path, full_page=True, animations="disabled")
            self.pictures += 1


def taking_part(settings: Settings, port: int) -> tuple[Source, list[Actor], Actor]:
    """The control room; and three members of the supervisor's team and one of another's, who
    joined a week ago, as HR has just told."""
    engine = make_engine(settings.database_url)
    now = utc_now()
    with transaction(engine) as session:
        control = _source(session, port, SYSTEM, ["incidents", "attendance"], now)
        hr = _source(session, port, PEOPLE_SYSTEM, ["people", "postings"], now)
        teams = {who: team_of(session, who) for who in (MINE, OTHERS)}
    for supervisor, team in teams.items():
        for row in joining(supervisor, team, (now - timedelta(days=7)).date()):
            hr.send(row)
    with transaction(engine) as session:
        mine, others = cast(session, teams[MINE]), cast(session, teams[OTHERS])
    engine.dispose()
    return control, mine, others[0]


def _source(session: Session, port: int, system: str, kinds: list[str], now: datetime) -> Source:
    life = timedelta(days=1)
    _, token = tokens.make(session, name=system, system=system, kinds=kinds, life=life, now=now)
    return Source(port, system, token)


def play(
    settings: Settings,
    port: int,
    browser: Browser,
    folder: Path,
    *,
    pace: float,
    say: Callable[[str], None],
    told: Callable[..., Iterator[Step]] = story,
) -> list[str]:
    """Play all of it; what went wrong, which should be nothing.

    Args:
        settings: those of the site, whose database names who takes part.
        port: where the site listens.
        browser: an open Chromium.
        folder: where pictures go.
        pace: seconds from one step to the next, at least.
        say: prints a line.
        told: the story.
    """
    control, mine, other = taking_part(settings, port)
    address = f"http://127.0.0.1:{port}"
    windows = [
        Window(browser, address, MINE, mine[0].team),
        Window(browser, address, OTHERS, other.team),
    ]
    shift = Shift(control, windows, folder, say)
    wrong = []
    for step in told(mine, other, utc_now() - timedelta(hours=1)):
        started = time.monotonic()
        if not shift.play(step):
            wrong.append(step.told)
            break
        windows[0].page.wait_for_timeout(max(pace - (time.monotonic() - started), 0) * 1000)
    wrong += [f"{window.team} was loaded again" for window in windows if window.was_reloaded()]
    for window in windows:
        window.close()
    say(f"{shift.pictures} pictures are in {folder}")
    return wrong

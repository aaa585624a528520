"""Once a month the next figures are made and attacked; a person then decides."""

from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from app.config import instance_folder, keys_address, release_rules, releases_address
from app.database import reading
from app.disclosure import queries
from app.disclosure.attacking import attack
from app.disclosure.parameters import read_parameters
from app.disclosure.preparing import Preparer, prepare
from app.disclosure.service import DecisionError, Places
from app.disclosure.store import State, open_writer
from app.security.key_store import opened_store


def run(*, session: Session, now: datetime) -> str:
    """Prepare this month's candidate, unless one was prepared or one still waits."""
    writer, rules = releases_address(), release_rules()
    # What is kept is in transactions of its own, so the job's own is not used.
    engine: Any = session.get_bind()
    releases = open_writer(writer)
    try:
        with reading(releases) as known:
            newest = next(iter(queries.releases(known, last=1)), None)
        if newest and (newest.state is State.CANDIDATE or _month(newest.day) == _month(now)):
            return ""
        with opened_store(keys_address(), instance_folder()) as keys:
            found = prepare(
                Places(engine, releases, keys),
                preparer=Preparer(),
                parameters=read_parameters(rules),
                attack=attack(),
                now=now,
            )
    except DecisionError as error:
        return str(error)
    finally:
        releases.dispose()
    return f"release {found.number}: {found.state.value}"


def _month(day: date) -> tuple[int, int]:
    return day.year, day.month

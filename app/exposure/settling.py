"""Settling what the rules said, before the incidents that they counted are removed.

A rule that spoke is quiet for its own window, so what it says on one day depends on when it spoke
before, and that on what was counted then. Without a memory, removing the oldest incident of a
career could make rules speak on other days ever since, and ask a supervisor about what is long
past.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete
from sqlmodel import Session, col, select

from app.bulk import insert_rows
from app.database import columns
from app.exposure import stored
from app.exposure.models import Exposure, RuleSpoke
from app.exposure.prompting import longest_window, wanted_prompts
from app.exposure.service import take_turns
from app.incidents.models import DisposalLine
from app.incidents.queries import frameworks


def settled_when(session: Session, *, disposed_before: date) -> date:
    """The day before which windows may reach into what is gone, and everything is settled."""
    ahead = disposed_before + timedelta(days=longest_window(frameworks(session)))
    return max(ahead, stored.settled_before(session) or ahead)


def people_to_settle(session: Session, *, before: date, after: int, limit: int = 500) -> list[int]:
    """The next people, by number, with incidents on days that are to be settled."""
    since = stored.settled_before(session) or date.min
    statement = (
        select(Exposure.person_id)
        .where(
            col(Exposure.person_id) > after,
            col(Exposure.occurred_on) >= since,
            col(Exposure.occurred_on) < before,
        )
        .distinct()
        .order_by(col(Exposure.person_id))
        .limit(limit)
    )
    return list(session.exec(statement))


def settle(session: Session, *, person_ids: Sequence[int], before: date) -> None:
    """Remember when rules last spoke of these people before a day; may be said again."""
    longest = timedelta(days=longest_window(frameworks(session)))
    spoke = {
        (person_id, code, day)
        for found in wanted_prompts(session, person_ids)
        for person_id, code, day in _speaking(found)
        if before - longest <= day < before
    }
    held = columns(RuleSpoke.person_id, RuleSpoke.rule_code, RuleSpoke.spoke_on).where(
        col(RuleSpoke.person_id).in_(person_ids)
    )
    known = {tuple(row) for row in session.connection().execute(held)}
    names = ("person_id", "rule_code", "spoke_on")
    fresh = [dict(zip(names, row, strict=True)) for row in sorted(spoke - known)]
    insert_rows(session, RuleSpoke, fresh)


def _speaking(wanted: dict[int, list[Any]]) -> Iterator[tuple[int, str, date]]:
    for person_id, items in wanted.items():
        for item in items:
            for reason in item.because:
                if reason.rule is not None:
                    yield person_id, reason.rule.code, item.fact.day


def draw_line(session: Session, *, disposed_before: date, settled_before: date) -> None:
    """From now on nothing of before the one day is taken in, and nothing of before the other is
    decided anew. The line only moves on."""
    take_turns(session)
    line = session.get(DisposalLine, 1) or DisposalLine(
        disposed_before=disposed_before, settled_before=settled_before
    )
    line.disposed_before = max(line.disposed_before, disposed_before)
    line.settled_before = max(line.settled_before, settled_before)
    session.add(line)
    session.flush()
    longest = timedelta(days=longest_window(frameworks(session)))
    # By then every rule may speak again.
    session.connection().execute(
        delete(RuleSpoke).where(col(RuleSpoke.spoke_on) < line.settled_before - longest)
    )

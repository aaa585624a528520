"""What one member of staff kept of self-checks over half a year, so that there is change to see."""

from datetime import datetime, timedelta

from sqlmodel import Session

from app.accounts.queries import by_username, viewer_for
from app.checks import queries, service
from app.checks.answers import Answers
from app.checks.questions import QUESTIONS, Change
from app.common.clock import local_date
from app.demo.accounts import DEMO_ACCOUNTS
from app.demo.chance import Chance
from app.instruments import library
from app.security.key_store import KeyStore
from app.security.permissions import Role
from app.security.viewer import Viewer

H, S, E = Change.MORE, Change.SAME, Change.LESS
TIMES: tuple[tuple[int, tuple[Change, ...], str, tuple[int, ...], str], ...] = (
    (171, (S, S, S, S, S, S, S, S, S, S, H, S), "who5", (3, 3, 3, 2, 3), ""),
    (
        96,
        (H, H, H, H, S, H, H, S, H, S, H, S),
        "who5",
        (1, 2, 1, 1, 2),
        "Slept badly all week. Told Mum. Running again on Saturday.",
    ),
    (68, (H, S, S, H, S, S, S, E, S, E, H, S), "who5", (2, 2, 2, 2, 3), "Running helps."),
    (33, (S, S, S, S, S, S, E, E, E, E, S, S), "who5", (3, 3, 3, 3, 4), ""),
)
"""Days ago, the twelve questions in their order, a questionnaire with its answers, and a note."""


def write_checks(session: Session, keys: KeyStore, now: datetime, chance: Chance) -> None:
    """Keep them as the member of staff would have."""
    username = next(one.username for one in DEMO_ACCOUNTS if one.role is Role.STAFF)
    account = by_username(session, username=username)
    day = local_date(now)
    viewer = viewer_for(session, account_id=account.id or 0, day=day) if account else None
    if viewer is None or viewer.person_id is None:
        return
    for days, changes, code, values, note in TIMES:
        then = now - timedelta(days=days)
        answers = _answers(session, viewer, then, changes, code, values)
        service.store(
            session,
            person_id=viewer.person_id,
            keys=keys,
            kept=service.as_kept(answers, library.load(), now=then, note=note),
            public_id=chance.public_id(),
        )


def _answers(
    session: Session,
    viewer: Viewer,
    then: datetime,
    changes: tuple[Change, ...],
    code: str,
    values: tuple[int, ...],
) -> Answers:
    items = [item.code for item in library.load()[code].items]
    before = [one for one in queries.recent(viewer, session, now=then) if one.occurred_at < then]
    return Answers(
        after=before[0].words if before else "",
        since=local_date(before[0].occurred_at) if before else None,
        changes=dict(zip((one.code for one in QUESTIONS), changes, strict=True)),
        chosen=code,
        items=dict(zip(items, values, strict=True)),
        finished=True,
    )

"""A release of figures about the invented force: prepared by its data steward, and approved by its
data protection officer if it withstood the attacks. Else it waits, as it would for a force."""

from datetime import datetime

from sqlalchemy import Engine

from app.accounts.queries import by_username, viewer_for
from app.common.clock import local_date
from app.database import reading
from app.disclosure import grid, preparing, service
from app.disclosure.attacking import attack
from app.disclosure.parameters import Parameters
from app.disclosure.preparing import Preparer
from app.disclosure.service import DecisionError, Places
from app.measures.vocabulary import PeriodKind
from app.security.key_store import KeyStore
from app.security.viewer import Viewer

KEPT = {PeriodKind.MONTH: 3, PeriodKind.QUARTER: 2}
"""Fewer periods than a force has: enough to be looked at, and made in a moment."""


def publish_figures(engine: Engine, releases: Engine, keys: KeyStore, *, now: datetime) -> None:
    """Make it, and publish it."""
    steward, officer = _viewer(engine, "steward@demo", now), _viewer(engine, "dpo@demo", now)
    places = Places(engine, releases, keys)
    periods = [
        one
        for kind, count in KEPT.items()
        for one in [each for each in grid.ended(local_date(now)) if each.kind is kind][:count]
    ]
    found = preparing.prepare(
        places,
        preparer=Preparer(steward.account_id, steward.role_names, steward.name),
        parameters=Parameters(),
        attack=attack(),
        now=now,
        periods=sorted(periods, key=lambda one: (one.last, one.first), reverse=True),
    )
    try:
        service.approve(places, viewer=officer, public_id=found.public_id, now=now)
    except DecisionError:
        return


def _viewer(engine: Engine, username: str, now: datetime) -> Viewer:
    with reading(engine) as session:
        account = by_username(session, username=username)
        number = account.id if account else None
        found = viewer_for(session, account_id=number, day=local_date(now)) if number else None
    if found is None:
        raise LookupError(username)
    return found

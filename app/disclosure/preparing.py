"""Preparing a release: a candidate is made from rows about people, and attacked.

Loads numpy and scipy: import it where a release is made, not where pages are.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from json import loads
from typing import Any

from sqlalchemy import delete
from sqlmodel import Session, col, select

from app.audit import service as audit
from app.audit.events import Entry, Event
from app.common.clock import local_date
from app.database import reading, snapshot, transaction
from app.disclosure import contributors, keeping, making, queries, store
from app.disclosure.attacking import Attack
from app.disclosure.contributors import Contributors
from app.disclosure.inputs import Rows, Source
from app.disclosure.keeping import Contents, Making
from app.disclosure.keys import Secrets
from app.disclosure.making import Before, Made
from app.disclosure.models import ReleaseContributors
from app.disclosure.parameters import Parameters
from app.disclosure.protect import Scheme
from app.disclosure.queries import Release
from app.disclosure.service import DecisionError, Places
from app.disclosure.store import State
from app.disclosure.wording import CLOCK
from app.measures.vocabulary import Period
from app.security.key_store import KeyStore, Purpose
from app.security.sealing import seal_all, unseal

OWNER = "releases:contributors"
FIELD = "release_contributors.sealed"
SECRETS = ("releases:records", "releases:cells")
"""Owners of the two secrets in the key store. Losing them changes no figure that is published."""


@dataclass(frozen=True)
class Preparer:
    """Who has a release made; no account: the job runner."""

    account_id: int | None = None
    role: str = ""
    name: str = CLOCK


def secrets_of(keys: KeyStore) -> Secrets:
    """The two secrets of this force, made on first use."""
    held = keys.make(SECRETS, Purpose.RECORD)
    return Secrets(*(held[owner] for owner in SECRETS))


def prepare(
    places: Places,
    *,
    preparer: Preparer,
    parameters: Parameters,
    attack: Attack | None,
    now: datetime,
    source: Source | None = None,
    periods: Iterable[Period] = (),
) -> Release:
    """Make a candidate and attack it; it then waits for somebody else to approve it.

    Args:
        places: Where from and where to.
        preparer: Who asks for it.
        parameters: How strongly it is protected.
        attack: Tries to find people in it; without a report nothing can be approved.
        now: The moment.
        source: Who there is; the tracker's rows unless a test says otherwise.
        periods: Which there are to be; else all that have ended.

    Raises:
        DecisionError: one already waits, or there is nobody yet.
    """
    secrets = secrets_of(places.keys)
    with snapshot(places.tracker) as session, reading(places.releases) as releases:
        if queries.candidate(releases) is not None:
            message = "A release waits for a decision. Approve or refuse it first."
            raise DecisionError(message)
        if source is None and not queries.anybody(session):
            message = "There is nobody to count yet."
            raise DecisionError(message)
        before = last_published(session, releases, places.keys)
        number = keeping.next_number(releases)
        scheme = Scheme(parameters, secrets, number)
        source = source or Rows(session, places.keys, now=now)
        day = local_date(now)
        made = making.make(source, before, scheme=scheme, day=day, periods=periods)
        contents = made.contents(source)
    report = attack(made.tables, parameters=parameters) if attack and made.tables else None
    passed = None if report is None else report.passed
    _write_down(places, preparer, made, number=number, passed=passed, now=now)
    about = keeping.Making(
        day=day,
        prepared_by=preparer.name,
        preparer=str(preparer.account_id or ""),
        parameters=parameters.stored(),
        inputs=made.inputs,
        changes=making.differences(made.cells, before, number=number),
        report=None if report is None else {**loads(report.dump()), "passed": passed},
    )
    return _keep(places, about, contents, made, number=number, now=now)


def _keep(
    places: Places, about: Making, contents: Contents, made: Made, *, number: int, now: datetime
) -> Release:
    """Put the candidate into the store; what failed stays as a record without its figures."""
    with transaction(places.releases) as releases:
        keeping.add(releases, about, contents, made.cells, number=number, now=now)
        if about.report is not None and not about.report["passed"]:
            keeping.end(releases, number=number, state=State.FAILED)
        return next(one for one in queries.releases(releases) if one.number == number)


def _write_down(
    places: Places,
    preparer: Preparer,
    made: Made,
    *,
    number: int,
    passed: bool | None,
    now: datetime,
) -> None:
    """Keep who was counted, sealed, and that a release was prepared."""
    sealed = seal_all(
        places.keys,
        purpose=Purpose.RECORD,
        field=FIELD,
        values=[(OWNER, contributors.dumped(known)) for _period, known in made.remembered],
    )
    entry = Entry(
        Event.RELEASE_PREPARED,
        now,
        actor_account_id=preparer.account_id,
        actor_role=preparer.role,
        details={"release": number, "inputs": made.inputs, "withstood": passed},
    )
    with transaction(places.tracker) as session:
        # The store has no release of this number: such rows are of an attempt that died.
        leftover = col(ReleaseContributors.release) == number
        session.connection().execute(delete(ReleaseContributors).where(leftover))
        for (period, _known), one in zip(made.remembered, sealed, strict=True):
            session.add(ReleaseContributors(release=number, period=period, sealed=one, made_at=now))
        audit.append(session, [entry])


def last_published(session: Session, releases: Session, keys: KeyStore) -> Before:
    """The last published release, and who was counted in it."""
    newest = store.latest(releases)
    if newest is None:
        return Before()
    menu = store.menu(releases)
    pairs = {(one, other) for one, other in menu.pairs if store.ORDER[one] < store.ORDER[other]}
    periods = {one.code: one for one in menu.periods}
    return Before(
        day=newest.day,
        contents=Contents(menu.measures, menu.periods, menu.dimensions, pairs),
        cells=queries.cells(releases, number=newest.number),
        known=_known(session, keys, periods),
    )


def _known(
    session: Session, keys: KeyStore, periods: dict[str, Period]
) -> dict[tuple[int, str], Contributors]:
    found: dict[tuple[int, str], Contributors] = {}
    for row in session.exec(select(ReleaseContributors)):
        if row.period not in periods:
            continue
        held: Any = unseal(
            keys, owner=OWNER, purpose=Purpose.RECORD, field=FIELD, sealed=row.sealed
        )
        found[row.release, row.period] = contributors.loaded(held, periods[row.period])
    return found

"""Making the packs that wait, one after another, for the job runner.

Each step is a transaction of its own, so that whoever waits sees how far it has got, and so that
nobody who writes waits for a pack.
"""

import logging
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Engine

from app.accounts.queries import viewer_for
from app.common.clock import local_date
from app.database import snapshot, transaction
from app.packs import briefing, named, queries, service, sheets
from app.packs.contents import Facts, gather
from app.packs.models import FileKind, PackState, TeamPack, Version
from app.packs.tables import BRIEFING_MARKING, NAMED_MARKING, Contents
from app.security.encryption import KeyRing
from app.security.viewer import Viewer
from app.web import pdf
from app.web.filters import day as day_words
from app.web.filters import moment

log = logging.getLogger("jobs.packs")
MOST_AT_ONCE = 5
"""After so many the runner looks at its clock again."""


def make_waiting(engine: Engine, *, ring: KeyRing, now: datetime) -> tuple[int, int]:
    """Make what waits; returns how many packs were made and how many were not."""
    with transaction(engine) as session:
        service.take_up_again(session)
    made = failed = 0
    for _ in range(MOST_AT_ONCE):
        with transaction(engine) as session:
            row = service.start(session)
        if row is None:
            break
        if _make(engine, row, ring, now):
            made += 1
        else:
            failed += 1
    return made, failed


def _make(engine: Engine, row: TeamPack, ring: KeyRing, now: datetime) -> bool:
    number = row.id or 0
    try:
        read = _read(engine, row, now)
        if read is None:
            _stop(engine, number, PackState.REFUSED, service.NOBODYS)
            return False
        viewer, facts = read
        _say(engine, number, "Setting the pages and writing the sheets")
        files = files_of(contents_of(facts, row.version))
        return _keep(engine, row, files, (viewer, facts), ring)
    except Exception as error:  # noqa: BLE001 - one pack that fails keeps no other waiting
        # Never what the error says: it may say a name.
        log.error("pack %s failed: %s", row.public_id, type(error).__name__)  # noqa: TRY400
        _stop(engine, number, PackState.FAILED, service.NOT_MADE)
        return False


def _read(engine: Engine, row: TeamPack, now: datetime) -> tuple[Viewer, Facts] | None:
    """What whoever it is for may see, as of one moment; nothing if they no longer lead the team."""
    day = local_date(now)
    with snapshot(engine) as session:
        viewer = viewer_for(session, account_id=row.asked_by_account_id, day=day)
        public_id = queries.unit_public_id(session, unit_id=row.unit_id)
        unit = viewer and queries.led_unit(viewer, session, public_id=public_id, day=day)
        if not viewer or not unit:
            return None
        facts = gather(viewer, session, unit=unit, first=row.first_on, last=row.last_on, now=now)
        return viewer, facts


def _keep(
    engine: Engine,
    row: TeamPack,
    files: dict[FileKind, bytes],
    read: tuple[Viewer, Facts],
    ring: KeyRing,
) -> bool:
    viewer, facts = read
    with transaction(engine) as session:
        service.keep(
            session,
            number=row.id or 0,
            files=files,
            members=[member.id for member in facts.members],
            ring=ring,
            actor=viewer,
            now=facts.now,
        )
    return True


def _say(engine: Engine, number: int, words: str) -> None:
    with transaction(engine) as session:
        service.note_progress(session, number=number, words=words)


def _stop(engine: Engine, number: int, state: PackState, words: str) -> None:
    with transaction(engine) as session:
        service.stop(session, number=number, state=state, words=words)


def files_of(contents: Contents) -> dict[FileKind, bytes]:
    """Both files, in clear and in memory alone."""
    return {FileKind.PDF: pages_of(contents), FileKind.SHEETS: sheets.workbook(contents)}


def pages_of(contents: Contents) -> bytes:
    """A pack as tagged pages."""
    return pdf.pages("packs/pack.typ", values=asdict(contents), made_at=contents.made_at)


def contents_of(facts: Facts, version: Version) -> Contents:
    """The whole pack for those it is for."""
    named_one = version is Version.NAMED
    return Contents(
        title="Team pack" if named_one else "Team briefing",
        team=facts.unit.name,
        above=facts.unit.above,
        period=f"{day_words(facts.first)} to {day_words(facts.last)}",
        as_of=f"As held on {moment(facts.now)}",
        made_at=facts.now,
        marking=NAMED_MARKING if named_one else BRIEFING_MARKING,
        opening=named.OPENING if named_one else briefing.OPENING,
        tables=named.tables(facts) if named_one else briefing.tables(facts),
    )

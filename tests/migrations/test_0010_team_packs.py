"""0010: packs and their files can be kept, and go when it is taken back; nothing else changes."""

from datetime import date, timedelta

from sqlalchemy import inspect
from sqlmodel import Session, select

from app import migrate
from app.database import writing
from app.packs.models import FileKind, TeamPack, TeamPackFile, Version
from app.people.models import Unit
from tests.factories import Force, account, at

ASKED = at("2026-11-23")


def pack(session) -> TeamPack:
    row = TeamPack(
        unit_id=session.exec(select(Unit.id).where(Unit.name == "Response A")).one(),
        version=Version.NAMED,
        first_on=date(2026, 10, 1),
        last_on=date(2026, 10, 31),
        month=date(2026, 11, 1),
        asked_by_account_id=account(session),
        asked_at=ASKED,
        expires_at=ASKED + timedelta(days=35),
        sealed_members=b"\x00sealed",
    )
    session.add(row)
    session.flush()
    session.add(TeamPackFile(pack_id=row.id, kind=FileKind.PDF, sealed=b"\x00sealed"))
    return row


def test_packs_are_kept_and_can_be_taken_back(engine):
    with Session(writing(engine)) as session:
        force = Force(session)
        force.person(team=force.team())
        pack(session)
        session.commit()
    migrate.migrate(engine, to="0006")
    assert not {"team_pack", "team_pack_file"} & set(inspect(engine).get_table_names())
    migrate.migrate(engine)
    with Session(writing(engine)) as session:
        assert session.exec(select(TeamPack)).all() == []
        pack(session)
        session.commit()
        (row,) = session.exec(select(TeamPack)).all()
        assert (row.month, row.expires_at, row.sealed_members) == (
            date(2026, 11, 1),
            ASKED + timedelta(days=35),
            b"\x00sealed",
        )
        assert session.get(TeamPackFile, (row.id, FileKind.PDF)).sealed == b"\x00sealed"

"""0020: accounts stay both ways; what was asked of published figures goes with a downgrade."""

from datetime import date

from sqlalchemy import inspect, text
from sqlmodel import Session, select

from app import migrate
from app.database import writing
from app.figures.models import FiguresSeen, SavedView
from tests.factories import at

BEFORE, AFTER = "0019", "0020"
TABLES = {"saved_view", "figures_seen"}
ACCOUNT = """INSERT INTO account (id, public_id, username, display_name, password_hash, active,
    notice_version, created_at)
    VALUES (1, 'a', 'jo', 'Jo Stone', '!', true, 0, '2026-01-01 09:00:00')"""


def test_accounts_are_kept_both_ways_and_views_go(engine):
    migrate.migrate(engine, to=BEFORE)
    with writing(engine).begin() as connection:
        connection.execute(text(ACCOUNT))
    migrate.migrate(engine, to=AFTER)
    with Session(writing(engine)) as session:
        asked = {"measure": "exposed", "period": "2026-Q3", "asked_at": at("2026-11-23")}
        session.add(SavedView(account_id=1, **asked))
        session.add(FiguresSeen(account_id=1, day=date(2026, 11, 23), digests=b"12345678"))
        session.commit()
        assert session.exec(select(SavedView)).one().dimension_1 == ""
    migrate.migrate(engine, to=BEFORE)
    assert not TABLES & set(inspect(engine).get_table_names())
    with engine.connect() as connection:
        assert connection.execute(text("SELECT username FROM account")).scalar() == "jo"
    migrate.migrate(engine)

"""0005: what was set aside stays set aside or mended, and feeds are known from their imports."""

from datetime import UTC, datetime

from sqlalchemy import text
from sqlmodel import Session, select

from app import migrate
from app.database import writing
from app.feeds.models import (
    FeedKind,
    KnownFeed,
    MappingDocument,
    QuarantinedRow,
    Resolution,
)

RUN = (
    "INSERT INTO import_run (id, kind, file_name, mapping, started_at, state, message, read, "
    "stored, updated, unchanged, superseded, ignored, quarantined, released) VALUES "
    "({id}, '{kind}', 'a.csv', '{mapping}', '2026-03-0{id} 04:05:00+00:00', '{state}', '', "
    "3, 2, 0, 0, 0, 0, 1, 0)"
)
ROW = (
    "INSERT INTO quarantined_row (id, run_id, kind, source_system, fingerprint, record_ref, "
    'row_number, field, reason, "values", quarantined_at, resolved_at) VALUES '
    "({id}, 1, 'people', 'hr', 'f{id}', 'P{id}', {id}, 'rank', 'No.', '{{}}', "
    "'2026-03-01 04:05:00+00:00', {resolved})"
)
RUNS = (
    {"id": 1, "kind": "people", "mapping": "hr people, version 1", "state": "finished"},
    {"id": 2, "kind": "people", "mapping": "hr people, version 2", "state": "finished"},
    {"id": 3, "kind": "people", "mapping": "hr people, version 2", "state": "refused"},
    {"id": 4, "kind": "incidents", "mapping": "cad incidents, version 1", "state": "stopped"},
)


def test_rows_and_feeds_of_before_are_kept_both_ways(engine):
    migrate.migrate(engine, to="0002")
    with engine.connect() as connection:
        for run in RUNS:
            connection.execute(text(RUN.format(**run)))
        connection.execute(text(ROW.format(id=1, resolved="NULL")))
        connection.execute(text(ROW.format(id=2, resolved="'2026-03-02 04:05:00+00:00'")))
        connection.commit()
    migrate.migrate(engine)
    with Session(writing(engine)) as session:
        rows = session.exec(select(QuarantinedRow).order_by(QuarantinedRow.id)).all()
        assert [(row.resolution, row.kept) for row in rows] == [(None, {}), (Resolution.MENDED, {})]
        (feed,) = session.exec(select(KnownFeed)).all()
        assert (feed.system, feed.kind, feed.expected) == ("hr", FeedKind.PEOPLE, True)
        assert feed.delivered_at == datetime(2026, 3, 2, 4, 5, tzinfo=UTC)
        mapping = MappingDocument(
            system="hr", kind=FeedKind.PEOPLE, version=1, digest="d", document={"kind": "people"}
        )
        session.add(mapping)
        session.flush()
        rows[0].mapping_id, rows[0].kept = mapping.id, {"cells": {"a": "b"}}
        session.add(rows[0])
        session.commit()
    migrate.migrate(engine, to="0002")
    with engine.connect() as connection:
        left = connection.execute(text("SELECT id, field FROM quarantined_row ORDER BY id")).all()
    assert left == [(1, "rank"), (2, "rank")]
    migrate.migrate(engine)

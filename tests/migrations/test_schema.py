"""The tables that migrations make are the tables that the code describes."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from app import migrate
from app.database import make_engine, metadata

SCRIPTS = ScriptDirectory(str(migrate.FOLDER))
REVISIONS = [script.revision for script in SCRIPTS.walk_revisions()]
"""Every migration, newest first."""


def shape(engine) -> dict[str, dict[str, object]]:
    """What a database holds, in words that compare: columns, keys, checks and indexes by name."""
    inspector = inspect(engine)
    return {
        table: {
            "columns": {
                c["name"]: (str(c["type"]), c["nullable"]) for c in inspector.get_columns(table)
            },
            "key": inspector.get_pk_constraint(table)["constrained_columns"],
            "references": {
                (f["name"], *f["constrained_columns"], f["referred_table"])
                for f in inspector.get_foreign_keys(table)
            },
            "unique": {u["name"] for u in inspector.get_unique_constraints(table)},
            "checks": {c["name"] for c in inspector.get_check_constraints(table)},
            "indexes": {
                (i["name"], *(i["column_names"] or []), bool(i["unique"]))
                for i in inspector.get_indexes(table)
            },
        }
        for table in inspector.get_table_names()
        if table != "alembic_version"
    }


def test_migrations_make_exactly_the_tables_the_models_describe(engine):
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_checks_and_keys_are_those_of_the_models_too(engine):
    # Alembic does not compare CHECK constraints, so both shapes are read back and compared here.
    migrated = shape(engine)
    migrate.migrate(engine, to="base")
    metadata.create_all(engine)
    assert migrated == shape(engine)


def test_a_migrated_database_is_at_the_newest_migration(engine):
    assert migrate.current(engine) == migrate.head()


def test_migrating_again_changes_nothing(engine):
    before = shape(engine)
    migrate.migrate(engine)
    assert shape(engine) == before


def test_every_migration_can_be_undone_one_by_one_and_done_again(engine):
    newest = shape(engine)
    for revision in [*REVISIONS[1:], "base"]:
        migrate.migrate(engine, to=revision)
    assert shape(engine) == {}
    for revision in reversed(REVISIONS):
        migrate.migrate(engine, to=revision)
    assert shape(engine) == newest


def test_there_is_one_newest_migration():
    assert SCRIPTS.get_heads() == [REVISIONS[0]]


@pytest.mark.parametrize("revision", REVISIONS)
def test_every_migration_has_a_test_with_data(revision):
    assert list(Path(__file__).parent.glob(f"test_{revision}_*.py")), (
        f"no tests/migrations/test_{revision}_….py"
    )


def test_a_migration_that_fails_leaves_nothing_behind(tmp_path, monkeypatch):
    def power_cut(*_args, **_named):
        message = "power cut"
        raise RuntimeError(message)

    engine = make_engine(f"sqlite:///{tmp_path / 'new.db'}")
    monkeypatch.setattr("alembic.operations.base.BatchOperations.create_index", power_cut)
    with pytest.raises(RuntimeError, match="power cut"):
        migrate.migrate(engine)
    assert inspect(engine).get_table_names() == []
    engine.dispose()

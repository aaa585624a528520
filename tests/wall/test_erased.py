"""Somebody's keys are destroyed, and old backups are restored: theirs stays unreadable, everybody
else's does not."""

import shutil
import sqlite3
from contextlib import closing

import pytest

from app.security.key_store import Purpose, open_store
from app.security.sealing import destroy, make_ready
from tests.conftest import NOW
from tests.wall.planting import opens, plant

ERASED = 3
"""How many people's keys are destroyed, one after another, with a backup before each."""


def back_up(path, to) -> None:
    """As an operator does it."""
    with closing(sqlite3.connect(path)) as live, closing(sqlite3.connect(to)) as copy:
        live.backup(copy)


def restore(copy, path) -> None:
    """Put a backup in the place of a database that nobody has open."""
    for end in ("", "-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)
    shutil.copy(copy, path)


@pytest.mark.parametrize("what", [["main"], ["keys"], ["main", "keys"]], ids="+".join)
def test_whatever_is_restored_what_was_erased_stays_erased(make_site, tmp_path, what):
    site = make_site()
    with site.writing() as session:
        planted = [
            one
            for one in plant(session, site.keys).values()
            # Some things are sealed for the site, not for a person.
            if one.sealed and one.sealed.purpose and isinstance(one.sealed.owner, int)
        ]
    files = {
        "main": type(tmp_path)(site.engine.url.database),
        "keys": site.settings.instance / "keys.db",
    }
    erased, backups = set(), []
    for person in sorted({one.sealed.owner for one in planted})[:ERASED]:
        backups.append({name: tmp_path / f"{name}-{person}" for name in what})
        for name, path in backups[-1].items():
            back_up(files[name], path)
        with site.writing() as session:
            assert destroy(session, site.keys, owner=person, now=NOW) == len(Purpose)
        erased.add(person)
    for backup in backups:
        site.close()
        for name, path in backup.items():
            restore(path, files[name])
        keys = open_store(site.settings.keys_address, site.settings.instance)
        back = make_ready(site.engine, keys, now=NOW)
        assert bool(back) is ("keys" in what)
        with site.reading() as session:
            readable = {one.word for one in planted if opens(session, keys, one)}
        assert readable == {one.word for one in planted if one.sealed.owner not in erased}
        keys.engine.dispose()

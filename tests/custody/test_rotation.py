"""A new key for the ring: used at once by everybody, and nothing that was sealed is lost."""

import threading
from datetime import timedelta

import pytest
from sqlmodel import Session, select

from app.audit.models import AuditEntry
from app.custody import files, service
from app.database import transaction
from app.packs.models import FileKind, PackState, TeamPack, TeamPackFile, Version
from app.security.encryption import SealedError, load_key_ring, seal_file, unseal_file
from app.security.key_store import Purpose, open_store
from app.security.sealing import seal, seal_all, unseal
from jobs import rewrap_keys
from jobs.schedule import JOBS
from tests.conftest import NOW
from tests.factories import Force, account
from tests.killing import Killable

OF = {"purpose": Purpose.RECORD, "field": "f"}
PACK = {"name": "team_pack|pdf|a", "clear": b"%PDF"}


@pytest.fixture
def running(keys):
    """Another process with the same key store and ring."""
    opened = open_store(keys.engine.url.render_as_string(), keys.instance)
    yield opened
    opened.engine.dispose()


def of_record(session) -> list[tuple[str, dict]]:
    rows = session.exec(select(AuditEntry).where(AuditEntry.event.like("keys:%")))
    return [(row.event, row.details) for row in rows]


@pytest.fixture
def pack(session, keys) -> int:
    """A pack with a file."""
    force = Force(session)
    row = TeamPack(
        unit_id=force.team(),
        version=Version.NAMED,
        first_on=NOW.date(),
        last_on=NOW.date(),
        asked_by_account_id=account(session, person=force.person("Jo Stone")),
        asked_at=NOW,
        progress="",
        state=PackState.READY,
        expires_at=NOW + timedelta(days=1),
        sealed_members=seal_file(keys.ring, name="team_pack|members|a", clear=b"[1]"),
    )
    session.add(row)
    session.flush()
    sealed = seal_file(keys.ring, **PACK)
    session.add(TeamPackFile(pack_id=row.id, kind=FileKind.PDF, sealed=sealed))
    session.commit()
    return row.id


def test_a_new_key_is_used_from_now_on_by_processes_that_are_running(session, keys, running):
    sealed = seal(running, owner="before", value=1, **OF)
    assert service.rotate(session, keys=keys, now=NOW) == "k2"
    seal(running, owner="after", value=1, **OF)
    assert running.wrapped_by()["k2"] == 1
    assert unseal(running, owner="before", sealed=sealed, **OF) == 1
    assert of_record(session) == [("keys:rotated", {"key": "k2"})]


def test_a_key_is_given_up_once_nothing_is_wrapped_by_it(engine, session, keys, pack):
    sealed = seal(keys, owner=1, value="x", **OF)
    old = keys.ring
    with pytest.raises(service.InUseError, match="Rotate first"):
        service.retire(session, keys=keys, name="k1", now=NOW)
    service.rotate(session, keys=keys, now=NOW)
    session.commit()
    held = keys.wrapped_by()["k1"]
    with pytest.raises(service.InUseError, match=f"k1 still wraps {held} keys and 2 files"):
        service.retire(session, keys=keys, name="k1", now=NOW)
    session.rollback()
    assert service.rewrap(engine, keys=keys) == held + 2
    assert service.rewrap(engine, keys=keys) == 0
    service.retire(session, keys=keys, name="k1", now=NOW)
    assert set(keys.ring.keys) == {"k2"}
    assert of_record(session)[-1] == ("keys:retired", {"key": "k1"})
    assert unseal(keys, owner=1, sealed=sealed, **OF) == "x"
    session.expire_all()
    kept = session.exec(select(TeamPackFile)).one().sealed
    assert unseal_file(keys.ring, name=PACK["name"], sealed=kept) == PACK["clear"]
    with pytest.raises(SealedError):
        unseal_file(old, name=PACK["name"], sealed=kept)
    with pytest.raises(service.InUseError, match="no key named k1"):
        service.retire(session, keys=keys, name="k1", now=NOW)


def test_a_key_wrapped_at_the_last_moment_keeps_its_ring_key(session, keys, running, monkeypatch):
    service.rotate(session, keys=keys, now=NOW)
    session.commit()
    service.rewrap(session.get_bind().engine, keys=keys)
    late = keys.ring
    late = type(late)(late.keys, "k1")
    changed = service.change_key_ring

    def meanwhile(instance, change):
        monkeypatch.setattr(service, "change_key_ring", changed)
        result = changed(instance, change)
        # Another process had looked at the ring before it was rotated.
        monkeypatch.setattr(type(running), "ring", late)
        sealed.append(seal(running, owner="late", value=1, **OF))
        monkeypatch.undo()
        return result

    sealed = []
    monkeypatch.setattr(service, "change_key_ring", meanwhile)
    with pytest.raises(service.InUseError, match="1 keys"):
        service.retire(session, keys=keys, name="k1", now=NOW)
    assert unseal(keys, owner="late", sealed=sealed[0], **OF) == 1


def test_what_the_ring_has_lost_is_told_and_holds_nothing_up(engine, session, keys, tmp_path):
    load_key_ring(tmp_path / "other")
    lost = open_store(keys.engine.url.render_as_string(), tmp_path / "other")
    for _ in range(8):
        service.rotate(session, keys=lost, now=NOW)
    session.commit()
    seal(lost, owner="lost", value=1, **OF)
    seal(keys, owner="here", value=1, **OF)
    service.rotate(session, keys=keys, now=NOW)
    session.commit()
    service.rewrap(engine, keys=keys)
    assert [
        (one.name, one.there, one.data_keys > 0) for one in service.status(session, keys=keys)
    ] == [
        ("k1", True, False),
        ("k2", True, True),
        ("k9", False, True),
    ]
    lost.engine.dispose()


def test_people_who_open_and_seal_meanwhile_notice_nothing(sqlite_engine, keys, running):
    values = [(number, number) for number in range(3000)]
    sealed = dict(zip(range(3000), seal_all(keys, values=values, **OF), strict=True))
    stop, opened, wrong = threading.Event(), [], []

    def read() -> None:
        number = 0
        while not stop.is_set():
            number = (number + 7) % 3000
            try:
                assert unseal(running, owner=number, sealed=sealed[number], **OF) == number
                seal(running, owner=f"new:{number}", value=1, **OF)
            except Exception as error:  # noqa: BLE001 - whatever it is, somebody would see it
                wrong.append(error)
            opened.append(number)

    reader = threading.Thread(target=read)
    reader.start()
    rounds = 0
    # On a busy machine the reader may not get far while three keys are made.
    while rounds < 3 or len(opened) <= 10:
        with transaction(sqlite_engine) as session:
            service.rotate(session, keys=keys, now=NOW)
        service.rewrap(sqlite_engine, keys=keys)
        rounds += 1
    stop.set()
    reader.join()
    assert wrong == []
    with transaction(sqlite_engine) as session:
        service.rewrap(sqlite_engine, keys=keys)
        service.retire(session, keys=keys, name="k1", now=NOW)


WORK = """
from pathlib import Path
from app.common.clock import utc_now
from app.custody import service
from app.database import make_engine, transaction
from app.security import key_store

def work(url, keys_url, instance):
    service_keys = key_store.open_store(keys_url, Path(instance))
    engine = make_engine(url)
    with transaction(engine) as session:
        service.rotate(session, keys=service_keys, now=utc_now())
    service_keys.rewrap_some.__func__.__defaults__ = (20,)
    service.rewrap(engine, keys=service_keys)
"""


def test_killed_at_any_moment_everything_still_opens(keys, sqlite_engine):
    values = [(number, number) for number in range(800)]
    sealed = seal_all(keys, values=values, **OF)
    words = (
        sqlite_engine.url.render_as_string(),
        keys.engine.url.render_as_string(),
        str(keys.instance),
    )
    with Killable(WORK) as worker:
        length = worker.run(*words)
        for part in (0.1, 0.3, 0.5, 0.7, 0.9):
            worker.kill(length * part, *words)
            for number in range(0, 800, 97):
                assert unseal(keys, owner=number, sealed=sealed[number], **OF) == number
    assert service.rewrap(sqlite_engine, keys=keys) >= 0
    assert set(keys.wrapped_by()) == {keys.ring.current}


def test_the_job_does_it_and_says_nothing_when_there_is_nothing_to_do(
    sqlite_engine, keys, monkeypatch
):
    monkeypatch.setenv("INSTANCE", str(keys.instance))
    monkeypatch.delenv("KEYS_DATABASE_URL", raising=False)
    assert rewrap_keys.run in {job.run for job in JOBS}
    seal(keys, owner="one", value=1, **OF)
    with Session(sqlite_engine) as session:
        assert rewrap_keys.run(session=session, now=NOW) == ""
    with transaction(sqlite_engine) as session:
        service.rotate(session, keys=keys, now=NOW)
    with Session(sqlite_engine) as session:
        assert rewrap_keys.run(session=session, now=NOW).endswith("keys wrapped again")
    assert set(keys.wrapped_by()) == {"k2"}


def test_every_column_of_sealed_files_is_known():
    assert {f"{column.table.name}.{column.name}" for column in files.FILES} == {
        "team_pack_file.sealed",
        "team_pack.sealed_members",
    }

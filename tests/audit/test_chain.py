"""The audit log: what it takes, that every tampering shows, and that nothing is lost in a crowd."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlmodel import Session, select

from app.audit.events import DETAILS, Entry, Event
from app.audit.models import AuditEntry
from app.audit.service import FIRST, append, append_now, first_broken_link
from app.database import reading, transaction

HOW_MANY = 12


@pytest.fixture
def filled(engine, now):
    """A database with a dozen entries."""
    with transaction(engine) as session:
        append(
            session, [entry(now + timedelta(minutes=n), subject=n) for n in range(1, HOW_MANY + 1)]
        )
    return engine


def entry(at, *, subject: int = 1) -> Entry:
    """Somebody opened somebody's record."""
    return Entry(
        Event.RECORD_VIEWED,
        at,
        actor_account_id=7,
        actor_role="Supervisor",
        subject_person_id=subject,
        details={"page": "record"},
    )


def broken_at(engine) -> int | None:
    """The first entry that does not follow."""
    with reading(engine) as session:
        return first_broken_link(session)


def tamper(engine, sql: str) -> None:
    """What somebody with the database's password could do."""
    with transaction(engine) as session:
        session.connection().execute(text(sql))


def test_an_empty_log_is_whole(engine):
    assert broken_at(engine) is None


def test_entries_follow_from_each_other(filled):
    assert broken_at(filled) is None
    with reading(filled) as session:
        rows = session.exec(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert rows[0].previous_hash == FIRST
    assert [row.previous_hash for row in rows[1:]] == [row.hash for row in rows[:-1]]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("at", "'2020-01-01 00:00:00+00'"),
        ("event", "'team:viewed'"),
        ("actor_account_id", "8"),
        ("actor_account_id", "NULL"),
        ("actor_role", "'Somebody else'"),
        ("subject_person_id", "99"),
        ("unit_id", "3"),
        ("details", '\'{"page": "other"}\''),
        ("hash", f"'{'a' * 64}'"),
        ("previous_hash", f"'{FIRST}'"),
    ],
)
def test_changing_any_field_of_an_entry_shows(filled, column, value):
    if filled.dialect.name == "sqlite":
        value = value.replace("+00", ".000000")
    tamper(filled, f"UPDATE audit_entry SET {column} = {value} WHERE id = 6")
    assert broken_at(filled) == 6


def test_removing_an_entry_shows_at_the_next(filled):
    tamper(filled, "DELETE FROM audit_entry WHERE id = 6")
    assert broken_at(filled) == 7


def test_removing_the_beginning_shows(filled):
    tamper(filled, "DELETE FROM audit_entry WHERE id <= 3")
    assert broken_at(filled) == 4


def test_slipping_an_entry_in_shows(filled):
    tamper(filled, "UPDATE audit_entry SET id = id + 100 WHERE id > 6")
    tamper(
        filled,
        "INSERT INTO audit_entry (id, at, event, actor_role, details, previous_hash, hash) "
        "SELECT 50, at, event, actor_role, details, hash, 'forged' FROM audit_entry WHERE id = 6",
    )
    assert broken_at(filled) == 50


def test_swapping_two_entries_shows(filled):
    for sql in ("= 900 WHERE id = 5", "= 5 WHERE id = 6", "= 6 WHERE id = 900"):
        tamper(filled, f"UPDATE audit_entry SET id {sql}")
    assert broken_at(filled) == 5


@pytest.mark.parametrize("event", Event)
def test_an_event_takes_its_own_details_and_no_others(event, now):
    right = dict.fromkeys(DETAILS[event], "x")
    assert Entry(event, now, details=right).details == right
    with pytest.raises(ValueError, match=event.value):
        Entry(event, now, details={**right, "narrative": "what happened"})
    if right:
        with pytest.raises(ValueError, match=event.value):
            Entry(event, now)


def test_every_event_says_which_details_it_takes():
    assert set(DETAILS) == set(Event)


def test_an_entry_goes_with_its_change_or_not_at_all(engine, now):
    def change_and_fail() -> None:
        with transaction(engine) as session:
            append(session, [entry(now)])
            message = "the change did not work"
            raise RuntimeError(message)

    with pytest.raises(RuntimeError):
        change_and_fail()
    with reading(engine) as session:
        assert session.exec(select(AuditEntry)).all() == []


def test_a_crowd_writing_at_once_makes_one_unbroken_chain(engine, now):
    def write(number: int) -> None:
        for turn in range(5):
            append_now(engine, entry(now + timedelta(seconds=turn), subject=number))

    with ThreadPoolExecutor(8) as crowd:
        list(crowd.map(write, range(8)))
    assert broken_at(engine) is None
    with Session(engine) as session:
        rows = session.exec(select(AuditEntry)).all()
    assert len(rows) == 40
    assert {row.subject_person_id for row in rows} == set(range(8))

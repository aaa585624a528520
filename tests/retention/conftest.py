"""A force with a long past, and nights of work."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from app.audit import service as audit
from app.database import reading, transaction
from app.exposure import service as exposure
from app.retention import running
from tests.conftest import NOW
from tests.factories import Force

TODAY = NOW.date()


def noon(day: date) -> datetime:
    """Midday of a day."""
    return datetime.combine(day, time(12), UTC)


class Nights:
    """A force in a database, and the work of its nights; after each, all counts are right."""

    def __init__(self, engine, keys) -> None:
        self.engine = engine
        self.keys = keys

    def run(self, day: date = TODAY, *, batch: int = 500, at: datetime | None = None) -> str:
        """The work of one night."""
        told = running.run(self.engine, keys=self.keys, now=at or noon(day), batch=batch)
        self.check()
        return told

    def daily(self, first: date, last: date) -> None:
        """One night after the other."""
        for number in range((last - first).days + 1):
            running.run(self.engine, keys=self.keys, now=noon(first + timedelta(days=number)))

    def check(self) -> None:
        """A recount finds nothing."""
        with reading(self.engine) as session:
            assert exposure.differences(session) == []
            assert audit.first_broken_link(session) is None

    def all(self, statement) -> list:
        """What is in the database now."""
        with reading(self.engine) as session:
            return list(session.exec(statement))

    def write(self):
        """A transaction on it."""
        return transaction(self.engine)


@pytest.fixture
def nights(engine, keys):
    """On each database."""
    return Nights(engine, keys)


@pytest.fixture
def quick(sqlite_engine, keys):
    """On SQLite, for rules and not databases."""
    return Nights(sqlite_engine, keys)


def counted(session, force: Force, incidents) -> None:
    """Bring everything derived up to date."""
    exposure.refresh(session, incident_ids=incidents, person_ids=(), now=NOW)


@pytest.fixture
def feed_quick(sqlite_engine, tmp_path, keys):
    """A feed into SQLite, and its nights."""
    from tests.feeds.conftest import prepared  # noqa: PLC0415

    return prepared(sqlite_engine, tmp_path), Nights(sqlite_engine, keys)


@pytest.fixture
def feed_nights(engine, tmp_path, keys):
    """The same on each database."""
    from tests.feeds.conftest import prepared  # noqa: PLC0415

    return prepared(engine, tmp_path), Nights(engine, keys)

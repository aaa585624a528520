"""Whatever happened to a force, and on whatever days it is worked through: all counts are right,
and the nights one by one do the same as the last of them alone.
"""

import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import StaticPool, create_engine, event, text
from sqlmodel import Session

from app.database import _begin_sqlite, metadata, transaction
from app.exposure.service import differences, refresh
from app.incidents.framework import SHIPPED, CumulativeRule
from app.incidents.models import Incident
from app.people.models import AbsenceSpell, Characteristic, CharacteristicKind, Person, Skill
from app.retention import running
from app.retention.models import HoldReason, LegalHold, PeriodReason, RetentionPeriod
from app.security.key_store import open_store
from tests.conftest import NOW
from tests.factories import Force, account

HISTORIES = 12
"""How many are tried in each run; each takes about two seconds."""
BEGIN = date(2026, 11, 23)
NIGHTS = 40
FIRST = date(2023, 8, 1)
"""Incidents are kept for three years here: this is a while before the first of them goes."""
RULES = (
    CumulativeRule(code="two", count=2, days=20),
    CumulativeRule(code="three", count=3, days=60, types=("suicide",)),
)
WHEN = st.one_of(st.integers(0, 220), st.integers(0, 1200))
PEOPLE = 3

histories = st.fixed_dictionaries(
    {
        "incidents": st.lists(
            st.tuples(
                WHEN,
                st.sampled_from(("suicide", "other")),
                st.sets(st.integers(0, PEOPLE - 1), min_size=1),
                st.booleans(),
            ),
            min_size=3,
            max_size=40,
        ),
        "left": st.dictionaries(st.integers(0, PEOPLE - 1), st.integers(780, 860), max_size=2),
        "absences": st.lists(
            st.tuples(
                st.integers(0, PEOPLE - 1), st.integers(0, 250), st.none() | st.integers(0, 20)
            ),
            max_size=4,
        ),
        "postings": st.lists(
            st.tuples(st.integers(0, PEOPLE - 1), st.integers(0, 260), st.integers(0, 90)),
            max_size=5,
        ),
        "held": st.lists(
            st.tuples(st.booleans(), st.integers(0, 39), st.none() | st.integers(0, NIGHTS)),
            max_size=2,
        ),
    }
)


def moment(days: int) -> datetime:
    return datetime.combine(FIRST + timedelta(days=days), datetime.min.time(), UTC) + timedelta(
        hours=(days * 7) % 24
    )


class World:
    """A force as one history says, in a database of its own."""

    def __init__(self, engine, history) -> None:
        self.engine = engine
        with closing(engine.raw_connection()) as connection:
            EMPTY.backup(connection.driver_connection)
        with transaction(engine) as session:
            self._tell(session, history)

    def _tell(self, session: Session, history) -> None:
        rules = SHIPPED.model_copy(update={"rules": RULES})
        force = Force(session, framework=rules)
        team, other = force.team(), force.team("Response B")
        people = [force.person(f"P {number}", team=team) for number in range(PEOPLE)]
        by = account(session)
        for person, start, days in history["postings"]:
            since = FIRST + timedelta(days=start)
            force.post(people[person], other, since=since, until=since + timedelta(days=days))
        incidents = [
            self._incident(session, force, people, incidents_before, *one)
            for incidents_before, one in enumerate(history["incidents"])
        ]
        refresh(session, incident_ids=incidents, person_ids=people, now=NOW)
        for number, day in history["left"].items():
            row = session.get_one(Person, people[number])
            row.left_on = FIRST + timedelta(days=day)
            session.add(Skill(person_id=people[number], name="x", starts_on=FIRST))
            kind = CharacteristicKind.SEX
            session.add(Characteristic(person_id=people[number], kind=kind, value="x"))
        for person, start, days in history["absences"]:
            since = FIRST + timedelta(days=start)
            until = None if days is None else since + timedelta(days=days)
            session.add(
                AbsenceSpell(
                    person_id=people[person],
                    starts_on=since,
                    ends_on=until,
                    psychological=False,
                    recorded_at=NOW,
                )
            )
        for is_person, which, lifted in history["held"]:
            subject = (
                {"person_id": people[which % PEOPLE]}
                if is_person
                else {"incident_id": incidents[which % len(incidents)]}
            )
            session.add(
                LegalHold(
                    reason=HoldReason.CLAIM,
                    reference="L",
                    review_on=BEGIN,
                    since=NOW,
                    by_account_id=by,
                    lifted_at=None if lifted is None else night(lifted),
                    **subject,
                )
            )
        session.add(
            RetentionPeriod(
                class_code="incidents",
                months=36,
                months_before=36,
                applies_from=FIRST,
                reason=PeriodReason.SCHEDULE,
                changed_at=NOW,
                changed_by_account_id=by,
            )
        )

    def _incident(self, session, force, people, before, day, code, who, linked) -> int:
        number = force.incident(code, moment(day))
        # The name decides which of several records of an event speaks for it.
        session.get_one(Incident, number).source_ref = f"I{before:03}"
        for person in sorted(who):
            force.attend(people[person], number)
        if linked and before:
            # It and the one told of before are the same event.
            row, other = session.get_one(Incident, number), session.get_one(Incident, number - 1)
            row.same_as_system, row.same_as_ref = other.source_system, other.source_ref
            session.flush()
            from app.incidents.linking import relink  # noqa: PLC0415

            relink(session, [number])
        return number

    def check(self) -> None:
        with Session(self.engine) as session:
            assert differences(session) == []

    def said(self) -> dict[str, list]:
        """Everything that is left, but for the record of the nights themselves."""
        found = {}
        with self.engine.connect() as connection:
            for table in metadata.sorted_tables:
                if table.name in NOT_COMPARED:
                    continue
                names = [c.name for c in table.columns if c.name not in MADE_UP]
                rows = connection.execute(
                    text(f"SELECT {', '.join(map(quoted, names))} FROM {quoted(table.name)}")
                )
                found[table.name] = sorted(map(repr, rows))
        return found


def quoted(name: str) -> str:
    return f'"{name}"'


NOT_COMPARED = {"retention_run", "retention_count", "rule_spoke"}
MADE_UP = {"public_id", "username", "source_ref", "precedence", "version", "changed_at", "digest"}
"""Drawn by lot, or the moment of the work."""


def database():
    """A database in memory, which is used again and again: statements are compiled once."""
    engine = create_engine(
        "sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False}
    )
    event.listen(engine, "connect", lambda one, _record: setattr(one, "isolation_level", None))
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def empty() -> sqlite3.Connection:
    engine = database()
    metadata.create_all(engine)
    return engine.raw_connection().driver_connection


EMPTY = empty()
OFTEN, ONCE = database(), database()
FOLDER = TemporaryDirectory()
KEYS = open_store(f"sqlite:///{FOLDER.name}/keys.db", Path(FOLDER.name))
KEYS.create()


def night(number: int) -> datetime:
    return datetime.combine(BEGIN + timedelta(days=number), datetime.min.time(), UTC) + timedelta(
        hours=3
    )


@settings(
    max_examples=HISTORIES,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
@given(histories, st.sets(st.integers(0, NIGHTS - 1), max_size=4))
def test_some_nights_or_the_last_alone_leave_the_same(history, nights):
    often, once = World(OFTEN, history), World(ONCE, history)
    for number in sorted(nights):
        running.run(often.engine, keys=KEYS, now=night(number), batch=2)
        often.check()
    for world in (often, once):
        running.run(world.engine, keys=KEYS, now=night(NIGHTS))
        world.check()
    assert often.said() == once.said()

"""What holds for a demo force on both databases and at any moment."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import pytest
from sqlalchemy import Engine, LargeBinary, func, text
from sqlmodel import SQLModel, col, select

from app.audit import service as audit
from app.common.clock import local_date
from app.database import reading, transaction
from app.debriefs.models import Debrief, DebriefPerson
from app.demo import service
from app.demo.plan import PLANS
from app.exposure import service as exposure
from app.exposure.models import Prompt, PromptPerson
from app.incidents.models import Attendance, Incident
from app.people.models import (
    AbsenceSpell,
    Person,
    Posting,
    Supervision,
    SupervisionKind,
    Unit,
    UnitAncestor,
    UnitKind,
)
from app.people.queries import covers, is_current
from app.security.key_store import KeyStore
from tests.conftest import NOW

TODAY = local_date(NOW)
SECRET = {
    ("account", "password_hash"),
    # Exposures are stored in whatever order the database counted them.
    ("exposure", "id"),
    ("audit_entry", "hash"),
    ("audit_entry", "previous_hash"),
}


class Empty(NamedTuple):
    """A database that nobody has put anything in, and the keys to seal with."""

    engine: Engine
    keys: KeyStore


@pytest.fixture
def empty(sqlite_engine, keys):
    return Empty(sqlite_engine, keys)


def contents(engine):
    """Everything in a database but what is secret and so different each time."""
    found = {}
    with reading(engine) as session:
        for table in SQLModel.metadata.sorted_tables:
            columns = [
                column
                for column in table.columns
                if (table.name, column.name) not in SECRET
                and not isinstance(column.type, LargeBinary)
            ]
            rows = session.connection().execute(table.select().with_only_columns(*columns))
            found[table.name] = sorted(repr(tuple(row)) for row in rows)
    return found


def test_the_same_moment_gives_the_same_force(build):
    first, second = (contents(build("sqlite", NOW)) for _ in range(2))
    assert first == second
    assert first["prompt_person"]


def test_both_databases_hold_the_same_force(build):
    on_sqlite, on_postgres = (contents(build(system, NOW)) for system in ("sqlite", "postgresql"))
    assert on_sqlite.keys() == on_postgres.keys()
    for name, rows in on_sqlite.items():
        assert rows == on_postgres[name], name


@pytest.mark.parametrize(
    "now",
    [
        datetime(2026, 3, 29, 1, 30, tzinfo=UTC),  # The clocks have just gone forward.
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),  # The hour that comes twice.
        datetime(2028, 2, 29, 23, 59, tzinfo=UTC),
        datetime(2027, 1, 1, 0, 0, 1, tzinfo=UTC),
        datetime(2027, 7, 14, 14, 5, tzinfo=UTC),
        datetime(2029, 5, 6, 5, 4, 3, tzinfo=UTC),
    ],
)
def test_any_moment_will_do(build, now):
    engine = build("sqlite", now)
    figures = PLANS["tiny"].figures
    with reading(engine) as session:
        assert session.exec(select(func.count()).select_from(Debrief)).one() == figures.debriefs
        assert session.exec(select(func.count()).select_from(DebriefPerson)).one() == figures.people
        assert session.exec(select(func.max(Incident.received_at))).one() <= now
        assert not exposure.differences(session)


def test_a_period_too_quiet_for_the_figures_is_made_busier(build, monkeypatch):
    told = []
    quiet = replace(PLANS["tiny"], activity=0.95)
    monkeypatch.setattr(service, "PLANS", {"tiny": quiet})
    engine = build(
        "sqlite", NOW, progress=lambda step, done, total: told.append((step, done, total))
    )
    assert told.count(("Inventing people", 0, 3)) > 1
    with reading(engine) as session:
        held = session.exec(select(func.count()).select_from(DebriefPerson)).one()
        assert held == quiet.figures.people
        assert not exposure.differences(session)


def test_stopping_on_the_way_leaves_nothing_behind(build, empty):
    def stop(step, _done, _total):
        if step == "Holding conversations":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        service.build(empty.engine, size="tiny", now=NOW, keys=empty.keys, progress=stop)
    assert not any(contents(empty.engine).values())
    service.build(empty.engine, size="tiny", now=NOW, keys=empty.keys)
    assert contents(empty.engine) == contents(build("sqlite", NOW))


def test_progress_is_told_and_every_step_ends(build):
    told = {}
    build(
        "sqlite",
        NOW,
        progress=lambda step, done, total: told.setdefault(step, []).append((done, total)),
    )
    assert len(told) >= 4
    for steps in told.values():
        assert [done for done, _total in steps] == sorted(done for done, _total in steps)
        assert steps[-1][0] == steps[-1][1]


# --- Integrity ------------------------------------------------------------------------------------


def test_what_is_derived_is_what_a_recount_gives(tiny_engine):
    with reading(tiny_engine) as session:
        assert exposure.differences(session) == []
        assert audit.first_broken_link(session) is None


def test_nothing_refers_to_what_is_not_there(slice_engine):
    with reading(slice_engine) as session:
        assert session.connection().execute(text("PRAGMA foreign_key_check")).fetchall() == []


def test_every_prompt_is_about_somebody(force):
    used = select(PromptPerson.prompt_id)
    assert not force.exec(select(Prompt).where(col(Prompt.id).not_in(used))).all()


def test_the_next_rows_are_numbered_after_these(tiny_engine):
    with transaction(tiny_engine) as session:
        for table in (Unit, Person, Incident):
            newest = session.exec(select(func.max(table.id))).one()
            row = _one_more(table)
            session.add(row)
            session.flush()
            assert row.id == newest + 1


def _one_more(table):
    more = {
        Unit: {"name": "One more", "kind": UnitKind.TEAM},
        Person: {"staff_type": "officer"},
        Incident: {"occurred_at": NOW, "type_code": "other", "received_at": NOW},
    }
    return table(source_system="test", source_ref="one more", **more[table])


def test_everybody_in_post_has_one_current_posting(force):
    statement = select(Posting.person_id).where(is_current(TODAY))
    posted = force.exec(statement).all()
    here = force.exec(select(Person.id).where(col(Person.left_on).is_(None))).all()
    assert len(posted) == len(set(posted))
    assert set(here) <= set(posted)


def test_every_team_has_one_supervisor_today(force):
    led = force.exec(
        select(Supervision.unit_id).where(
            covers(Supervision, TODAY), Supervision.kind == SupervisionKind.SUPERVISOR
        )
    ).all()
    teams = force.exec(select(Unit).where(Unit.kind == UnitKind.TEAM)).all()
    # And departments that have a team of leaders, by whoever leads these.
    above = [unit.parent_id for unit in teams if unit.name.endswith(" leaders")]
    assert above
    assert sorted(led) == sorted([*(unit.id for unit in teams), *above])


def test_nobody_leads_the_team_they_are_posted_to_as_its_supervisor(force):
    """So that everybody's own prompts are on somebody else's table."""
    own = (
        select(Supervision)
        .join(Posting, col(Posting.person_id) == col(Supervision.person_id))
        .where(
            is_current(TODAY),
            covers(Supervision, TODAY),
            Supervision.kind == SupervisionKind.SUPERVISOR,
            Posting.unit_id == Supervision.unit_id,
        )
    )
    assert not force.exec(own).all()


def test_everything_below_a_unit_is_one_join_away(force):
    whole = force.exec(select(Unit).where(Unit.kind == UnitKind.FORCE)).one()
    below = select(func.count()).where(UnitAncestor.ancestor_id == whole.id)
    assert force.exec(below).one() == force.exec(select(func.count()).select_from(Unit)).one()
    selves = select(func.count()).where(UnitAncestor.unit_id == UnitAncestor.ancestor_id)
    assert force.exec(selves.where(UnitAncestor.depth == 0)).one() == force.exec(below).one()


def test_nobody_is_at_an_incident_before_joining_after_leaving_or_while_off_sick(force):
    rows = force.exec(
        select(Person, Incident.occurred_at)
        .join(Attendance, col(Attendance.person_id) == col(Person.id))
        .join(Incident, col(Incident.id) == col(Attendance.incident_id))
    ).all()
    away = {}
    for spell in force.exec(select(AbsenceSpell)):
        away.setdefault(spell.person_id, []).append((spell.starts_on, spell.ends_on or TODAY))
    for person, at in rows:
        day = local_date(at)
        assert person.joined_on <= day
        assert person.left_on is None or day <= person.left_on
        assert not any(first <= day <= last for first, last in away.get(person.id, ()))


def test_leavers_have_a_reason_and_no_posting_after_they_left(force):
    left = force.exec(select(Person).where(col(Person.left_on).is_not(None))).all()
    assert len(left) > 80
    for person in left:
        assert person.leaving_reason is not None
        assert person.joined_on < person.left_on <= TODAY
        ends = force.exec(select(Posting.ends_on).where(Posting.person_id == person.id)).all()
        assert None not in ends
        assert max(ends) <= person.left_on


def test_two_people_of_one_team_never_have_the_same_name(force):
    statement = (
        select(Posting.unit_id, Person.given_name, Person.family_name)
        .join(Person, col(Person.id) == col(Posting.person_id))
        .where(is_current(TODAY), Posting.kind == "substantive", col(Person.left_on).is_(None))
    )
    rows = force.exec(statement).all()
    assert len(rows) - len(set(rows)) <= 2


def test_some_have_just_moved_and_some_are_lent_to_another_team(force):
    recent = select(func.count()).where(
        Posting.starts_on > TODAY - timedelta(days=28), is_current(TODAY)
    )
    assert force.exec(recent.where(Posting.kind == "substantive")).one() > 10
    lent = select(func.count()).where(Posting.kind == "temporary", is_current(TODAY))
    assert force.exec(lent).one() > 10

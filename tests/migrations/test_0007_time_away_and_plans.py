"""0007: prompts keep what was answered while plans and time away come and go, both ways."""

from datetime import date

import pytest
from sqlalchemy import inspect, text
from sqlmodel import Session, select

from app import migrate
from app.database import writing
from app.exposure import service
from app.exposure.models import PromptPerson, PromptState
from app.exposure.service import Answer
from app.people.models import AwayKind, AwaySpell
from tests.factories import Force, account, at

NOW = at("2026-03-02")
ADDED = {"planned_on", "handed_to_id", "handed_at", "handed_by_account_id"}


def columns_of(engine) -> set[str]:
    return {column["name"] for column in inspect(engine).get_columns("prompt_person")}


def prompted(engine) -> int:
    """Two people prompted: one put off, one planned and handed over; returns the deputy."""
    with Session(writing(engine)) as session:
        force = Force(session)
        team = force.team()
        people = [force.person(name, team=team) for name in ("Ada Moor", "Ben Hill", "Jo Stone")]
        who = account(session, person=people[2])
        incident = force.incident("suicide", at("2026-03-01"))
        for person in people[:2]:
            force.attend(person, incident)
        service.refresh(session, incident_ids=[incident], person_ids=[], now=NOW)
        first, second = session.exec(select(PromptPerson).order_by(PromptPerson.person_id)).all()
        service.answer(
            session,
            public_id=first.public_id,
            person_id=first.person_id,
            revision=0,
            decided=Answer(PromptState.DEFERRED, "on_leave", date(2026, 3, 9)),
            actor=who,
            now=NOW,
        )
        second.planned_on, second.handed_to_id = date(2026, 3, 4), people[2]
        second.handed_at, second.handed_by_account_id = NOW, who
        session.add(
            AwaySpell(
                person_id=people[0],
                kind=AwayKind.LEAVE,
                starts_on=date(2026, 3, 1),
                ends_on=date(2026, 3, 8),
                deputy_id=people[2],
                recorded_at=NOW,
                recorded_by_account_id=who,
            )
        )
        session.commit()
        return people[2]


def test_prompts_are_kept_and_plans_go_and_come_back_empty(engine):
    prompted(engine)
    assert columns_of(engine) >= ADDED
    migrate.migrate(engine, to="0006")
    assert not columns_of(engine) & ADDED
    assert "away_spell" not in inspect(engine).get_table_names()
    with engine.connect() as connection:
        kept = connection.execute(
            text("SELECT state, state_reason, revision FROM prompt_person ORDER BY person_id")
        ).all()
    assert [tuple(row) for row in kept] == [("deferred", "on_leave", 1), ("open", "", 0)]
    migrate.migrate(engine)
    with Session(engine) as session:
        rows = session.exec(select(PromptPerson).order_by(PromptPerson.person_id)).all()
        assert [row.state for row in rows] == [PromptState.DEFERRED, PromptState.OPEN]
        assert [row.planned_on for row in rows] == [None, None]
        assert session.exec(select(AwaySpell)).all() == []


@pytest.mark.parametrize(("kind", "ends_on"), [("sick", "2026-03-08"), ("leave", "2026-02-01")])
def test_the_database_refuses_reasons_of_health_and_days_in_the_wrong_order(engine, kind, ends_on):
    person = prompted(engine)
    added = text(
        "INSERT INTO away_spell (public_id, person_id, kind, starts_on, ends_on, recorded_at,"
        " recorded_by_account_id) SELECT :kind, :person, :kind, '2026-03-01', :ends_on,"
        " '2026-03-01 00:00:00', id FROM account"
    )
    with engine.begin() as connection, pytest.raises(Exception, match="ck_away_spell"):
        connection.execute(added, {"kind": kind, "person": person, "ends_on": ends_on})

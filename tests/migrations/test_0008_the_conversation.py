"""0008: conversations that are there keep what they said and are shared as before, both ways."""

from sqlalchemy import inspect
from sqlmodel import Session, select, text

from app import migrate
from app.database import writing
from app.debriefs import drafts, holds
from app.debriefs.models import Confidentiality, DebriefPerson
from tests.debriefs.conftest import NOW, asked  # noqa: F401
from tests.debriefs.test_service import ALONE, TALK


def test_conversations_are_kept_and_shared_as_before(asked, engine):  # noqa: F811
    session = asked.session
    asked.record(asked.part(TALK), asked.part(ALONE, 1))
    holds.hold(session, viewer=asked.viewer, incident_public_ids=[asked.incident], now=NOW)
    typed = {asked.people[2]: {"outcome": ["held"]}}
    drafts.keep(session, viewer=asked.viewer, keys=asked.keys, typed=typed, now=NOW)
    session.commit()
    session.close()
    migrate.migrate(engine, to="0006")
    tables = set(inspect(engine).get_table_names())
    assert not tables & {"incident_hold", "debrief_draft", "debrief_draft_person"}
    with Session(engine) as looking:
        supports = looking.exec(text("SELECT primary_support FROM debrief_person")).all()
        assert [row[0] for row in supports] == ["peer_support", "peer_support"]
    migrate.migrate(engine)
    with Session(writing(engine)) as looking:
        chosen = looking.exec(select(DebriefPerson.confidentiality)).all()
        assert chosen == [Confidentiality.SHARED, Confidentiality.SHARED]

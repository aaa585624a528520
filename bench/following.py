"""Bringing everything derived up to date after one attendance, beside counting it all anew."""

from collections.abc import Iterator

from sqlmodel import Session, col, select

from app.database import writing
from app.exposure.service import rebuild, refresh
from app.incidents.models import Attendance, AttendanceRole, Incident
from app.people.models import Person
from bench.measure import Line, best, ms
from bench.world import World


def following(world: World) -> Iterator[Line]:
    """One more person turns out to have been at the newest incident."""
    print("Following a change", flush=True)
    engine = world.engine(world.copy())
    with Session(writing(engine)) as session:
        incident = session.exec(
            select(Incident.id).order_by(col(Incident.occurred_at).desc())
        ).first()
        there = select(Attendance.person_id).where(Attendance.incident_id == incident)
        person = session.exec(select(Person.id).where(col(Person.id).not_in(there))).first()
        everyone = len(session.exec(select(Person.id)).all())
        session.add(
            Attendance(
                source_system="bench",
                source_ref="one",
                incident_id=incident or 0,
                person_id=person or 0,
                role=AttendanceRole.AT_SCENE,
                received_at=world.now,
            )
        )
        session.commit()

    def follow() -> None:
        with Session(writing(engine)) as session:
            refresh(session, incident_ids=[incident or 0], person_ids=[], now=world.now)
            session.rollback()

    def recount() -> None:
        with Session(writing(engine)) as session:
            rebuild(session, now=world.now)
            session.rollback()

    ours, anew = best(follow), best(recount, times=2)
    yield Line(
        f"Following one attendance among {everyone:,} people",
        ms(ours),
        ms(anew),
        f"1 : {anew / ours:,.0f}",
    )

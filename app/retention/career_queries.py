"""Reading what somebody may take with them: their own record, for themself alone."""

from sqlmodel import Session, col

from app.common.clock import local_date
from app.database import columns
from app.debriefs.models import Debrief, DebriefPerson, SupportOffer, SupportStatus
from app.exposure.models import Exposure
from app.incidents.queries import frameworks
from app.people.models import Person
from app.people.queries import counts_since
from app.referrals.models import Referral
from app.referrals.wording import SUPPORT
from app.retention.career import Held
from app.security.viewer import Viewer

CHOSEN = (SupportStatus.ACCEPTED, SupportStatus.IN_PLACE)


def own_record(viewer: Viewer, session: Session) -> Held | None:
    """What is held about the viewer that they could take; ``None`` if they are no staff."""
    person = session.get(Person, viewer.person_id) if viewer.person_id else None
    if person is None:
        return None
    exposures = columns(Exposure.occurred_on, Exposure.type_code).where(
        col(Exposure.person_id) == person.id
    )
    talks = (
        columns(Debrief.held_on)
        .join(DebriefPerson, col(DebriefPerson.debrief_id) == col(Debrief.id))
        .join(Person, col(Person.id) == col(DebriefPerson.person_id))
        .where(DebriefPerson.person_id == person.id, counts_since(col(Debrief.recorded_at)))
    )
    offers = (
        columns(Debrief.held_on, SupportOffer.support)
        .join(DebriefPerson, col(DebriefPerson.debrief_id) == col(Debrief.id))
        .join(SupportOffer, col(SupportOffer.debrief_person_id) == col(DebriefPerson.id))
        .join(Person, col(Person.id) == col(DebriefPerson.person_id))
        .where(
            DebriefPerson.person_id == person.id,
            col(SupportOffer.status).in_(CHOSEN),
            counts_since(col(Debrief.recorded_at)),
        )
    )
    referred = (
        columns(Referral.agreed_at, Referral.service)
        .join(Person, col(Person.id) == col(Referral.person_id))
        .where(Referral.person_id == person.id, counts_since(col(Referral.agreed_at)))
    )
    chosen = {(day.replace(day=1), kind.value) for day, kind in session.exec(offers)}
    chosen |= {
        (local_date(at).replace(day=1), service.value) for at, service in session.exec(referred)
    }
    return Held(
        name=f"{person.given_name} {person.family_name}".strip(),
        joined_on=person.joined_on,
        left_on=person.left_on,
        exposures=[(day, code) for day, code in session.exec(exposures)],
        conversations=[day for (day,) in session.exec(talks)],
        support=chosen,
        types=frameworks(session).type_names(),
        kinds={kind.value: name for kind, name in SUPPORT.items()},
    )

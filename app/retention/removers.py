"""Which remover works through which class: a line for each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlmodel import Session, col

from app.accounts.models import Account, RoleGrant
from app.audit import service as audit
from app.audit.models import AuditEntry
from app.checks.models import SelfCheck
from app.common.clock import start_of_day
from app.debriefs.models import Debrief, DebriefPerson
from app.exposure.models import Recount
from app.incidents.models import Incident, PastKind
from app.people.models import (
    AbsenceSpell,
    AwaySpell,
    Characteristic,
    ContractedHours,
    EqualityObjection,
    Person,
    Posting,
    Skill,
    Supervision,
)
from app.referrals.models import PractitionerCare
from app.retention.holding import held_people
from app.retention.leaving import Leavers, OpenAccounts, accounts
from app.retention.removing import (
    Conversations,
    Factors,
    Incidents,
    Postings,
    Rows,
    ended,
    imports,
    last_day_of,
    referrals,
)
from app.rights.models import RightsRequest


@dataclass(frozen=True)
class AuditTrail(Rows):
    """The log, from its oldest end."""

    def some(self, session: Session, *, before: date, now: datetime, limit: int) -> list[int]:
        """Up to the first entry that stays."""
        return audit.removable(
            session, before=start_of_day(before), held_people=held_people(now), limit=limit
        )

    def remove(self, session: Session, numbers: Sequence[int], *, now: datetime) -> None:  # noqa: ARG002
        """Keep the last hash."""
        audit.remove(session, numbers=numbers)


def _spells(model: Any, at: Any, noun: str, past: PastKind | None = None) -> Rows:
    person = col(model.person_id)
    return Rows(model, ended(at, person), person=person, noun=noun, past=past)


REMOVERS: Final[dict[str, Rows]] = {
    "incidents": Incidents(
        Incident,
        col(Incident.occurred_at),
        is_moment=True,
        noun="incident",
        past=PastKind.INCIDENTS,
    ),
    "leavers": Leavers(Person, col(Person.left_on), person=col(Person.id)),
    "equality": Rows(
        Characteristic,
        last_day_of(col(Characteristic.person_id)),
        person=col(Characteristic.person_id),
        key=col(Characteristic.person_id),
    ),
    "conversations": Conversations(
        Debrief,
        col(Debrief.held_on),
        parts=[(DebriefPerson, col(DebriefPerson.debrief_id))],
    ),
    "factors": Factors(DebriefPerson, None, person=col(DebriefPerson.person_id)),
    "referrals": referrals(),
    "self_checks": Rows(
        SelfCheck,
        last_day_of(col(SelfCheck.person_id)),
        person=col(SelfCheck.person_id),
    ),
    "rights": Rows(
        RightsRequest,
        col(RightsRequest.ended_at),
        is_moment=True,
        person=col(RightsRequest.person_id),
    ),
    "objections": Rows(
        EqualityObjection,
        col(EqualityObjection.taken_back_at),
        is_moment=True,
        person=col(EqualityObjection.person_id),
    ),
    "postings": Postings(
        Posting,
        ended(col(Posting.ends_on), col(Posting.person_id)),
        person=col(Posting.person_id),
        noun="posting",
        past=PastKind.POSTINGS,
    ),
    "supervisions": _spells(
        Supervision, col(Supervision.ends_on), "supervision", PastKind.SUPERVISORS
    ),
    "skills": Rows(
        Skill, last_day_of(col(Skill.person_id)), person=col(Skill.person_id), noun="skill"
    ),
    "absences": _spells(AbsenceSpell, col(AbsenceSpell.ends_on), "absence"),
    "hours": _spells(ContractedHours, col(ContractedHours.month), "hours"),
    "away": Rows(AwaySpell, col(AwaySpell.ends_on), person=col(AwaySpell.person_id)),
    "practitioners": Rows(PractitionerCare, col(PractitionerCare.at), is_moment=True),
    "sign_in": OpenAccounts(Account, None),
    "accounts": accounts(),
    "roles": Rows(RoleGrant, col(RoleGrant.ends_on)),
    "audit": AuditTrail(AuditEntry, col(AuditEntry.at), is_moment=True),
    "imports": imports(),
    "recounts": Rows(Recount, col(Recount.at), is_moment=True),
}
"""By the code of the class. A class of another area needs its line here, and its tables in
``app.retention.classes``."""

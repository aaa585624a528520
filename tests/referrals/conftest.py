"""A small force with two practitioners of one service and somebody who agreed to be contacted."""

from dataclasses import dataclass, field

import pytest
from sqlmodel import select

from app.accounts.models import Account, RoleGrant
from app.audit.models import AuditEntry
from app.referrals import service, staffing
from app.referrals.agreeing import Agreement, refer
from app.referrals.models import Referral, ReferralStep, Support
from app.security.permissions import Role
from app.security.viewer import Grant, Viewer
from tests.conftest import NOW
from tests.factories import Force, account


@dataclass
class Services:
    """What a test asks and does, each with what it usually is."""

    session: object
    force: Force = field(init=False)

    def __post_init__(self) -> None:
        self.force = Force(self.session)
        self.team = self.force.team()
        self.person = self.force.person("Sam Field", team=self.team)
        self.lead = self.viewer(Role.WELLBEING_LEAD, "Lee Dale")

    def viewer(self, role, name="Jo Stone", *, person=None, unit=None) -> Viewer:
        """Somebody signed in, with an account in the role."""
        number = account(self.session, person=person, name=name)
        self.session.add(
            RoleGrant(account_id=number, role=role, unit_id=unit, starts_on=NOW.date())
        )
        self.session.flush()
        return Viewer(number, person, name, (Grant(role, unit),))

    def practitioner(self, name, *, of=Support.TRIM, limit=6, unit=None, person=None) -> Viewer:
        """Somebody who works for a service."""
        viewer = self.viewer(Role.WELLBEING_PRACTITIONER, name, person=person)
        self.seat(viewer, of=of, limit=limit, unit=unit)
        return viewer

    def seat(self, viewer, *, of=Support.TRIM, limit=6, unit=None):
        """Their place in the service."""
        return staffing.add_practitioner(
            self.session,
            viewer=self.lead,
            account=self.session.get(Account, viewer.account_id),
            service=of,
            unit_id=unit,
            caseload_limit=limit,
            now=NOW,
        )

    def refer(self, person=None, to=Support.TRIM, *, now=NOW, by=None) -> Referral:
        """Somebody agrees to be contacted."""
        return refer(
            self.session,
            person_id=person or self.person,
            service=to,
            agreed=Agreement(now, by or self.lead),
            now=now,
        )

    def take_on(self, viewer, row, *, now=NOW) -> Referral:
        """A practitioner takes it on as it is now."""
        return service.take_on(
            self.session, viewer=viewer, public_id=row.public_id, revision=row.revision, now=now
        )

    def contact(self, viewer, row, *, now=NOW) -> Referral:
        """They reach the person."""
        return service.record_contact(
            self.session,
            viewer=viewer,
            public_id=row.public_id,
            revision=row.revision,
            contacted_on=now.date(),
            now=now,
        )

    def close(self, viewer, row, outcome, *, now=NOW, pass_to=None) -> Referral:
        """It ends."""
        return service.close(
            self.session,
            viewer=viewer,
            public_id=row.public_id,
            revision=row.revision,
            ending=service.Ending(outcome, pass_to),
            now=now,
        )

    def steps(self, row) -> dict:
        """Planned meetings by kind."""
        found = self.session.exec(
            select(ReferralStep).where(ReferralStep.referral_id == row.id)
        ).all()
        return {step.kind: step for step in found}

    def written(self, person=None) -> list[tuple[str, str]]:
        """What the audit log says about somebody: events, and the change where one is told."""
        found = self.session.exec(
            select(AuditEntry)
            .where(AuditEntry.subject_person_id == (person or self.person))
            .order_by(AuditEntry.id)
        ).all()
        return [(row.event, str(row.details.get("change", ""))) for row in found]


@pytest.fixture
def services(session) -> Services:
    """The small force."""
    return Services(session)

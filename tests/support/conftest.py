"""The small force of the referrals' tests, in which people ask for support themselves."""

import pytest
from sqlmodel import select

from app.people.models import Posting
from app.referrals.models import Referral, Support, Urgency
from app.referrals.wishes import Contact, Means, Wish
from app.security.permissions import Role
from app.security.viewer import Grant, Viewer
from app.support import service
from tests.conftest import NOW
from tests.factories import account
from tests.referrals.conftest import Services

PHONE = Contact(Means.PHONE, "07700 900999")


class Asking(Services):
    """What a test of asking for support says and does."""

    def __init__(self, session, keys) -> None:
        super().__init__(session)
        self.keys = keys
        self.sam = Viewer(
            account(session, person=self.person, name="Sam Field"),
            self.person,
            "Sam Field",
            (Grant(Role.STAFF, None),),
        )

    def peer(self, name, **more) -> Viewer:
        """A peer supporter, who is somebody posted elsewhere unless a test says otherwise."""
        if "person" not in more:
            elsewhere = self.force.unit(f"Unit of {name}")
            more["person"] = self.force.person(name, team=elsewhere)
        return self.practitioner(name, of=Support.PEER_SUPPORT, **more)

    def ask(
        self,
        *,
        service_=Support.PEER_SUPPORT,
        urgency=Urgency.NO_HURRY,
        outside=False,
        avoided=(),
        now=NOW,
    ) -> Referral:
        """Sam asks."""
        wish = Wish(
            urgency,
            PHONE,
            outside_line=outside,
            avoided=frozenset(one.account_id for one in avoided),
        )
        return service.ask(
            self.session, keys=self.keys, viewer=self.sam, service=service_, wish=wish, now=now
        )

    def lead_of(self, name, unit) -> int:
        """Somebody who leads a unit, posted there."""
        person = self.force.person(name, team=unit)
        self.force.lead(person, unit)
        return person

    def move(self, person, unit) -> None:
        """Somebody is posted to another unit from now on."""
        for row in self.session.exec(select(Posting).where(Posting.person_id == person)):
            self.session.delete(row)
        self.session.flush()
        self.force.post(person, unit)

    def taken(self, viewer, row) -> Referral:
        """A practitioner takes it on, with the keys a page has."""
        from app.referrals import service as referrals  # noqa: PLC0415

        return referrals.take_on(
            self.session,
            viewer=viewer,
            public_id=row.public_id,
            revision=row.revision,
            now=NOW,
            keys=self.keys,
        )


@pytest.fixture
def asking(session, keys) -> Asking:
    return Asking(session, keys)

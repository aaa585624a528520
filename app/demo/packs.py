"""A pack about the demo supervisor's team, made an hour ago."""

from datetime import datetime, timedelta

from sqlmodel import Session

from app.accounts.queries import by_username, viewer_for
from app.common.clock import local_date
from app.demo.accounts import DEMO_ACCOUNTS
from app.demo.chance import Chance
from app.packs import service
from app.packs.contents import gather
from app.packs.making import contents_of, files_of
from app.packs.models import Version
from app.people.queries import units_in_reach
from app.security.encryption import KeyRing
from app.security.permissions import Role

AGE = timedelta(hours=1)


def write_pack(session: Session, ring: KeyRing, now: datetime, chance: Chance) -> None:
    """Ask for one as the supervisor would, and make it as the job runner would."""
    made, day = now - AGE, local_date(now)
    username = next(one.username for one in DEMO_ACCOUNTS if one.role is Role.SUPERVISOR)
    account = by_username(session, username=username)
    viewer = viewer_for(session, account_id=account.id or 0, day=day) if account else None
    if viewer is None:
        return
    for unit in [unit for unit in units_in_reach(viewer, session, day=day) if unit.leads][:1]:
        row = service.ask(
            session, viewer=viewer, unit=unit, version=Version.NAMED, days=91, now=made
        )
        row.public_id = chance.public_id()
        facts = gather(viewer, session, unit=unit, first=row.first_on, last=row.last_on, now=made)
        service.keep(
            session,
            number=row.id or 0,
            files=files_of(contents_of(facts, row.version)),
            members=[member.id for member in facts.members],
            ring=ring,
            actor=viewer,
            now=made,
        )

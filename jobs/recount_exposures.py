"""Every night, everything derived is compared with a full recount; there must be no difference."""

import logging
from datetime import datetime

from sqlmodel import Session

from app.exposure.service import keep_recount, recount

log = logging.getLogger("jobs.recount")


def run(*, session: Session, now: datetime) -> str:
    """Compare, keep the result and raise the alarm; mending is left to a person, because a
    difference means a fault."""
    # Looked at in a session of its own, so that nobody who writes waits for it.
    found = recount(session.get_bind().engine, now=now)
    keep_recount(session, found)
    if found.differences:
        log.error(
            "recount differs: %d incidents, %d exposures, %d monthly counts, %d prompts; "
            "run the check",
            found.incidents,
            found.exposures,
            found.tallies,
            found.prompts,
        )
    return f"{found.differences} differences from a full recount of {found.people} people"

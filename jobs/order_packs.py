"""Every month, a pack is ordered for each team with a supervisor.

It looks every day, so that a runner that was down on the first, or a team that has a supervisor
again, is made up for. A team that has this month's is left alone.
"""

from datetime import datetime

from sqlmodel import Session

from app.packs.service import order_monthly


def run(*, session: Session, now: datetime) -> str:
    """Order them; says how many."""
    return f"{order_monthly(session, now=now)} packs ordered"

"""Installing a framework."""

from datetime import date, datetime

from sqlmodel import Session, select

from app.incidents.framework import SHIPPED
from app.incidents.models import FrameworkStatus, FrameworkVersion

LONG_AGO = date(1900, 1, 1)


def install_shipped_framework(session: Session, *, now: datetime) -> None:
    """Make the shipped framework version 1, unless the force already has one."""
    if session.exec(select(FrameworkVersion.number)).first() is not None:
        return
    session.add(
        FrameworkVersion(
            number=1,
            status=FrameworkStatus.ACTIVE,
            effective_from=LONG_AGO,
            document=SHIPPED.model_dump(mode="json"),
            created_at=now,
        )
    )
    session.flush()

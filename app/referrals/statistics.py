"""Counts of open referrals, for wellbeing leads."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.referrals.cases import Case
from app.referrals.models import Support


@dataclass(frozen=True)
class OpenCount:
    """Open referrals of one service: how many, with nobody, and overdue."""

    service: Support
    open: int
    waiting: int
    late: int


def by_service(
    cases: Sequence[Case], services: Iterable[Support], *, now: datetime
) -> list[OpenCount]:
    """Open referrals by service, each service listed even at nothing."""
    found: list[OpenCount] = []
    for service in services:
        theirs = [case for case in cases if case.row.service is service]
        waiting = sum(not case.held for case in theirs)
        late = sum(case.late(now) for case in theirs)
        found.append(OpenCount(service, len(theirs), waiting, late))
    return found

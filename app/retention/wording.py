"""The words people see for closed sets of values."""

from typing import Final

from app.retention.classes import Bounds
from app.retention.models import HoldReason, PeriodReason, UntoldReason

YEAR: Final = 12
REASONS: Final = {
    PeriodReason.SCHEDULE: "The force\u2019s retention schedule says so",
    PeriodReason.LAW: "A law or a code of practice asks for it",
    PeriodReason.ADVICE: "The data protection officer advised it",
    PeriodReason.AGREEMENT: "It was agreed with staff associations and unions",
}
HOLDS: Final = {
    HoldReason.CLAIM: "A claim at a court or tribunal",
    HoldReason.INQUEST: "An inquest",
    HoldReason.INQUIRY: "A public inquiry",
    HoldReason.COURT_ORDER: "A court has ordered it",
    HoldReason.RIGHTS_REQUEST: "A request or complaint about the record is open",
}
UNTOLD: Final = {
    UntoldReason.COURT_ORDER: "No: a court has forbidden it",
    UntoldReason.LAW: "No: a law forbids it, as the force\u2019s lawyers have confirmed",
}


def period(months: int) -> str:
    """A number of months as people say it."""
    if months == 0:
        return "None: not kept after it"
    years, rest = divmod(months, YEAR)
    if rest or not years:
        return f"{months} month" if months == 1 else f"{months} months"
    return f"{years} year" if years == 1 else f"{years} years"


def bounds(found: Bounds | None) -> str:
    """Within what a period may be set."""
    if found is None:
        return "Fixed"
    return f"From {found.least} to {found.most} months"

"""The words people see when they ask for support, share something, or ask without a name."""

from app.referrals.models import ShareEnd, Support
from app.referrals.wording import LIMITS, MEANS, TIMES, URGENCY

__all__ = ["ENDED", "LIMITS", "MEANS", "OUTSIDE", "TIMES", "URGENCY", "WHOM"]

OUTSIDE = "outside"
"""The choice of somebody outside one's own line: a peer supporter, with the fence that goes with
it."""
WHOM: dict[str, tuple[str, str]] = {
    Support.PEER_SUPPORT: ("Peer support", "A trained colleague who listens."),
    OUTSIDE: (
        "Somebody outside my line",
        "A trained colleague who is not in your team, does not lead you and is not led by you.",
    ),
    Support.TRIM: (
        "TRiM",
        "A trained colleague. You meet after a few days, and again after about a month.",
    ),
    Support.OCCUPATIONAL_HEALTH: (
        "Occupational health",
        "Nurses and doctors who know police work.",
    ),
    Support.EMPLOYEE_ASSISTANCE: ("Employee assistance", "Counsellors from outside the force."),
    Support.CHAPLAIN: ("Chaplain", "Somebody to talk to, with any faith or none."),
    Support.STAFF_NETWORK: (
        "Staff network",
        "People from a network of colleagues who may know what it is like for you.",
    ),
    Support.FEDERATION_OR_UNION: (
        "Federation or union",
        "A rep. They know the rules and are on your side.",
    ),
}
ENDED: dict[ShareEnd, str] = {
    ShareEnd.WITHDRAWN: "You took it back",
    ShareEnd.HANDED_OVER: "Somebody else took over",
    ShareEnd.CLOSED: "The request was closed",
}

"""The words people see for closed sets of values."""

from app.major.models import DetachReason, Tier

TIERS = {
    Tier.CLOSEST: "First: at the scene or closest to it",
    Tier.SUPPORTING: "Second: supporting the response",
    Tier.WIDER: "Third: wider circle",
}
TIER_HINTS = {
    Tier.CLOSEST: "Counted as being at the scene.",
    Tier.SUPPORTING: "Control room, cordons, custody, family liaison. Counted as dealing with it.",
    Tier.WIDER: "Others whom it may have reached. Counted as dealing with it.",
}
DETACH_REASONS = {
    DetachReason.NOT_INVOLVED: "They were not involved",
    DetachReason.WRONG_PERSON: "Added by mistake for somebody else",
    DetachReason.ASKED: "They asked to be taken off the list",
}
STATES = {
    "spoken": "Spoken to",
    "declined": "Asked, and said no",
    "not_needed": "Not needed",
    "disputed": "Says they were not exposed",
    "deferred": "Put off",
    "waiting": "Not yet",
}

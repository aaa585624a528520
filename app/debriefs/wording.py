"""The words people see for closed sets of debrief values."""

from app.debriefs.models import ReferralState, Setting, Support, SupportStatus

SUPPORT: dict[Support, str] = {
    Support.LINE_MANAGER: "Line manager",
    Support.PEER_SUPPORT: "Peer support",
    Support.TRIM: "TRiM",
    Support.OCCUPATIONAL_HEALTH: "Occupational health",
    Support.EMPLOYEE_ASSISTANCE: "Employee assistance",
    Support.CHAPLAIN: "Chaplain",
    Support.STAFF_NETWORK: "Staff network",
    Support.FEDERATION_OR_UNION: "Federation or union",
    Support.GP: "GP",
    Support.CRISIS_LINE: "National crisis line",
    Support.POLICE_CARE_UK: "Police Care UK",
    Support.NONE: "None for now",
}
STATUS: dict[SupportStatus, str] = {
    SupportStatus.OFFERED: "Offered, thinking about it",
    SupportStatus.ACCEPTED: "Accepted",
    SupportStatus.DECLINED: "Offered, not wanted",
    SupportStatus.IN_PLACE: "Already in place",
}
SETTING: dict[Setting, str] = {
    Setting.IN_PERSON: "In person",
    Setting.PHONE: "By phone",
    Setting.VIDEO: "By video",
    Setting.GROUP: "In a group",
}
REFERRAL: dict[ReferralState, str] = {
    ReferralState.SENT: "Sent",
    ReferralState.ACCEPTED: "Accepted by the service",
    ReferralState.CONTACTED: "The service has made contact",
    ReferralState.CLOSED: "Closed",
}
DEFER_REASONS: dict[str, str] = {
    "their_request": "They asked for later",
    "rest_days": "They are on rest days",
    "on_leave": "They are on leave",
    "off_sick": "They are off sick",
    "operational": "Operational demand",
}
NOT_NEEDED_REASONS: dict[str, str] = {
    "not_exposed": "They were not exposed to it",
    "already_spoken": "Already covered in another conversation",
    "handed_over": "Somebody else is looking after it",
}
DECLINED_REASONS: dict[str, str] = {
    "not_now": "They would rather not talk",
    "someone_else": "They would rather talk to someone else",
}

"""The words people see for closed sets of debrief values."""

from app.debriefs.models import Confidentiality, Setting, SupportStatus

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
DEFER_REASONS: dict[str, str] = {
    "their_request": "They asked for later",
    "rest_days": "They are on rest days",
    "on_leave": "They are on leave",
    "off_sick": "They are off sick",
    "operational": "Operational demand",
    "agreed": "Another day suits better",
}
NOT_NEEDED_REASONS: dict[str, str] = {
    "not_exposed": "They were not exposed to it",
    "already_spoken": "Already covered in another conversation",
    "handed_over": "Somebody else is looking after it",
    "welfare_led": "Their welfare is led by those the force names for it",
}
DECLINED_REASONS: dict[str, str] = {
    "not_now": "They would rather not talk",
    "someone_else": "They would rather talk to someone else",
}
CONFIDENTIALITY: dict[Confidentiality, str] = {
    Confidentiality.SHARED: "Whoever supervises me may see the support we agreed",
    Confidentiality.PRIVATE: "Only that there was a conversation, and when the next is",
}

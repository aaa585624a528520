"""The words people see for kinds of support, and for what becomes of a referral."""

from app.referrals.models import Outcome, ReferralState, StepKind, Support, Urgency
from app.referrals.rules import Duty
from app.referrals.wishes import Limit, Means, Time

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
REFERRAL: dict[ReferralState, str] = {
    ReferralState.SENT: "Sent",
    ReferralState.ACCEPTED: "Accepted by the service",
    ReferralState.CONTACTED: "The service has made contact",
    ReferralState.CLOSED: "Closed",
}
OUTCOME: dict[Outcome, str] = {
    Outcome.COMPLETED: "Completed",
    Outcome.SIGNPOSTED: "Signposted elsewhere",
    Outcome.DECLINED: "They chose not to go on",
    Outcome.NOT_REACHED: "Could not reach them",
    Outcome.PASSED_ON: "Passed on to another service",
    Outcome.MOVED_OR_LEFT: "Moved force or left",
    Outcome.WITHDRAWN: "Withdrawn by the person",
    Outcome.NOT_RECORDED: "Not recorded",
}
OUTCOME_FOR_ME: dict[Outcome, str] = {
    Outcome.COMPLETED: "Completed",
    Outcome.SIGNPOSTED: "You were told where to go next",
    Outcome.DECLINED: "You chose not to go on",
    Outcome.NOT_REACHED: "They could not reach you",
    Outcome.PASSED_ON: "Passed on to another service, as you agreed",
    Outcome.MOVED_OR_LEFT: "You moved force or left",
    Outcome.WITHDRAWN: "You took it back",
    Outcome.NOT_RECORDED: "How it ended is not recorded",
}
OUTCOME_HINT: dict[Outcome, str] = {
    Outcome.SIGNPOSTED: "They know where to go next and will go there themselves.",
    Outcome.DECLINED: "Nothing follows from that.",
    Outcome.PASSED_ON: "Not for this service. They have to agree afresh.",
}
STEP: dict[StepKind, str] = {
    StepKind.FIRST_MEETING: "First meeting",
    StepKind.MONTH_MEETING: "Meeting after a month",
    StepKind.FOLLOW_UP: "Follow-up",
}
DUTY: dict[Duty, str] = {
    Duty.TAKE_ON: "Take it on",
    Duty.CONTACT: "Make contact",
    Duty.FIRST_MEETING: "First meeting",
    Duty.MONTH_MEETING: "Meeting after a month",
    Duty.FOLLOW_UP: "Follow-up",
    Duty.CLOSE: "Go on, or close it",
}
NEXT_FOR_ME: dict[Duty, str] = {
    Duty.TAKE_ON: "Somebody takes it on by",
    Duty.CONTACT: "They contact you by",
    Duty.FIRST_MEETING: "You meet by",
    Duty.MONTH_MEETING: "You meet again by",
    Duty.FOLLOW_UP: "They follow up by",
    Duty.CLOSE: "Nothing more is planned",
}
"""The same for the person themself, before a date."""
URGENCY: dict[Urgency, str] = {
    Urgency.TODAY: "Today",
    Urgency.THREE_DAYS: "Within 3 days",
    Urgency.NO_HURRY: "No hurry",
}
MEANS: dict[Means, str] = {
    Means.PHONE: "By phone",
    Means.WORK_EMAIL: "By work e-mail",
    Means.IN_PERSON: "In person",
}
TIMES: dict[Time, str] = {
    Time.MORNING: "Mornings",
    Time.AFTERNOON: "Afternoons",
    Time.EVENING: "Evenings",
    Time.NIGHT: "Nights, when I am on shift",
    Time.WEEKEND: "Weekends",
}
LIMITS: dict[Limit, str] = {
    Limit.NO_MESSAGE: "Do not leave a message",
    Limit.NOT_AT_WORK: "Do not contact me at work",
}

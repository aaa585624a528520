"""The words people see for kinds of support and the states of a referral."""

from app.referrals.models import ReferralState, Support

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

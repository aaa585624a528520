"""The words people see for the wellbeing lens."""

from typing import Final

from app.measures.asked import Band, Behind
from app.people.models import LeavingReason, UnitKind

BANDS: Final = {
    Band.NONE: "Not exposed",
    Band.FEW: "1 or 2 incidents",
    Band.SOME: "3 to 5 incidents",
    Band.MANY: "6 incidents or more",
}
BAND_PEOPLE: Final = {
    Band.NONE: Behind.NOT_EXPOSED,
    Band.FEW: Behind.FEW,
    Band.SOME: Behind.SOME,
    Band.MANY: Behind.MANY,
}
BEHIND: Final = {
    Behind.EVERYBODY: "Everybody asked about",
    Behind.EXPOSED: "People exposed to at least one incident",
    Behind.NOT_EXPOSED: "People not exposed",
    Behind.FEW: "People exposed to 1 or 2 incidents",
    Behind.SOME: "People exposed to 3 to 5 incidents",
    Behind.MANY: "People exposed to 6 incidents or more",
    Behind.REPEATED: "People exposed to the same type twice or more",
    Behind.PROMPTED: "People with a prompt",
    Behind.WAITING: "People waiting for a conversation",
    Behind.TALKED: "People with a supportive conversation",
    Behind.REFERRED: "People who were referred",
    Behind.ABSENT: "People with psychological absence",
    Behind.LONG_TERM: "People with psychological absence of more than 28 days",
}
LEAVING: Final = {
    LeavingReason.VOLUNTARY_RESIGNATION: "Resigned",
    LeavingReason.ORDINARY_RETIREMENT: "Retired",
    LeavingReason.MEDICAL_RETIREMENT: "Retired for medical reasons",
    LeavingReason.TRANSFER: "Transferred to another force",
    LeavingReason.DISMISSAL: "Dismissed",
    LeavingReason.DEATH: "Died",
    LeavingReason.NOT_RECORDED: "Not recorded",
}
UNITS: Final = {
    UnitKind.DISTRICT: "district",
    UnitKind.DEPARTMENT: "department",
    UnitKind.TEAM: "team",
}

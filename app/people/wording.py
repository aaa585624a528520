"""The words people see for closed sets of values."""

from app.people.models import AwayKind

GONE = {
    AwayKind.LEAVE: "On leave",
    AwayKind.TRAINING: "On training",
    AwayKind.OTHER: "Away",
}
ABSENT = "Absent"
"""All that is said of somebody who is absent without having planned it."""
AWAY = {
    AwayKind.LEAVE: "Leave",
    AwayKind.TRAINING: "Training",
    AwayKind.OTHER: "Something else that was planned",
}

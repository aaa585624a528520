"""The words people see for closed sets of values."""

from app.people.models import AwayKind

AWAY = {
    AwayKind.LEAVE: "Leave",
    AwayKind.TRAINING: "Training",
    AwayKind.OTHER: "Something else that was planned",
}

"""The words people see for what waits, what was decided and why."""

from enum import StrEnum

from app.disclosure.store import State

STATES = {
    State.CANDIDATE: "Waiting for a decision",
    State.PUBLISHED: "Published",
    State.REFUSED: "Refused",
    State.FAILED: "Failed its tests",
}
TONES = {
    State.CANDIDATE: "soon",
    State.PUBLISHED: "good",
    State.REFUSED: "",
    State.FAILED: "late",
}
CLOCK = "The job runner, as every month"
CHANGES = {
    "figures": "Figures in all",
    "new": "New since the last release",
    "changed": "Changed since the last release",
    "carried": "Kept as they were published",
    "hidden": "Hidden, so that nobody can be found",
    "newly_hidden": "Shown before, now hidden",
}
PARAMETERS = {
    "smallest_group": "Smallest group",
    "smallest_sensitive_group": "Smallest group by ethnicity, religion, disability and the like",
    "smallest_count": "Smallest result, and smallest rest",
    "smallest_difference": "Smallest difference between two groups",
    "spread": "Usual size of the adjustment, in people",
    "widest": "Largest adjustment, in people",
    "step": "Rounded to",
    "most_cells": "Figures of one measure that one person may be in",
    "fewest_changes": "Records that have to change before a figure does",
}


class Refusal(StrEnum):
    """Why somebody refuses a candidate. The list is closed: nothing about a person fits in it."""

    DATA = "data"
    CHANGES = "changes"
    REPORT = "report"
    MENU = "menu"


REFUSALS = {
    Refusal.DATA: "The data are late or not complete",
    Refusal.CHANGES: "Something changed that I cannot explain",
    Refusal.REPORT: "The test report raises a question",
    Refusal.MENU: "A figure should not be on the list",
}

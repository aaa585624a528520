"""Forms that open below a row of a team's table: a plan, a check-in."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_wtf import FlaskForm
from wtforms import HiddenField, SubmitField
from wtforms.validators import Optional

from app.debriefs.check_ins import CheckIn
from app.exposure.queries import WaitingPrompt
from app.teams.today_forms import LONGEST
from app.web.fields import DateParts, refuse

LATEST = 366
"""Days ahead to which a check-in may be moved."""


class CheckInForm(FlaskForm):  # type: ignore[misc]
    """Another day for the next check-in, or none. It remembers what it was opened with."""

    on = DateParts("When will you check in?", subject="The check-in date", validators=[Optional()])
    conversation = HiddenField()
    revision = HiddenField()
    save = SubmitField("Save")
    none = SubmitField("No check-in for now")

    def asks_for(self, today: date) -> bool:
        """Whether what was sent makes sense: a day that is not past, or the button for none."""
        if self.none.data:
            return True
        if not self.validate():
            return False
        if self.on.data is None:
            return refuse(self.on, "Enter the date of the check-in")
        if not 0 <= (self.on.data - today).days <= LATEST:
            return refuse(self.on, "The check-in date must be today or within the next year")
        return True

    def day(self) -> date | None:
        """The day that is asked for; nothing for none."""
        found: date | None = None if self.none.data else self.on.data
        return found

    def remember(self, stands: CheckIn) -> None:
        """What stands while it is open."""
        self.conversation.process_data(stands.conversation)
        self.revision.process_data(str(stands.revision))

    def seen(self) -> tuple[str, int]:
        """Which conversation it was opened with, and how often its day had been moved then."""
        sent: Any = self.revision.data or ""
        return str(self.conversation.data or ""), int(sent) if sent.isdecimal() else -1


class PlanForm(FlaskForm):  # type: ignore[misc]
    """The day of the conversation that somebody waits for. It remembers what it was opened with."""

    planned_on = DateParts(
        "When will you talk?", subject="The day you will talk", validators=[Optional()]
    )
    prompts = HiddenField()

    def remember(self, waiting: Sequence[WaitingPrompt]) -> None:
        """Which prompts it is about, and how often each had been changed."""
        self.prompts.process_data(" ".join(f"{one.public_id}.{one.revision}" for one in waiting))

    def seen(self) -> list[tuple[str, int]]:
        """What it was opened with; a revision that is no number matches none."""
        parts = (one.partition(".") for one in str(self.prompts.data or "").split())
        return [(name, int(sent) if sent.isdecimal() else -1) for name, _dot, sent in parts]

    def asks_for(self, today: date) -> bool:
        """Whether what was sent makes sense: a day of the next few weeks."""
        if not self.validate():
            return False
        if self.planned_on.data is None:
            return refuse(self.planned_on, "Enter the day you will talk")
        if not 0 <= (self.planned_on.data - today).days <= LONGEST:
            sentence = f"The day you will talk must be within the next {LONGEST} days"
            return refuse(self.planned_on, sentence)
        return True

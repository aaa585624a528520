"""Forms that open below a row of a team's table."""

from datetime import date
from typing import Any

from flask_wtf import FlaskForm
from wtforms import HiddenField, SubmitField
from wtforms.validators import Optional

from app.web.fields import DateParts

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
            return self._refuse("Enter the date of the check-in")
        if not 0 <= (self.on.data - today).days <= LATEST:
            return self._refuse("The check-in date must be today or within the next year")
        return True

    def day(self) -> date | None:
        """The day that is asked for; nothing for none."""
        found: date | None = None if self.none.data else self.on.data
        return found

    def seen(self) -> tuple[str, int]:
        """Which conversation it was opened with, and how often its day had been moved then."""
        sent: Any = self.revision.data or ""
        return str(self.conversation.data or ""), int(sent) if sent.isdecimal() else -1

    def _refuse(self, sentence: str) -> bool:
        self.on.errors = [*self.on.errors, sentence]
        return False

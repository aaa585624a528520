"""Forms for settings of the framework, and for what may be done with a whole draft."""

import re
from typing import Any

from flask_wtf.file import FileField, FileRequired
from typing_extensions import override
from wtforms import RadioField, SelectMultipleField, StringField
from wtforms import TextAreaField as TextArea
from wtforms.validators import InputRequired, Optional

from app.framework.draft_form import NUMERIC, YES, DraftForm, choices
from app.incidents.framework import Framework
from app.web.fields import DateParts


class PartForm(DraftForm):
    """A form for settings of the framework itself."""

    def fill(self, framework: Framework) -> None:
        """Show what the draft says."""
        raise NotImplementedError

    def values(self) -> dict[str, object]:
        """What was entered, as the document keeps it."""
        raise NotImplementedError


class TimingForm(PartForm):
    """Windows and time limits."""

    windows = StringField(
        "Counting windows, in days",
        description="Up to six, with commas between them, like 28, 91, 182, 365",
    )
    debrief_hours = StringField("Talk within how many hours?", render_kw=NUMERIC)
    check_in_days = StringField("Check in after how many days?", render_kw=NUMERIC)

    @override
    def fill(self, framework: Framework) -> None:
        self.windows.data = ", ".join(str(days) for days in framework.windows)
        self.debrief_hours.data = str(framework.debrief_hours)
        self.check_in_days.data = str(framework.check_in_days)

    @override
    def values(self) -> dict[str, object]:
        windows = [one for one in re.split(r"[,;\s]+", self.windows.data or "") if one]
        return {
            "windows": sorted(windows, key=lambda one: int(one) if one.isdecimal() else 0),
            "debrief_hours": (self.debrief_hours.data or "").strip(),
            "check_in_days": (self.check_in_days.data or "").strip(),
        }


class WordingForm(PartForm):
    """Whose words the list is, and on what terms."""

    wording = TextArea(
        "Whose words are these, and on what terms may your force use them?",
        description="For example: Worded by (name), (year). Used with permission of (whom)",
        render_kw={"rows": 4},
    )

    @override
    def fill(self, framework: Framework) -> None:
        self.wording.data = framework.wording

    @override
    def values(self) -> dict[str, object]:
        return {"wording": self.wording.data or ""}


class WeightsForm(PartForm):
    """Severity weights: off, unless somebody has read what the evidence says."""

    weights = RadioField(
        "Show a weighted sum beside counts?",
        choices=choices({"off": "No", "beside_counts": "Yes, beside the count and never instead"}),
        validators=[InputRequired("Choose yes or no")],
    )
    read = SelectMultipleField(
        "Before you switch it on",
        choices=choices(
            {YES: "I have read what the evidence says, and that no rule will use the weights"}
        ),
        validators=[Optional()],
    )

    @override
    def fill(self, framework: Framework) -> None:
        self.weights.data = framework.weights

    def validate(self, extra_validators: Any = None) -> bool:
        """It is switched on only by somebody who has read the warning."""
        fine = bool(super().validate(extra_validators))
        if fine and self.weights.data != "off" and not self.read.data:
            self.read.errors = ["Read what the evidence says, then tick that you have"]
            return False
        return fine

    @override
    def values(self) -> dict[str, object]:
        return {"weights": self.weights.data}


PART_FORMS: dict[str, type[PartForm]] = {
    "timing": TimingForm,
    "wording": WordingForm,
    "weights": WeightsForm,
}


class LoadForm(DraftForm):
    """A force's own list from a file."""

    file = FileField("CSV or YAML file", validators=[FileRequired("Choose a file")])
    wording = TextArea(
        "Whose words are these, and on what terms may your force use them?",
        description=(
            "For example: Worded by (name), (year). Used with permission of (whom). "
            "It is added to the note that the draft has"
        ),
        render_kw={"rows": 4},
        validators=[InputRequired("Enter whose words these are")],
    )
    known = RadioField(
        "When the draft already has a code and says something else",
        choices=choices(
            {
                "keep": "Leave the draft as it is, and list what differs",
                "replace": "Take what the file says, and list what changed",
            }
        ),
        validators=[InputRequired("Choose what to do when the draft already has a code")],
    )


class ActivateForm(DraftForm):
    """From which day the draft holds."""

    starts_on = DateParts(
        "First day",
        subject="The first day",
        description="Today or later",
        validators=[InputRequired("Enter the first day")],
    )
    sure = SelectMultipleField(
        "Before you activate",
        choices=choices({YES: "I have rehearsed it, and told the people it concerns"}),
        validators=[InputRequired("Tick that it was rehearsed and that people were told")],
    )

"""Choosing what to take."""

from typing import Final

from flask_wtf import FlaskForm
from wtforms import SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from app.retention.career import Part

PARTS: Final = {
    Part.SERVICE: ("When you joined and left", ""),
    Part.EXPOSURES: (
        "What you were exposed to, by type and year",
        "How often, and nothing about any one incident.",
    ),
    Part.CONVERSATIONS: ("The days of supportive conversations", "Nothing of what was said."),
    Part.SUPPORT: (
        "Support that you chose",
        "Kinds of support and the month. Think about who will read this.",
    ),
}
AT_FIRST: Final = (Part.SERVICE, Part.EXPOSURES, Part.CONVERSATIONS)


class TakeForm(FlaskForm):  # type: ignore[misc]
    """Which parts."""

    parts = SelectMultipleField(
        "What would you like to take?",
        choices=[
            SelectChoice(part.value, label, render_kw={"hint": hint} if hint else {})
            for part, (label, hint) in PARTS.items()
        ],
        validators=[InputRequired("Choose at least one part")],
    )

    @property
    def chosen(self) -> list[Part]:
        """The parts chosen, in the order of the page."""
        return [part for part in Part if part.value in (self.parts.data or ())]

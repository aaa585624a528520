"""Asking for a pack: for whom, and about how long."""

from flask_wtf import FlaskForm
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from app.packs.measures import PERIODS
from app.packs.models import Version
from app.packs.wording import VERSION, VERSION_HINT


class AskForm(FlaskForm):  # type: ignore[misc]
    """A version and a period. Both files are made of every pack."""

    version = RadioField(
        "Who is it for?",
        choices=[
            SelectChoice(str(one), VERSION[one], render_kw={"hint": VERSION_HINT[one]})
            for one in Version
        ],
        validators=[InputRequired("Choose who it is for")],
    )
    days = RadioField(
        "Which days?",
        choices=[SelectChoice(str(days), words) for days, words in PERIODS.items()],
        default="28",
        validators=[InputRequired("Choose which days")],
    )

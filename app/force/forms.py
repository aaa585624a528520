"""Why somebody asks, and which people they ask about."""

import re
from collections.abc import Iterable, Mapping
from operator import itemgetter
from typing import Any

from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from app.audit.models import Purpose
from app.audit.wording import PURPOSES
from app.force.choosing import PERIODS, SINGLE, STAFF_TYPES, Chosen, read, service_words
from app.measures.asked import Choices, ServiceBand
from app.people.models import UnitKind
from app.web.fields import refuse

SHORTEST, LONGEST = 10, 120
NUMBER_OF_SOMEBODY = re.compile(r"\d{3,}|@")
HINTS = {
    Purpose.PLANNING: "Where to send peer support, TRiM or occupational health.",
    Purpose.EQUITY: "Whether people in one place get as much support as in another.",
    Purpose.MAJOR: "Who was there, and who has been reached.",
    Purpose.BOARD: "Figures to bring to a meeting. Only published figures may be handed out.",
    Purpose.AUDIT: "Whether the tracker is used as the force agreed.",
}
KINDS = (
    ("districts", "District"),
    ("departments", "Department"),
    ("teams", "Team"),
    ("ranks", "Rank or job"),
    ("staff_types", "Staff type"),
    ("service", "Length of service"),
    ("skills", "Skill"),
    ("types", "Type of incident"),
)
"""Filters of which several can be ticked, in the order of the form."""


class PurposeForm(FlaskForm):  # type: ignore[misc]
    """What the figures are for, and a reason that everybody named may read."""

    purpose = RadioField(
        "What do you need the figures for?",
        choices=[
            SelectChoice(one.value, PURPOSES[one], render_kw={"hint": HINTS[one]})
            for one in Purpose
        ],
        validators=[InputRequired("Choose what you need the figures for")],
    )
    reason = StringField(
        "Why, in a few words",
        description="Do not name anybody. People whose names you then see can read this. "
        f"Up to {LONGEST} characters.",
        validators=[
            InputRequired("Say why, in a few words"),
            Length(
                min=SHORTEST,
                max=LONGEST,
                message=f"Say why in {SHORTEST} to {LONGEST} characters",
            ),
        ],
        render_kw={"autocomplete": "off", "maxlength": LONGEST},
    )

    def states_well(self) -> bool:
        """Whether it is complete and has no number in it by which somebody is known."""
        if not self.validate_on_submit():
            return False
        if NUMBER_OF_SOMEBODY.search(self.reason.data):
            return refuse(self.reason, "Leave out staff numbers, phone numbers and e-mails")
        return True

    def refuse_name(self) -> None:
        """The reason has somebody's name in it."""
        refuse(self.reason, "Leave out names: say what you are doing, and not about whom")


def _offered(pairs: Iterable[tuple[str, str]]) -> list[SelectChoice]:
    return [SelectChoice(value, words) for value, words in pairs]


def _several(label: str) -> SelectMultipleField:
    return SelectMultipleField(label, validators=[Optional()])


class FiltersForm(FlaskForm):  # type: ignore[misc]
    """Which people, and over which time. Nothing here is a protected characteristic."""

    period = SelectField("Period", choices=_offered(PERIODS.items()))
    districts = _several("District")
    departments = _several("Department")
    teams = _several("Team")
    staff_number = StringField(
        "One person",
        description="Their staff number. They will see that you asked, and why.",
        validators=[Optional(), Length(max=80, message="Use 80 characters at most")],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    ranks = _several("Rank or job")
    staff_types = _several("Staff type")
    service = _several("Length of service")
    skills = _several("Skill")
    types = _several("Type of incident")
    psychological = RadioField(
        "Psychological absence in the period",
        choices=_offered([("", "Does not matter"), ("yes", "With"), ("no", "Without")]),
        validators=[Optional()],
    )
    left = RadioField(
        "Left the force in the period",
        choices=_offered([("", "Does not matter"), ("yes", "Left"), ("no", "Did not leave")]),
        validators=[Optional()],
    )

    def prepare(self, offered: Choices, type_names: Mapping[str, str]) -> "FiltersForm":
        """Offer what there is within reach."""
        units = {kind: [one for one in offered.units if one.kind is kind] for kind in UnitKind}
        departments = sorted({unit.name for unit in units[UnitKind.DEPARTMENT]})
        types = ((code, type_names.get(code, code)) for code in offered.types)
        self.districts.choices = _offered((u.public_id, u.name) for u in units[UnitKind.DISTRICT])
        self.departments.choices = _offered((name, name) for name in departments)
        self.teams.choices = _offered((unit.public_id, unit.name) for unit in units[UnitKind.TEAM])
        self.ranks.choices = _offered((rank, rank) for rank in offered.ranks)
        self.skills.choices = _offered((skill, skill) for skill in offered.skills)
        self.staff_types.choices = _offered((x.value, STAFF_TYPES[x]) for x in offered.staff_types)
        self.service.choices = _offered((band.value, service_words(band)) for band in ServiceBand)
        self.types.choices = _offered(sorted(types, key=itemgetter(1)))
        return self

    def fill(self, chosen: Chosen, staff_number: str) -> "FiltersForm":
        """Show what is chosen now."""
        for name, field in self._fields.items():
            if name == "staff_number":
                field.process_data(staff_number)
            elif name != "csrf_token":
                held: Any = getattr(chosen, name)
                field.process_data(held if name in SINGLE else list(held))
        return self

    def chosen(self, person: str) -> Chosen:
        """What was sent. ``person``: the public id of whoever has the staff number."""
        return read({**self.data, "person": person})

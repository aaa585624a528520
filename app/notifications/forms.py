"""How somebody wants to be told."""

import re
from typing import Any

from flask_wtf import FlaskForm
from typing_extensions import override
from wtforms import RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from app.notifications.models import Delivery
from app.notifications.rules import BUDGET, Choices
from app.notifications.wording import DELIVERIES
from app.web.filters import hour_of_day

ADDRESS = re.compile(
    r"[\w.!#$%&'*+/=?^`{|}~-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+", re.ASCII | re.IGNORECASE
)
LONGEST_ADDRESS = 254
HOURS = range(24)


def _hours(*first: Any) -> list[Any]:
    return [*first, *(SelectChoice(str(hour), hour_of_day(hour)) for hour in HOURS)]


class ChoicesForm(FlaskForm):  # type: ignore[misc]
    """Whether, when and where somebody gets e-mails."""

    address = StringField(
        "Your work e-mail address",
        description="Leave it empty to get no e-mails.",
        validators=[Length(max=LONGEST_ADDRESS, message="The e-mail address is too long")],
        render_kw={"autocomplete": "email", "inputmode": "email", "spellcheck": "false"},
    )
    delivery = RadioField(
        "When do you want e-mails?",
        choices=[
            SelectChoice(one.value, label, render_kw={"hint": hint.format(budget=BUDGET)})
            for one, (label, hint) in DELIVERIES.items()
        ],
        validators=[InputRequired("Choose when you want e-mails")],
    )
    digest_hour = SelectField(
        "Hour of the daily e-mail",
        description="A good hour is the start of your shift.",
        choices=_hours(),
    )
    quiet_from = SelectField("No e-mails from", choices=_hours(SelectChoice("", "Never quiet")))
    quiet_to = SelectField("until", choices=_hours(SelectChoice("", "Never quiet")))
    domains: tuple[str, ...] = ()
    """Where addresses may be; none named: anywhere."""

    def show(self, choices: Choices, address: str | None) -> None:
        """Fill the fields with what holds now."""
        self.address.data = address or ""
        self.delivery.data = choices.delivery.value
        self.digest_hour.data = str(choices.digest_hour)
        self.quiet_from.data, self.quiet_to.data = (
            "" if hour is None else str(hour) for hour in (choices.quiet_from, choices.quiet_to)
        )

    def chosen(self) -> Choices:
        """What was chosen. Only for a form that is valid."""
        quiet = [int(one.data) if one.data else None for one in (self.quiet_from, self.quiet_to)]
        return Choices(Delivery(self.delivery.data), int(self.digest_hour.data), *quiet)

    def chosen_address(self) -> str | None:
        """The address entered, or none."""
        return str(self.address.data or "").strip() or None

    @override
    def validate(self, extra_validators: Any = None) -> bool:
        """The address is one; quiet hours begin and end, at different hours."""
        fine = bool(super().validate(extra_validators))
        for field, fault in ((self.address, self._address()), (self.quiet_to, self._quiet())):
            if fault and not field.errors:
                field.errors = [fault]
                fine = False
        return fine

    def _address(self) -> str:
        address = self.chosen_address()
        if address is None:
            return ""
        if not ADDRESS.fullmatch(address):
            return "Enter an e-mail address in the correct format, like name@example.police.uk"
        domain = address.rpartition("@")[2].lower()
        if self.domains and domain not in self.domains:
            return f"Enter a work e-mail address: one that ends in {' or '.join(self.domains)}"
        return ""

    def _quiet(self) -> str:
        start, end = self.quiet_from.data, self.quiet_to.data
        if bool(start) != bool(end):
            return "Choose both the hour at which quiet hours begin and the one at which they end"
        same = bool(start) and start == end
        return "Quiet hours must end at another hour than they begin" if same else ""

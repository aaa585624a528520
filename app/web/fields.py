"""Form fields that WTForms does not have.

Templates draw them, and every other field, with the macros in ``components/fields.html``.
"""

from calendar import month_abbr, month_name
from collections.abc import Sequence
from datetime import date
from typing import Any

from wtforms import Field, PasswordField
from wtforms.validators import StopValidation

PARTS = ("day", "month", "year")
LONGEST_PART = 12
YEAR_DIGITS = 4
MONTHS = {
    name.lower(): number
    for names in (month_name, month_abbr)
    for number, name in enumerate(names)
    if name
}


class DateParts(Field):  # type: ignore[misc]
    """A date in three boxes, named ``<name>-day``, ``<name>-month`` and ``<name>-year``.

    ``data`` is a ``date`` or ``None``. Anything else a browser sends becomes one plain sentence,
    beginning with ``subject`` ("The date you spoke must include a month"). Months may be written
    in words. Use ``InputRequired(message=…)`` or ``Optional()`` to say whether it may be empty.
    """

    def __init__(self, label: str, *args: Any, subject: str = "", **kwargs: Any) -> None:
        super().__init__(label, *args, **kwargs)
        self.subject = subject or label
        self.parts: dict[str, str] = dict.fromkeys(PARTS, "")
        self.parts_in_error: tuple[str, ...] = ()

    @property
    def error_anchor(self) -> str:
        """The id of the first box that needs attention."""
        first = self.parts_in_error[0] if self.parts_in_error else PARTS[0]
        return f"{self.id}-{first}"

    def process(self, formdata: Any, *args: Any, **kwargs: Any) -> None:
        """Gather the three boxes before WTForms looks for one."""
        self.parts_in_error = ()
        if formdata is not None:
            self.parts = {
                part: str(formdata.get(f"{self.name}-{part}") or "").strip() for part in PARTS
            }
        super().process(formdata, *args, **kwargs)
        if formdata is not None:
            # What InputRequired and Optional look at.
            self.raw_data = [" ".join(self.parts.values())] if any(self.parts.values()) else []

    def process_data(self, value: date | None) -> None:
        """Fill the boxes from a date."""
        self.data = value
        if value is not None:
            self.parts = {
                "day": str(value.day),
                "month": str(value.month),
                "year": str(value.year),
            }

    def process_formdata(self, _valuelist: Sequence[str]) -> None:
        """Read the boxes.

        Raises:
            ValueError: with a sentence that says what to change.
        """
        self.data = None
        if not any(self.parts.values()):
            return
        missing = [part for part in PARTS if not self.parts[part]]
        if missing:
            self._refuse(f"must include a {' and '.join(missing)}", *missing)
        self.data = self._read()

    def pre_validate(self, _form: Any) -> None:
        """Keep the sentence above: "required" validators would replace it by their own."""
        if self.process_errors:
            raise StopValidation

    def _read(self) -> date:
        year = _number(self.parts["year"])
        if year is None or len(self.parts["year"]) != YEAR_DIGITS:
            self._refuse("must have a year of 4 numbers, like 2026", "year")
        month = MONTHS.get(self.parts["month"].lower()) or _number(self.parts["month"])
        if month is None or month not in range(1, 13):
            self._refuse("must have a month between 1 and 12", "month")
        number = _number(self.parts["day"])
        try:
            return date(year or 0, month or 0, number or 0)
        except ValueError:
            self._refuse("must be a real date", "day")
            raise

    def _refuse(self, fault: str, *parts: str) -> None:
        self.parts_in_error = parts
        message = f"{self.subject} {fault}"
        raise ValueError(message)


def _number(text: str) -> int | None:
    """Plain digits only; ``int`` would also take " 1_0", "+5" and digits of other scripts."""
    if text.isascii() and text.isdigit() and len(text) <= LONGEST_PART:
        return int(text)
    return None


# What the Design System's macros are given; ``components/fields.html`` calls these.

Parameters = dict[str, Any]


def _shared(field: Any) -> Parameters:
    return {
        "name": field.name,
        "hint": {"text": field.description} if field.description else None,
        "errorMessage": {"text": field.errors[0]} if field.errors else None,
    }


def input_parameters(
    field: Any,
    *,
    width: int | None = None,
    label_size: str = "",
    prefix: str = "",
    suffix: str = "",
) -> Parameters:
    """For an input, a select or a textarea. ``width`` is in characters."""
    attributes = dict(field.render_kw or {})
    return _shared(field) | {
        "id": field.id,
        # A password that was typed is not sent back.
        "value": None if isinstance(field, PasswordField) else _value(field),
        "label": {
            "text": field.label.text,
            "classes": f"govuk-label--{label_size}" if label_size else None,
        },
        "classes": f"govuk-input--width-{width}" if width else None,
        "autocomplete": attributes.pop("autocomplete", None),
        "inputmode": attributes.pop("inputmode", None),
        "prefix": {"text": prefix} if prefix else None,
        "suffix": {"text": suffix} if suffix else None,
        "rows": attributes.pop("rows", None),
        "attributes": attributes,
    }


def _value(field: Any) -> str | None:
    return str(field._value()) if hasattr(field, "_value") else None  # noqa: SLF001


def select_parameters(field: Any, *, label_size: str = "") -> Parameters:
    """For a select: as an input, with its options."""
    options = [
        {"value": choice.value, "text": choice.label, "selected": choice.selected}
        for choice in field.iter_choices()
    ]
    return input_parameters(field, label_size=label_size) | {"items": options}


def group_parameters(
    field: Any,
    *,
    label_size: str = "s",
    classes: str = "",
    conditional: dict[str, str] | None = None,
    heading: bool = False,
) -> Parameters:
    """For radios and checkboxes. ``conditional``: what a choice reveals, as HTML from a macro.
    ``heading``: the question is the heading of its page."""
    revealed = conditional or {}
    return (
        _shared(field)
        | _legend(field, label_size, heading=heading)
        | {
            "idPrefix": field.id,
            "classes": classes,
            "items": [
                {
                    "value": choice.value,
                    "text": choice.label,
                    "checked": choice.selected,
                    "hint": {"text": choice.render_kw.get("hint")},
                    "conditional": {"html": revealed.get(str(choice.value))},
                }
                for choice in field.iter_choices()
            ],
        }
    )


def _legend(field: Any, label_size: str, *, heading: bool = False) -> Parameters:
    classes = f"govuk-fieldset__legend--{label_size}" if label_size else ""
    legend = {"text": field.label.text, "classes": classes, "isPageHeading": heading}
    return {"fieldset": {"legend": legend}}


def date_parameters(field: DateParts, *, label_size: str = "s") -> Parameters:
    """For the three boxes of a date; the ones that need attention are marked."""
    marked = field.parts_in_error or (PARTS if field.errors else ())
    boxes = [
        {
            "name": part,
            "id": f"{field.id}-{part}",
            "value": field.parts[part],
            "classes": f"govuk-input--width-{YEAR_DIGITS if part == 'year' else 2}"
            + (" govuk-input--error" if part in marked else ""),
            # Months may be typed in words, which a keypad of digits would prevent.
            "inputmode": "text" if part == "month" else "numeric",
        }
        for part in PARTS
    ]
    return (
        _shared(field)
        | _legend(field, label_size)
        | {"id": field.id, "namePrefix": field.name, "items": boxes}
    )


def error_list(form: Any) -> list[dict[str, str | None]]:
    """One entry for each field with an error, linking to the first thing to put right."""
    entries: list[dict[str, str | None]] = [
        {
            "text": str(field.errors[0]),
            "href": f"#{field.error_anchor if isinstance(field, DateParts) else field.id}",
        }
        for field in form
        if field.errors
    ]
    return entries + [{"text": str(error), "href": None} for error in form.form_errors]


TEMPLATE_GLOBALS = {
    function.__name__: function
    for function in (
        date_parameters,
        error_list,
        group_parameters,
        input_parameters,
        select_parameters,
    )
}


def refuse(field: Field, sentence: str) -> bool:
    """Say what is wrong with a field that its own validators found good; always ``False``, for a
    form's ``validate`` to return."""
    field.errors = [*field.errors, sentence]
    return False

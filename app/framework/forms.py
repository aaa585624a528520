"""Small forms, one for each list of a draft. What is allowed, the framework itself decides."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from typing_extensions import override
from wtforms import RadioField, SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional

from app.framework.draft_form import NO, NUMERIC, YES, DraftForm, choices
from app.framework.editing import Item, Section, items, key_of, new_code
from app.incidents.framework import (
    CodeField,
    CodeRow,
    CumulativeRule,
    Factor,
    Framework,
    IncidentType,
)
from app.web.fields import DateParts

NOT_RELEVANT = "-"
FIELD_NAMES = {
    CodeField.CLOSING: "Closing or result code",
    CodeField.QUALIFIER: "Qualifier",
    CodeField.OPENING: "Opening code",
}


def _yes_or_no(label: str, yes: str, no: str, *, first: str = NO, description: str = "") -> Any:
    return RadioField(
        label,
        choices=choices({YES: yes, NO: no}),
        default=first,
        validators=[InputRequired("Choose one")],
        description=description,
    )


class ItemForm(DraftForm):
    """A form for one item of a list."""

    fixed: tuple[str, ...] = ()
    """Fields that are asked for only when the item is new."""

    def prepare(self, framework: Framework, item: Item | None) -> None:
        """Fill in what depends on the framework, and the item if there is one."""
        if item is not None:
            for name in self.fixed:
                del self[name]
        self.offer(framework, item)
        if item is not None and not self.is_submitted():
            self.fill(item)

    def offer(self, framework: Framework, item: Item | None) -> None:
        """Choices that depend on the framework."""

    def fill(self, item: Any) -> None:
        """Show what the item says."""
        raise NotImplementedError

    def suggest(self, given: Mapping[str, str]) -> None:
        """Fill in a new item with what the link that led here already knows."""

    def values(self, framework: Framework, section: Section) -> dict[str, object]:
        """What was entered, as the document keeps it."""
        raise NotImplementedError


class _NamedForm(ItemForm):
    """A form for something with a name and a code."""

    fixed = ("code",)
    name = StringField("Name", description="What people read, in plain words")
    code = StringField(
        "Code",
        description=(
            "Optional. Small letters, digits and _. It never changes and nobody reads it; "
            "if you leave it empty, it is made from the name"
        ),
    )
    in_use = _yes_or_no(
        "Is it in use?",
        "Yes",
        "No, it is retired: offered for nothing new, kept for what is recorded",
        first=YES,
    )

    @override
    def fill(self, item: IncidentType | Factor) -> None:
        self.name.data, self.in_use.data = item.name, NO if item.retired else YES

    @override
    def values(self, framework: Framework, section: Section) -> dict[str, object]:
        name = (self.name.data or "").strip()
        found: dict[str, object] = {"name": name, "retired": self.in_use.data == NO}
        if "code" in self:
            taken = {key_of(item) for item in items(framework, section)}
            found["code"] = (self.code.data or "").strip() or new_code(name, taken)
        return found


class TypeForm(_NamedForm):
    """An incident type."""

    always = _yes_or_no(
        "Does one attendance ask for a conversation?",
        "Yes, each time",
        "No, it counts towards the rules that add up",
    )
    weight = StringField(
        "Weight",
        default="1",
        render_kw=NUMERIC,
        description=(
            "A whole number from 1 to 10. Only for the optional sum beside counts, "
            "which is off unless your force switches it on. No rule reads it"
        ),
    )

    @override
    def fill(self, item: IncidentType | Factor) -> None:
        super().fill(item)
        if isinstance(item, IncidentType):
            self.always.data = YES if item.always_prompts else NO
            self.weight.data = str(item.weight)

    @override
    def values(self, framework: Framework, section: Section) -> dict[str, object]:
        return {
            **super().values(framework, section),
            "always_prompts": self.always.data == YES,
            "weight": (self.weight.data or "").strip(),
        }


class FactorForm(_NamedForm):
    """A situational factor."""


class RuleForm(ItemForm):
    """A rule that adds incidents up."""

    count = StringField("How many incidents?", render_kw=NUMERIC)
    days = StringField("Within how many days?", render_kw=NUMERIC)
    counted = RadioField(
        "Which incidents count?",
        choices=choices({"all": "All types", "some": "Only some types"}),
        default="all",
        validators=[InputRequired("Choose which incidents count")],
    )
    types = SelectMultipleField("Types that count", validators=[Optional()])

    @override
    def offer(self, framework: Framework, item: Item | None) -> None:
        self.types.choices = choices(framework.type_names())

    @override
    def fill(self, item: CumulativeRule) -> None:
        self.count.data, self.days.data = str(item.count), str(item.days)
        self.counted.data = "some" if item.types else "all"
        self.types.data = list(item.types)

    def validate(self, extra_validators: Any = None) -> bool:
        """A rule for only some types names at least one."""
        fine = bool(super().validate(extra_validators))
        if fine and self.counted.data == "some" and not self.types.data:
            self.types.errors = ["Tick at least one type that counts"]
            return False
        return fine

    @override
    def values(self, framework: Framework, section: Section) -> dict[str, object]:
        count, days = (self.count.data or "").strip(), (self.days.data or "").strip()
        found: dict[str, object] = {
            "count": count,
            "days": days,
            "types": list(self.types.data or ()) if self.counted.data == "some" else [],
        }
        if self.is_new:
            taken = {key_of(item) for item in items(framework, section)}
            found["code"] = new_code(f"rule {count} in {days}", taken)
        return found

    is_new = True

    def prepare(self, framework: Framework, item: Item | None) -> None:
        """A rule keeps its code however it changes, so that it does not speak twice."""
        self.is_new = item is None
        super().prepare(framework, item)


class CodeForm(ItemForm):
    """What one code of a force system means."""

    fixed = ("system", "field", "code", "qualifier", "starts_on")
    system = StringField("System", description="The name that feeds from it use, like storm")
    field = RadioField(
        "Where does the system keep the code?",
        choices=choices({field.value: words for field, words in FIELD_NAMES.items()}),
        validators=[InputRequired("Choose where the system keeps the code")],
    )
    code = StringField("Code", description="Exactly as the system writes it")
    qualifier = StringField(
        "Qualifier",
        description="Optional. The row then holds only for records that also carry it",
    )
    type = SelectField("What does it mean?", validators=[InputRequired("Choose what it means")])
    starts_on = DateParts(
        "First day",
        subject="The first day",
        description="Optional. Empty means from the start",
        validators=[Optional()],
    )
    ends_on = DateParts(
        "Last day",
        subject="The last day",
        description="Optional. Empty means until further notice",
        validators=[Optional()],
    )

    @override
    def offer(self, framework: Framework, item: Item | None) -> None:
        names = framework.types_offered()
        if isinstance(item, CodeRow) and item.type and item.type not in names:
            names[item.type] = f"{framework.type_names()[item.type]} (retired)"
        self.type.choices = [
            SelectChoice("", "Choose a meaning"),
            SelectChoice(NOT_RELEVANT, "Not relevant"),
            *choices(names),
        ]

    @override
    def fill(self, item: CodeRow) -> None:
        self.type.data = item.type or NOT_RELEVANT
        self.ends_on.process_data(item.ends_on)

    @override
    def suggest(self, given: Mapping[str, str]) -> None:
        for name in ("system", "field", "code", "type"):
            self[name].data = given.get(name)

    @override
    def values(self, framework: Framework, section: Section) -> dict[str, object]:
        found: dict[str, object] = {
            "type": None if self.type.data == NOT_RELEVANT else self.type.data,
            "ends_on": _iso(self.ends_on.data),
        }
        if "code" in self:
            found |= {name: self[name].data or "" for name in ("system", "code", "qualifier")}
            found |= {"field": self.field.data, "starts_on": _iso(self.starts_on.data)}
        return found


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


ITEM_FORMS: dict[Section, type[ItemForm]] = {
    Section.TYPES: TypeForm,
    Section.FACTORS: FactorForm,
    Section.RULES: RuleForm,
    Section.CODES: CodeForm,
}

"""What a framework is: incident types, situational factors, counting windows and prompting rules.

A framework is data, kept as one document for each version. The shipped one below is worded by this
project, informed by published research on police traumatic events; it carries no score, because the
published checklist has none. A force edits it, or loads its own official list.
"""

from collections.abc import Collection, Mapping
from datetime import date
from enum import StrEnum
from functools import cached_property
from hashlib import sha256
from typing import Annotated, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

MOST_WINDOWS = 6
Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,39}$")]
Days = Annotated[int, Field(ge=1, le=3660)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=80)]
SystemCode = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]


class Document(BaseModel):
    """Strict: an unknown key in a framework file is a mistake, not an extra."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class IncidentType(Document):
    """A kind of incident. ``always_prompts``: one attendance is reason enough to talk.

    A retired type is offered for nothing new. What still arrives under it is counted as before.
    """

    code: Code
    name: Name
    always_prompts: bool = False
    retired: bool = False
    weight: Annotated[int, Field(ge=1, le=10)] = 1
    """Only for the optional sum beside counts; no rule reads it."""


class Factor(Document):
    """Something about the situation that force systems cannot see and a conversation can."""

    code: Code
    name: Name
    retired: bool = False


class CumulativeRule(Document):
    """Prompt when a person reaches ``count`` exposures within ``days`` days."""

    code: Code
    count: Annotated[int, Field(ge=2, le=1000)]
    days: Days
    types: tuple[Code, ...] = ()
    """Only these types count; none named means all do."""


class CodeField(StrEnum):
    """Where a force system keeps a code."""

    CLOSING = "closing"
    QUALIFIER = "qualifier"
    OPENING = "opening"


class Codes(NamedTuple):
    """What a force system says of one record, in its own codes; qualifiers each once, in order."""

    closing: str = ""
    opening: str = ""
    qualifiers: tuple[str, ...] = ()


def separated(qualifiers: str) -> tuple[str, ...]:
    """Qualifiers out of one text, where semicolons stand between them: each once, in order."""
    return tuple(sorted({found for one in qualifiers.split(";") if (found := one.strip())}))


def joined(qualifiers: Collection[str]) -> str:
    """Qualifiers as one text: the opposite of :func:`separated`."""
    return ";".join(qualifiers)


class CodeRow(Document):
    """What one code of a force system means. ``type`` is ``None`` for a code of no concern."""

    system: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
    field: CodeField
    code: SystemCode
    qualifier: Annotated[str, StringConstraints(strip_whitespace=True, max_length=80)] = ""
    """Only when the record also carries this qualifier."""
    type: Code | None = None
    starts_on: date | None = None
    ends_on: date | None = None

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> "CodeRow":
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            message = "The last day must be the same as or after the first day"
            raise ValueError(message)
        if self.qualifier and self.field is CodeField.QUALIFIER:
            message = "A row about a qualifier cannot ask for another qualifier. Leave it empty"
            raise ValueError(message)
        return self

    @property
    def key(self) -> str:
        """Names the row in an address: the same for as long as what it is about is the same."""
        parts = (self.system, self.field, self.code, self.qualifier, str(self.starts_on or ""))
        return sha256("\0".join(parts).encode()).hexdigest()[:16]

    def covers(self, day: date) -> bool:
        """Whether the row holds on a day."""
        return (self.starts_on or day) <= day <= (self.ends_on or day)

    def overlaps(self, other: "CodeRow") -> bool:
        """Whether both speak about the same code on the same day."""
        return (
            (self.system, self.field, self.code, self.qualifier)
            == (other.system, other.field, other.code, other.qualifier)
            and (self.starts_on or date.min) <= (other.ends_on or date.max)
            and (other.starts_on or date.min) <= (self.ends_on or date.max)
        )


class Framework(Document):
    """One version of everything the force decides about counting and prompting."""

    types: tuple[IncidentType, ...]
    factors: tuple[Factor, ...]
    windows: Annotated[tuple[Days, ...], Field(min_length=1, max_length=MOST_WINDOWS)] = (
        28,
        91,
        182,
        365,
    )
    rules: tuple[CumulativeRule, ...] = ()
    debrief_hours: Annotated[int, Field(ge=1, le=720)] = 72
    check_in_days: Days = 28
    code_map: tuple[CodeRow, ...] = ()
    wording: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""
    """Whose words these are and on what terms they may be used, as the page says it."""
    weights: Literal["off", "beside_counts"] = "off"
    """Evidence does not support weighting types by severity; see the warning before switching."""

    @model_validator(mode="after")
    def _codes_are_unique_and_known(self) -> "Framework":
        for group in (self.types, self.factors, self.rules):
            codes = [item.code for item in group]
            twice = sorted({code for code in codes if codes.count(code) > 1})
            if twice:
                message = (
                    f"These codes are used twice: {', '.join(twice)}. Make each one different."
                )
                raise ValueError(message)
        known = {item.code for item in self.types}
        for rule in self.rules:
            unknown = sorted(set(rule.types) - known)
            if unknown:
                message = f"Rule {rule.code} names types that do not exist: {', '.join(unknown)}."
                raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _windows_are_in_order(self) -> "Framework":
        if sorted(set(self.windows)) != list(self.windows):
            message = "Counting windows must be different lengths, the shortest first."
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _something_is_left(self) -> "Framework":
        if self.types and all(item.retired for item in self.types):
            message = "Every incident type would be retired. Keep at least one in use."
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _code_rows_lead_somewhere(self) -> "Framework":
        in_use = {item.code for item in self.types if not item.retired}
        seen: dict[tuple[str, str, str, str], list[CodeRow]] = {}
        for row in self.code_map:
            # A row that has ended may still lead to a type that was retired since.
            if row.type is not None and row.ends_on is None and row.type not in in_use:
                message = (
                    f"The code {row.code} of {row.system} leads to {row.type}, which is not a type "
                    "in use. Give the code a last day or another type first."
                )
                raise ValueError(message)
            others = seen.setdefault((row.system, row.field, row.code, row.qualifier), [])
            if any(row.overlaps(other) for other in others):
                message = (
                    f"The code {row.code} of {row.system} is in the map twice on the same day. "
                    "Give the older row a last day before the newer one starts."
                )
                raise ValueError(message)
            others.append(row)
        return self

    def type_names(self) -> dict[str, str]:
        """The words shown for each type code, retired ones included."""
        return {item.code: item.name for item in self.types}

    def factor_names(self) -> dict[str, str]:
        """The words shown for each factor code, retired ones included."""
        return {item.code: item.name for item in self.factors}

    def factors_offered(self) -> dict[str, str]:
        """The factors that a return form offers."""
        return {item.code: item.name for item in self.factors if not item.retired}

    def types_offered(self) -> dict[str, str]:
        """The types that something new may have."""
        return {item.code: item.name for item in self.types if not item.retired}

    def weighted(self, counts: Mapping[str, Mapping[int, int]]) -> dict[int, int] | None:
        """Each window's counts added up by the weight of their types; ``None`` while weights are
        off. A type that this version does not know weighs 1.

        Args:
            counts: Type code to window in days to number of incidents.
        """
        if self.weights == "off":
            return None
        weight = {item.code: item.weight for item in self.types}
        sums: dict[int, int] = {}
        for code, row in counts.items():
            for window, count in row.items():
                sums[window] = sums.get(window, 0) + count * weight.get(code, 1)
        return sums

    def always(self) -> frozenset[str]:
        """Types that prompt on a single attendance."""
        return self._always

    @cached_property
    def _always(self) -> frozenset[str]:
        # Asked for with every exposure of a recount.
        return frozenset(item.code for item in self.types if item.always_prompts)

    def row_for(
        self,
        system: str,
        *,
        day: date,
        closing: str = "",
        opening: str = "",
        qualifiers: Collection[str] = (),
    ) -> CodeRow | None:
        """The row of the code map that decides about a record; ``None`` when no row speaks of it.

        The closing code decides before a qualifier alone, and that before the opening code, because
        opening codes say what was feared. A row that asks for a qualifier decides before one that
        does not. Where several still could, a type is taken before "not relevant", one that always
        prompts before one that does not, then in order of code.
        """
        wanted = [(CodeField.CLOSING, closing), (CodeField.OPENING, opening)]
        wanted += [(CodeField.QUALIFIER, one) for one in qualifiers]
        fitting = [
            row
            for field, code in wanted
            for row in self._rows_by_code.get((system, field, code), ())
            if (not row.qualifier or row.qualifier in qualifiers) and row.covers(day)
        ]
        return min(fitting, key=self._precedence, default=None)

    @cached_property
    def _rows_by_code(self) -> dict[tuple[str, str, str], list[CodeRow]]:
        # Asked with every incident of a file, and a force's map has thousands of rows.
        found: dict[tuple[str, str, str], list[CodeRow]] = {}
        for row in self.code_map:
            found.setdefault((row.system, row.field, row.code), []).append(row)
        return found

    def _precedence(self, row: CodeRow) -> tuple[int, bool, bool, bool, str]:
        return (
            list(CodeField).index(row.field),
            not row.qualifier,
            row.type is None,
            row.type not in self.always(),
            row.type or "",
        )


def _type(code: str, name: str, *, always: bool = False) -> IncidentType:
    return IncidentType(code=code, name=name, always_prompts=always)


SHIPPED = Framework(
    types=(
        _type("child_death", "Death of a child", always=True),
        _type("child_harm", "Serious harm or neglect of a child"),
        _type("fatal_collision", "Fatal road collision", always=True),
        _type("serious_collision", "Serious-injury road collision"),
        _type("homicide", "Murder or suspected homicide", always=True),
        _type("suicide", "Suicide", always=True),
        _type("suicide_attempt", "Attempted suicide or intervention"),
        _type("sudden_death", "Sudden or unexplained death"),
        _type("body_recovery", "Body recovery or advanced decomposition"),
        _type("serious_assault", "Stabbing, shooting or serious assault"),
        _type("assault_on_staff", "Assault on an officer or colleague"),
        _type("threat_to_life", "Own life under threat", always=True),
        _type("colleague_death", "Death or serious injury of a colleague", always=True),
        _type("major_incident", "Major incident or serious disorder", always=True),
        _type("sexual_offence", "Rape or serious sexual offence"),
        _type("digital_material", "Abusive or extreme digital material"),
        _type("death_message", "Death message or bereaved family"),
        _type("police_contact", "Death or serious injury after police contact", always=True),
        _type("failed_resuscitation", "Life-saving effort that did not succeed"),
        _type("call_handling", "Handling a distressing call or dispatch"),
        _type("use_of_force", "Use of force"),
        _type("other", "Other distressing incident"),
    ),
    factors=(
        Factor(code="gruesome", name="Gruesome scene"),
        Factor(code="resonance", name="Close to home: someone or something familiar"),
        Factor(code="first_on_scene", name="First on the scene"),
        Factor(code="alone", name="Alone or single-crewed"),
        Factor(code="helpless", name="Could not help, or the effort failed"),
        Factor(code="prolonged", name="Long time at the scene"),
        Factor(code="first_time", name="First time with this kind of incident"),
        Factor(code="cumulative", name="One of several recently"),
        Factor(
            code="organisation", name="Work pressure: no break, no backup, straight to the next job"
        ),
        Factor(code="distress_of_others", name="Distress of relatives or others at the scene"),
        Factor(code="own_life", name="Threat to own life"),
        Factor(code="scrutiny", name="Media or public attention"),
        Factor(code="proceedings", name="Complaint, inquest or investigation pending"),
        Factor(code="repeat_assault", name="Assaulted before"),
        Factor(code="outside_work", name="Pressures outside work (no detail)"),
    ),
    rules=(
        CumulativeRule(code="three_in_28", count=3, days=28),
        CumulativeRule(code="six_in_182", count=6, days=182),
    ),
    wording=(
        "Worded by the Trauma Tracker project, informed by published research on what police "
        "officers in the UK find traumatic. It is not the published checklist."
    ),
)

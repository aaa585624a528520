"""What a framework is: incident types, situational factors, counting windows and prompting rules.

A framework is data, kept as one document for each version. The shipped one below is worded by this
project, informed by published research on police traumatic events; it carries no score, because the
published checklist has none. A force edits it, or loads its own official list.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,39}$")]
Days = Annotated[int, Field(ge=1, le=3660)]


class Document(BaseModel):
    """Strict: an unknown key in a framework file is a mistake, not an extra."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class IncidentType(Document):
    """A kind of incident. ``always_prompts``: one attendance is reason enough to talk."""

    code: Code
    name: Annotated[str, Field(min_length=3, max_length=80)]
    always_prompts: bool = False


class Factor(Document):
    """Something about the situation that force systems cannot see and a conversation can."""

    code: Code
    name: Annotated[str, Field(min_length=3, max_length=80)]


class CumulativeRule(Document):
    """Prompt when a person reaches ``count`` exposures within ``days`` days."""

    code: Code
    count: Annotated[int, Field(ge=2, le=1000)]
    days: Days
    types: tuple[Code, ...] = ()
    """Only these types count; none named means all do."""


class Framework(Document):
    """One version of everything the force decides about counting and prompting."""

    types: tuple[IncidentType, ...]
    factors: tuple[Factor, ...]
    windows: tuple[Days, ...] = (28, 91, 182, 365)
    rules: tuple[CumulativeRule, ...] = ()
    debrief_hours: Annotated[int, Field(ge=1, le=720)] = 72
    check_in_days: Days = 28
    weights: Literal["off"] = "off"
    """Evidence does not support weighting types by severity, so there is nothing to switch on."""

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

    def type_names(self) -> dict[str, str]:
        """The words shown for each type code."""
        return {item.code: item.name for item in self.types}

    def factor_names(self) -> dict[str, str]:
        """The words shown for each factor code."""
        return {item.code: item.name for item in self.factors}

    def always(self) -> frozenset[str]:
        """Types that prompt on a single attendance."""
        return frozenset(item.code for item in self.types if item.always_prompts)


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
)

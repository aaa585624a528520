"""What a questionnaire's file says. A file that says anything else is refused.

The words of items and choices are the authors' and are never edited. The words for the person
(``words``) are ours: plain, and never a diagnosis.
"""

from collections.abc import Mapping
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,19}$")]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=600)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=600)]
Days = Annotated[int, Field(ge=0, le=366)]
Value = Annotated[int, Field(ge=0, le=10)]


class Document(BaseModel):
    """Strict: an unknown key is a mistake, not an extra."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Offer(StrEnum):
    """Who is offered a questionnaire."""

    DEFAULT = "default"
    """Everybody."""
    OPTIONAL = "optional"
    """Everybody, where the force has switched it on."""
    OCCUPATIONAL_HEALTH = "occupational_health"
    """Nobody, unless the force switched it on and occupational health is there to go through it."""
    SLOT = "slot"
    """Nobody: its words may not be shipped. A force that holds a licence brings them."""


class LicenceKind(StrEnum):
    """On which ground a questionnaire's words are here."""

    PUBLIC_DOMAIN = "public_domain"
    CC_BY_ND = "cc_by_nd_4.0"
    CC_BY_NC_SA_IGO = "cc_by_nc_sa_3.0_igo"
    FREE_NOT_FOR_SALE = "free_not_for_sale"
    NOT_SHIPPED = "not_shipped"
    HELD_BY_THE_FORCE = "held_by_the_force"


class Licence(Document):
    """Whose the words are, and what may be done with them."""

    kind: LicenceKind
    name: Words
    holder: Words
    terms: Words


class Choice(Document):
    """One answer that can be given, and what it counts."""

    value: Value
    label: Text


class Item(Document):
    """One question. ``lead`` stands before it where it is not the questionnaire's ``period``."""

    code: Code
    text: Text
    choices: Annotated[tuple[Choice, ...], Field(min_length=2)]
    lead: Text = ""

    @property
    def least(self) -> int:
        """The smallest value an answer can have."""
        return min(choice.value for choice in self.choices)

    @property
    def most(self) -> int:
        """The greatest value an answer can have."""
        return max(choice.value for choice in self.choices)

    @model_validator(mode="after")
    def _choices_differ(self) -> Self:
        if len({choice.value for choice in self.choices}) != len(self.choices):
            message = f"{self.code}: two choices have the same value"
            raise ValueError(message)
        return self


class Band(Document):
    """Totals from ``start`` up to the next band. ``name`` is the published word, kept for
    clinicians and for tests; ``words`` is what the person reads."""

    start: float
    name: Words
    words: Words


class PartRule(Document):
    """A part of the total. ``reached`` is said from ``cut_off`` on, where one is published."""

    name: Words
    items: Annotated[tuple[Code, ...], Field(min_length=1)]
    cut_off: int | None = None
    reached: Text = ""
    below: Words


class Need(Document):
    """At least ``at_least`` of the items are answered with ``value`` or more."""

    at_least: Annotated[int, Field(ge=1)]
    of: Annotated[tuple[Code, ...], Field(min_length=1)]
    value: Value


class Pattern(Document):
    """A published rule on the pattern of answers: all ``needs`` and none of ``without``, each the
    name of a criterion. The words are for occupational health, never for the person alone."""

    name: Words
    needs: Annotated[tuple[str, ...], Field(min_length=1)]
    without: tuple[str, ...] = ()
    met: Words
    not_met: Words


class Scoring(Document):
    """From answers to a number. ``times`` is for ``multiplied``, ``table`` for ``converted``."""

    way: Literal["sum", "mean_prorated", "multiplied", "converted", "rule"]
    times: Annotated[int, Field(ge=1)] = 1
    table: Mapping[int, float] = {}
    reversed: tuple[Code, ...] = ()
    missing_allowed: Annotated[int, Field(ge=0)] = 0
    higher_is_better: bool = False
    bands: tuple[Band, ...] = ()
    words: Text = ""
    """What the person reads where there are no bands."""
    parts: tuple[PartRule, ...] = ()
    criteria: Mapping[str, tuple[Need, ...]] = {}
    rules: tuple[Pattern, ...] = ()

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if any(one.start >= two.start for one, two in pairwise(self.bands)):
            message = "bands: begin with the lowest"
            raise ValueError(message)
        if not self.bands and not self.words:
            message = "words: say something where there are no bands"
            raise ValueError(message)
        if (
            unknown := {name for rule in self.rules for name in (*rule.needs, *rule.without)}
            - self.criteria.keys()
        ):
            message = f"rules: there is no criterion {min(unknown)}"
            raise ValueError(message)
        return self

    def items_named(self) -> set[str]:
        """Every item that the scoring speaks of."""
        return {
            *self.reversed,
            *(code for part in self.parts for code in part.items),
            *(code for needs in self.criteria.values() for need in needs for code in need.of),
        }


class ReliableChange(Document):
    """By how much a total has to move to be more than chance, where that is published."""

    by: Annotated[float, Field(gt=0)]
    source: Words


class Vector(Document):
    """A known result: answers in the order of the items, ``None`` for one left out."""

    why: Words
    answers: tuple[int | None, ...]
    complete: bool = True
    total: float | None = None
    band: str = ""
    parts: Mapping[str, tuple[float, bool]] = {}
    rules: Mapping[str, bool] = {}
    safety: bool = False


class Instrument(Document):
    """One questionnaire, ready to be asked and scored."""

    code: Code
    title: Words
    short: Words
    """What people are offered: "Four short questions"."""
    minutes: Annotated[int, Field(ge=1, le=30)]
    introduction: Text = ""
    period: Text
    """What stands before each question, as the questionnaire words it."""
    items: Annotated[tuple[Item, ...], Field(min_length=1)]
    scoring: Scoring
    risk: Mapping[Code, Value] = {}
    """From which answer to an item on help now is shown, whatever the total."""
    reliable_change: ReliableChange | None = None
    offer: Offer
    filled_as: Offer | None = None
    """Of a slot: who is offered it once a force has brought the words."""
    not_before_days: Days = 0
    """For so long after something hard it is not offered."""
    source: Words
    licence: Licence
    attribution: Words
    """Shown with the questions and with the result."""
    vectors: Annotated[tuple[Vector, ...], Field(min_length=1)]

    @model_validator(mode="before")
    @classmethod
    def _name_the_choices(cls, given: Any) -> Any:
        # In a file, choices that many items share are written once, under a name.
        if not isinstance(given, dict) or "choices" not in given:
            return given
        named = given["choices"]
        items = [
            {**item, "choices": named.get(item.get("choices"), item.get("choices"))}
            for item in given.get("items", ())
        ]
        return {key: value for key, value in given.items() if key != "choices"} | {"items": items}

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        codes = [item.code for item in self.items]
        if len(set(codes)) != len(codes):
            message = "items: two have the same code"
            raise ValueError(message)
        if unknown := (self.scoring.items_named() | self.risk.keys()) - set(codes):
            message = f"scoring or risk: there is no item {min(unknown)}"
            raise ValueError(message)
        if any(len(vector.answers) != len(codes) for vector in self.vectors):
            message = "vectors: give one answer for each item"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _has_words_or_is_a_slot(self) -> Self:
        words = [item.text for item in self.items]
        words += [choice.label for item in self.items for choice in item.choices]
        if self.is_slot and any(words):
            message = "items: a slot ships without the words, which are not ours to give"
            raise ValueError(message)
        if not self.is_slot and not (all(words) and self.period):
            message = "items: every question and every choice needs its words"
            raise ValueError(message)
        if self.is_slot and self.filled_as in {None, Offer.DEFAULT, Offer.SLOT}:
            message = "filled_as: say who is offered it once the words are here"
            raise ValueError(message)
        return self

    @property
    def for_clinicians(self) -> bool:
        """Whether only occupational health is shown more than ``Result.words``."""
        return self.offer is Offer.OCCUPATIONAL_HEALTH

    @property
    def is_slot(self) -> bool:
        """Whether the words are still missing."""
        return self.offer is Offer.SLOT


class Filling(Document):
    """What a force's own file says: the words of a slot, and by which licence it has them."""

    code: Code
    licence: Annotated[str, StringConstraints(strip_whitespace=True, min_length=10)]
    """Who allowed it, when, and under which number."""
    attribution: Words
    period: Words
    texts: tuple[Words, ...]
    """One for each item, in order."""
    labels: tuple[Annotated[str, StringConstraints(min_length=2, max_length=80)], ...]
    """One for each choice, the lowest value first."""
    introduction: Text = ""

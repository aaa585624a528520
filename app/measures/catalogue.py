"""Every measure there is: a closed list, from the force's types, factors and services. Pure.

Each is a share of people, so that nobody counts twice and no one person's record weighs more than
another's. Hours and spells are no shares of people: they are in ``app.measures.live_absence``, for
named wellbeing roles, and are never published.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from app.incidents.framework import Framework
from app.measures.vocabulary import (
    DIMENSIONS,
    NOT_RECORDED,
    PREFER_NOT,
    PROTECTED,
    RECORDED,
    Dimension,
    Measure,
    PeriodKind,
    Theme,
)
from app.referrals.models import SERVICES, Support
from app.referrals.wording import SUPPORT

IN_FORCE = "people in the force at any time in the period"
SPOKEN = "people who had a supportive conversation and let others see what was noted"
ANY = "any"
"""In the place of one kind of support or one service: whichever of them."""
LONG = (PeriodKind.QUARTER, PeriodKind.YEAR)
TYPE, FACTOR = "type", "factor"
"""What the codes of measures of each type and each factor begin with."""
FEW, MANY = 3, 6
"""Bounds of the bands of exposure: none, 1 or 2, 3 to 5, 6 or more."""
LONG_TERM_DAYS = 28
"""An absence of more calendar days than this is long-term: the Home Office's line."""
BESIDE_DAYS = 182
"""How long before and after accepting support absence is looked at."""

KNOWN = (
    "This counts what the force's systems and people themselves say. It can miss people whose work "
    "is not logged, such as those who take calls or view material."
)
NOT_QUALITY = "This says that a conversation took place, not how good it was."
LOW_OR_HIGH = (
    "A low figure can mean that little was needed, or that people did not ask or were not asked. "
    "What people keep to themselves is not counted."
)
LOCAL_CODES = (
    "There is no national definition. What counts as psychological is what this force's HR "
    "system codes so."
)
NO_CAUSE = (
    "This says nothing about cause. People often ask for support when things are at their worst, "
    "so absence tends to fall afterwards with or without it."
)
SOME_SAID = (
    "People choose what to mention. Only conversations that the person lets others see are counted."
)
LEAVING = "People leave for many reasons. This says how many left, not why."
HELD = "This is how complete the records are. It says nothing about the people."


@dataclass(frozen=True)
class Words:
    """The words that a force has chosen: what each type and factor is called, retired ones
    included, and within how many hours a conversation is due."""

    types: Mapping[str, str]
    factors: Mapping[str, str]
    hours: int

    @classmethod
    def of(cls, framework: Framework) -> "Words":
        """Those of one version of the framework."""
        return cls(framework.type_names(), framework.factor_names(), framework.debrief_hours)


def measures(words: Words) -> tuple[Measure, ...]:
    """The whole list, in the order in which it is shown. Codes are unique."""
    return (
        *_exposure(words),
        *_timeliness(words),
        *_support(),
        *_factors(words),
        *_referrals(),
        *_absence(),
        *_attrition(),
        *COMPLETENESS_LISTED.values(),
    )


def kind_code(what: str, kind: str) -> str:
    """The code of a measure that there is for each of several kinds: ``offered_trim``."""
    return f"{what}_{kind}"


# --- Exposure -------------------------------------------------------------------------------------


def _exposure(words: Words) -> Iterator[Measure]:
    whole = Measure(
        "exposed",
        "Exposed to an incident",
        "people exposed to at least one incident",
        IN_FORCE,
        Theme.EXPOSURE,
        caution=KNOWN,
    )
    yield whole
    for bound in (FEW, MANY):
        yield replace(
            whole,
            code=f"exposed_{bound}",
            name=f"Exposed to {bound} or more incidents",
            counted=f"people exposed to {bound} or more incidents",
        )
    yield replace(
        whole,
        code="repeated",
        name="Exposed again to the same kind of incident",
        counted="people exposed to 2 or more incidents of one type",
    )
    for code, name in sorted(words.types.items(), key=lambda item: item[1].casefold()):
        yield replace(
            whole,
            code=kind_code(TYPE, code),
            name=f"Exposed to: {name}",
            counted=f"people exposed to an incident of the type “{name}”",
        )


# --- Conversations --------------------------------------------------------------------------------


def _timeliness(words: Words) -> Iterator[Measure]:
    yield Measure(
        "prompted",
        "A conversation was suggested",
        "people for whom a supportive conversation was suggested",
        IN_FORCE,
        Theme.TIMELINESS,
    )
    due = Measure(
        "talked_in_time",
        f"Talked with within {words.hours} hours",
        f"people talked with within {words.hours} hours, each time one was due",
        "people for whom a suggested conversation fell due in the period",
        Theme.TIMELINESS,
        caution=NOT_QUALITY,
    )
    yield due
    yield replace(
        due,
        code="answered_in_time",
        name=f"Talked with, or chose not to, within {words.hours} hours",
        counted=(
            f"people talked with, or who chose not to talk, within {words.hours} hours, each time "
            "one was due"
        ),
    )


# --- Support --------------------------------------------------------------------------------------

_STATUS = {"offered": "offered", "accepted": "who accepted", "declined": "who declined"}


def _support() -> Iterator[Measure]:
    exposed = "people exposed to at least one incident"
    after = Measure(
        "exposed_talked",
        "Talked with, of those exposed",
        f"{exposed} who had a supportive conversation",
        exposed,
        Theme.SUPPORT,
        caution=NOT_QUALITY,
    )
    yield after
    yield replace(
        after,
        code="exposed_offered",
        name="Offered support, of those exposed",
        counted=f"{exposed} who were offered support",
        caution=LOW_OR_HIGH,
    )
    yield replace(
        after,
        code="exposed_supported",
        name="Accepted support or had it already, of those exposed",
        counted=f"{exposed} who accepted support or had it already",
        caution=LOW_OR_HIGH,
    )
    names = {ANY: "support of any kind"}
    names |= {kind.value: SUPPORT[kind] for kind in Support if kind is not Support.NONE}
    for status, counted in _STATUS.items():
        for kind, called in names.items():
            yield Measure(
                kind_code(status, kind),
                f"{status.capitalize()}: {called}",
                f"people {counted} {_which('support', kind, called)}",
                SPOKEN,
                Theme.SUPPORT,
                caution=LOW_OR_HIGH,
            )


def _which(what: str, kind: str, called: str) -> str:
    """A name inside a sentence, as it is written elsewhere: TRiM keeps its capitals."""
    return called if kind == ANY else f"{what} (“{called}”)"


def _factors(words: Words) -> Iterator[Measure]:
    for code, name in sorted(words.factors.items(), key=lambda item: item[1].casefold()):
        yield Measure(
            kind_code(FACTOR, code),
            f"Made it harder: {name}",
            f"people who mentioned “{name}”",
            SPOKEN,
            Theme.FACTORS,
            caution=SOME_SAID,
        )


# --- Referrals ------------------------------------------------------------------------------------


def _referrals() -> Iterator[Measure]:
    names = {ANY: "any service"} | {kind.value: SUPPORT[kind] for kind in SERVICES}
    for kind, called in names.items():
        yield Measure(
            kind_code("referred", kind),
            f"Referred to: {called}",
            f"people referred to {_which('a service', kind, called)}, by themselves or with their "
            "agreement",
            IN_FORCE,
            Theme.REFERRALS,
            caution=LOW_OR_HIGH,
        )
    for kind, called in names.items():
        yield Measure(
            kind_code("contacted", kind),
            f"Contacted in time: {called}",
            "people contacted within the service's own limit, each time they were referred",
            f"people referred to {_which('a service', kind, called)} whose contact fell due in the "
            "period",
            Theme.REFERRALS,
        )


# --- Absence and leaving --------------------------------------------------------------------------


def _absence() -> Iterator[Measure]:
    yield Measure(
        "absent",
        "Off sick",
        "people off sick on any day",
        IN_FORCE,
        Theme.ABSENCE,
    )
    yield Measure(
        "absent_psychological",
        "Off sick for a psychological reason",
        "people off sick on any day for a psychological reason",
        IN_FORCE,
        Theme.ABSENCE,
        caution=LOCAL_CODES,
    )
    yield Measure(
        "absent_psychological_long",
        "Off sick long-term for a psychological reason",
        f"people off sick for more than {LONG_TERM_DAYS} days for a psychological reason",
        IN_FORCE,
        Theme.ABSENCE,
        caution=LOCAL_CODES,
    )
    for when in ("before", "after"):
        yield Measure(
            f"absent_{when}_support",
            f"Off sick for a psychological reason {when} accepting support",
            f"people off sick for a psychological reason in the {BESIDE_DAYS} days {when} they "
            "accepted support",
            f"people who accepted support, {BESIDE_DAYS} days before the period, and were in the "
            f"force for {BESIDE_DAYS} days on both sides of it",
            Theme.ABSENCE,
            kinds=LONG,
            caution=f"{NO_CAUSE} {LOCAL_CODES}",
        )


def _attrition() -> Iterator[Measure]:
    whole = Measure("left", "Left", "people who left", IN_FORCE, Theme.ATTRITION, caution=LEAVING)
    yield replace(
        whole,
        code="left_resigned_or_medical",
        name="Resigned or retired on medical grounds",
        counted="people who resigned or retired on medical grounds",
    )
    yield replace(
        whole,
        code="left_without_transfers",
        name="Left the force, transfers not counted",
        counted="people who left, other than by transfer to another force",
    )
    yield replace(
        whole,
        code="left_with_transfers",
        name="Left the force, transfers counted",
        counted="people who left, transfers to another force among them",
    )


# --- How complete the records are -----------------------------------------------------------------

_HELD = {
    RECORDED: ("recorded", "people with an answer on record"),
    PREFER_NOT: ("prefer not to say", "people who prefer not to say"),
    NOT_RECORDED: ("not recorded", "people of whom nothing is recorded"),
}


def _completeness() -> Iterator[Measure]:
    for dimension in COMPLETENESS:
        for held, (name, counted) in _HELD.items():
            if held == PREFER_NOT and dimension not in PROTECTED:
                # HR knows these without asking anybody.
                continue
            yield Measure(
                kind_code(held, dimension.value),
                f"{DIMENSIONS[dimension]}: {name}",
                counted,
                IN_FORCE,
                Theme.COMPLETENESS,
                caution=HELD,
            )


COMPLETENESS = (
    Dimension.RANK,
    Dimension.STAFF_TYPE,
    Dimension.SERVICE,
    Dimension.HOURS,
    *PROTECTED,
)
"""Dimensions of which the records may not say everything. Where somebody is posted, and what they
are trained for, is known to HR or is not so."""
COMPLETENESS_LISTED = {one.code: one for one in _completeness()}
"""The same for every force."""

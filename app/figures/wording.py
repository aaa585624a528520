"""The words of published figures. Pure."""

from app.disclosure.cells import Cell
from app.disclosure.derived import Apart, apart, share
from app.disclosure.store import Published
from app.measures.vocabulary import Dimension, Measure, Period, PeriodKind, Theme

EVERYBODY = "Everybody"
THEMES: dict[Theme, str] = {
    Theme.EXPOSURE: "Exposure",
    Theme.TIMELINESS: "Conversations",
    Theme.SUPPORT: "Support",
    Theme.FACTORS: "What made it harder",
    Theme.REFERRALS: "Referrals",
    Theme.ABSENCE: "Absence",
    Theme.ATTRITION: "Leaving",
    Theme.COMPLETENESS: "Complete records",
}
KINDS: dict[PeriodKind, str] = {
    PeriodKind.MONTH: "month",
    PeriodKind.QUARTER: "quarter",
    PeriodKind.YEAR: "year",
}
RANGE_NOTE = (
    "Likely range: with so few people, chance alone moves a figure about. So does the adjustment "
    "that protects people. In 95 of 100 cases the range holds what lies behind the figure."
)
APART_NOTE = (
    "“Higher” and “lower” are said only where the two ranges do not touch. Otherwise there are too "
    "few people to say."
)


def period_words(period: Period) -> str:
    """``October 2026``, ``July to September 2026``, ``April 2025 to March 2026``."""
    first, last = period.first, period.last
    if period.kind is PeriodKind.MONTH:
        return f"{first:%B %Y}"
    if first.year == last.year:
        return f"{first:%B} to {last:%B %Y}"
    return f"{first:%B %Y} to {last:%B %Y}"


def measured_words(measure: Measure) -> str:
    """``people who left, of people in the force at any time in the period``."""
    return f"{measure.counted}, of {measure.base}"


def sentence(words: str) -> str:
    """With a capital at the start and a full stop at the end; other capitals stay."""
    return f"{words[:1].upper()}{words[1:].rstrip('.')}."


def by_words(dimension: Dimension, name: str) -> str:
    """A dimension inside a sentence: ``length of service``."""
    return name if dimension is Dimension.TEAM else f"{name[:1].lower()}{name[1:]}"


def change_words(now: Cell | None, before: Cell | None) -> str:
    """How a figure stands to an earlier one."""
    if before is None:
        return "nothing to compare with"
    if share(now) is None or share(before) is None:
        return Apart.TOO_FEW.value
    found = apart(now, before)
    return "no clear change" if found is Apart.TOO_FEW else found.value


def stands_words(one: Cell | None, whole: Cell | None) -> str:
    """How a group stands to everybody."""
    return apart(one, whole).value


def source_notes(published: Published) -> tuple[str, ...]:
    """Which release it is, of which day, and who stands for it."""
    day, on = f"{published.day:%-d %B %Y}", f"{published.published_at:%-d %B %Y}"
    return (
        f"Date of the data: {day}. Release {published.number}, published on {on}.",
        f"Prepared by {published.prepared_by}. Approved by {published.approved_by}.",
    )


def protection(published: Published) -> tuple[str, ...]:
    """How figures are protected, in four sentences, with the numbers this release was made with."""
    rules = {name: f"{value:g}" for name, value in published.parameters.items()}
    group, few = rules["smallest_group"], rules["smallest_count"]
    step, changes = rules["step"], rules["fewest_changes"]
    return (
        f"We never show a group of fewer than {group} people, or a result about fewer than {few}.",
        (
            f"Figures are slightly adjusted and rounded to the nearest {step}, always the same "
            "way, so totals may not add up."
        ),
        f"A figure only changes when at least {changes} people\u2019s records have changed.",
        "No one, including senior leaders, can ask about a smaller group.",
    )

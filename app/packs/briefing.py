"""The pack for a team talk: nobody is named, and no count points to anybody. Pure.

Whoever hears it knows the others. So it says what the work was, which the team knows, and nothing
of what anybody chose; and it gives a number only where at least five people are behind it, to the
nearest five.
"""

from collections import Counter

from app.common.disclosure import rounded
from app.packs.contents import Facts
from app.packs.named import NOBODY, month_alt
from app.packs.tables import Cell, Chart, Table
from app.referrals.models import Support
from app.referrals.wording import SUPPORT

FEWEST_PEOPLE = 5
FEW = f"fewer than {FEWEST_PEOPLE} people"
FEW_OR_NEARLY_ALL = f"{FEW}, or all but so few"
OPENING = (
    "For a team talk. It names nobody, and says what the work has been.",
    "A number is given to the nearest five, and only where at least five people are behind it.",
    "What anybody said or chose is theirs, and is not in it.",
    "Counts are incidents attended, not a measure of how anyone is.",
)


def careful(count: int, people: int) -> Cell:
    """A count as it may be said aloud: the same words for nobody and for four."""
    return rounded(count) if people >= FEWEST_PEOPLE else FEW


def tables(facts: Facts) -> tuple[Table, ...]:
    """Every table of the anonymous version."""
    return (_by_type(facts), _by_month(facts), _conversations(facts), _support())


def _by_type(facts: Facts) -> Table:
    counts: Counter[str] = Counter()
    people: Counter[str] = Counter()
    for types in facts.in_period.values():
        counts.update(types)
        people.update(types.keys())
    shown = [code for code in counts if people[code] >= FEWEST_PEOPLE]
    shown.sort(key=lambda code: (-counts[code], facts.type_names[code]))
    rows: list[tuple[Cell, ...]] = [
        (facts.type_names[code], careful(counts[code], people[code])) for code in shown
    ]
    rows.append(("Every other type, each", FEW))
    rows.append(("All types together", careful(counts.total(), len(facts.in_period))))
    return Table(
        "By type",
        "What the team went to",
        "In the period. One incident that six of the team went to counts six times.",
        ("Type", "Exposures"),
        tuple(rows),
        NOBODY,
    )


def _by_month(facts: Facts) -> Table:
    rows = []
    for place, month in enumerate(facts.months):
        found = [facts.counts[member.id].months[place] for member in facts.members]
        rows.append((f"{month:%b %Y}", careful(sum(found), sum(count > 0 for count in found))))
    told = tuple(rows)
    return Table(
        "By month",
        "By month",
        "Of the people who are in the team today. The last month is not over. Where there is no "
        f"bar, the number is small: {FEW} are behind it.",
        ("Month", "Exposures"),
        told,
        NOBODY,
        Chart("bars", 0, 1, "exposures", month_alt(told)),
    )


def _conversations(facts: Facts) -> Table:
    found = facts.timeliness
    # Whether somebody spoke is their choice: that all of them did would tell it of each.
    split = min(found.people_held, found.people - found.people_held) >= FEWEST_PEOPLE
    held: Cell = rounded(found.held) if split else FEW_OR_NEARLY_ALL
    return Table(
        "Conversations",
        "Supportive conversations",
        "Offered after an incident that always asks for one, or after several that add up. Saying "
        "no is a choice, and nothing follows from it.",
        ("What", "Number"),
        (
            ("Prompts to offer one", careful(found.prompted, found.people)),
            ("Prompts that led to one", held),
        ),
        "",
    )


def _support() -> Table:
    return Table(
        "Support",
        "Support that is there",
        "Anybody can ask for it directly, without a reason and without going through a supervisor.",
        ("Support",),
        tuple((SUPPORT[support],) for support in Support if support is not Support.NONE),
        "",
    )

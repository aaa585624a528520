"""The pack for whoever leads the team: names, as on the team's own page. Pure."""

from collections.abc import Iterator
from datetime import date

from app.common.clock import local_date
from app.debriefs.models import SupportStatus
from app.debriefs.timing import LAST_HOUR, Timeliness
from app.debriefs.wording import STATUS
from app.packs.contents import Facts
from app.packs.measures import (
    CURVE_NOTE,
    NOT_REACHED,
    NOT_REACHED_WHY,
    TREATED,
    curve,
    measures,
    median_words,
)
from app.packs.tables import Cell, Chart, Table
from app.referrals.models import Support
from app.referrals.wording import SUPPORT

OPENING = (
    "For supervision. It names people. Keep it as you would their personal record.",
    "Delete it once you have used it.",
    "Counts are incidents attended, not a measure of how anyone is.",
    "It is not for conduct, vetting, promotion, performance or firearms decisions.",
    "Everybody in it can see that you downloaded it, and when.",
)
NOBODY = "Nobody is posted to this team today."


def tables(facts: Facts) -> tuple[Table, ...]:
    """Every table of the named version."""
    return (
        _people(facts),
        _team_by_type(facts),
        _by_month(facts),
        _by_person(facts),
        _conversations(facts),
        _hours(facts),
        _support(facts),
        _check_ins(facts),
    )


def _windows(facts: Facts) -> tuple[str, ...]:
    return tuple(f"{window} days" for window in facts.windows)


def _people(facts: Facts) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for member in facts.members:
        contact = facts.contacts.get(member.id)
        rows.append(
            (
                member.name,
                member.rank + (", here temporarily" if member.temporary else ""),
                *(facts.counts[member.id].windows[window] for window in facts.windows),
                facts.waiting[member.id],
                contact.last_on if contact else "Not yet",
            )
        )
    return Table(
        "People",
        "People",
        "Exposures in the windows that end today, prompts that wait, and the last conversation.",
        ("Person", "Rank", *_windows(facts), "Open prompts", "Last spoke"),
        tuple(rows),
        NOBODY,
    )


def _team_by_type(facts: Facts) -> Table:
    totals: dict[str, dict[int, int]] = {}
    for types in facts.types.values():
        for code, counts in types.items():
            row = totals.setdefault(code, dict.fromkeys(facts.windows, 0))
            for window, count in counts.items():
                row[window] += count
    longest = facts.windows[-1]
    ranked = sorted(totals, key=lambda code: (-totals[code][longest], facts.type_names[code]))
    rows: list[tuple[Cell, ...]] = [
        (facts.type_names[code], *totals[code].values()) for code in ranked
    ]
    if rows:
        sums = [sum(totals[code][window] for code in totals) for window in facts.windows]
        rows.append(("All types", *sums))
    return Table(
        "Team by type",
        "The team, by type",
        "One incident that four of the team went to counts four times: it is four people's.",
        ("Type", *_windows(facts)),
        tuple(rows),
        f"No exposure in {longest} days.",
    )


def _by_month(facts: Facts) -> Table:
    sums = [
        sum(facts.counts[member.id].months[place] for member in facts.members)
        for place in range(len(facts.months))
    ]
    rows = tuple((f"{month:%b %Y}", count) for month, count in zip(facts.months, sums, strict=True))
    return Table(
        "By month",
        "The team, by month",
        "Exposures of the people who are in the team today, wherever they were posted then. The "
        "last month is not over.",
        ("Month", "Exposures"),
        rows,
        NOBODY,
        Chart("bars", 0, 1, "exposures", month_alt(rows)),
    )


def month_alt(rows: tuple[tuple[str, Cell], ...]) -> str:
    """What a chart of months shows, for who cannot see it."""
    told = "; ".join(f"{month}: {count}" for month, count in rows)
    return f"Exposures in each of the last 12 months. {told}."


def _by_person(facts: Facts) -> Table:
    longest = facts.windows[-1]
    rows: list[tuple[Cell, ...]] = []
    for member in facts.members:
        types = facts.types.get(member.id, {})
        ranked = sorted(types, key=lambda code: (-types[code][longest], facts.type_names[code]))
        rows += [(member.name, facts.type_names[code], *types[code].values()) for code in ranked]
    return Table(
        "People by type",
        "Each person, by type",
        "Only types they were exposed to in the longest window.",
        ("Person", "Type", *_windows(facts)),
        tuple(rows),
        f"No exposure in {facts.windows[-1]} days.",
    )


def _conversations(facts: Facts) -> Table:
    found = facts.timeliness
    rows: list[tuple[Cell, ...]] = [("Prompted", found.prompted, "", "prompts", "")]
    rows += [
        (one.label, one.part, one.whole, one.unit, one.share)
        for one in measures(found, hours=facts.hours)
    ]
    return Table(
        "Conversations",
        "How conversations are going",
        "One prompt is one person and one reason, opened in the period. Time from the incident "
        "until half had led to a conversation, open ones counted: "
        f"{_median(found)}. {TREATED}",
        ("Measure", "Prompts", "Of", "What is counted", "Share"),
        tuple(rows) if found.prompted else (),
        "Nobody was prompted in the period.",
    )


def _median(found: Timeliness) -> str:
    words = median_words(found)
    return f"not reached, as {NOT_REACHED_WHY}" if words == NOT_REACHED else words


def _hours(facts: Facts) -> Table:
    shares = curve(facts.timeliness)
    rows = tuple((at, share) for at, share in shares if share is not None)
    told = "; ".join(f"{at} hours: {share}%" for at, share in rows)
    return Table(
        "Hours to talking",
        "How long until a conversation",
        CURVE_NOTE,
        ("Hours since the incident", "Spoken with, % of prompts"),
        rows,
        "Nobody was prompted in the period.",
        Chart(
            "steps",
            0,
            1,
            "% of prompts",
            f"Share spoken with in the first {LAST_HOUR} hours. {told}.",
        ),
    )


def _support(facts: Facts) -> Table:
    found = facts.support
    rows: list[tuple[Cell, ...]] = []
    for support in Support:
        offers = found.offers.get(support, {})
        if offers or found.primary[support]:
            counts = [offers.get(status, 0) for status in SupportStatus]
            rows.append((SUPPORT[support], *counts, found.primary[support]))
    return Table(
        "Support",
        "Support offered and taken",
        f"In {found.debriefs} conversations held in the period, with {found.people} people in them "
        "(somebody spoken to twice counts twice).",
        ("Support", *(STATUS[status] for status in SupportStatus), "Main support"),
        tuple(rows),
        "No conversation was recorded in the period.",
    )


def _check_ins(facts: Facts) -> Table:
    return Table(
        "Check-ins",
        "Check-ins to come",
        "The next contact agreed in the last conversation.",
        ("Person", "Check in on", "State"),
        tuple(_due(facts, local_date(facts.now))),
        "No check-in is agreed.",
    )


def _due(facts: Facts, today: date) -> Iterator[tuple[Cell, ...]]:
    names = {member.id: member.name for member in facts.members}
    agreed = [
        (contact.next_on, names[number])
        for number, contact in facts.contacts.items()
        if contact.next_on is not None
    ]
    for day, name in sorted(agreed):
        yield name, day, "The day has passed" if day < today else "To come"

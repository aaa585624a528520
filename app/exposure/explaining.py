"""Opening a number or a prompt to what is behind it: the incidents, the rule, the version.

Callers have asked ``people.queries`` whom the viewer may see, and have written down the look.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from app.common.paging import Page
from app.exposure import behind, prompt_cards, queries
from app.exposure.behind import Seen
from app.exposure.models import PromptState
from app.exposure.prompt_cards import PromptCard
from app.exposure.prompting import wanted_prompts
from app.exposure.rules import Because, Wanted
from app.exposure.wording import counted_sentence
from app.incidents.queries import frameworks

ON_A_PAGE = 100


@dataclass(frozen=True)
class Section:
    """The exposures of one type: how many the number counts, and those on this page."""

    type_code: str
    total: int
    seen: Sequence[Seen]


@dataclass(frozen=True)
class Counted:
    """What one number counts. ``window``: its length in days, or ``0`` for everything."""

    window: int
    sentence: str
    sections: Sequence[Section]
    page: Page
    framework_number: int
    in_force_since: date


def counted(
    session: Session, *, person_id: int, window: int, day: date, asked_page: str | None = None
) -> Counted | None:
    """The exposures behind the count of one window; ``None`` when there is no such window."""
    versions = frameworks(session)
    windows = versions.on(day).windows
    if window and window not in windows:
        return None
    rows = queries.type_windows(session, person_id=person_id, windows=windows, day=day)
    totals = {code: row[window] for code, row in rows.items() if row[window]}
    page = Page.of(asked_page, sum(totals.values()), ON_A_PAGE)
    seen = behind.exposures_in_window(
        session, person_id=person_id, window=window, day=day, types=list(totals), page=page
    )
    number = versions.number_on(day)
    return Counted(
        window=window,
        sentence=counted_sentence(page.total, window, day),
        sections=[
            Section(code, total, mine)
            for code, total in totals.items()
            if (mine := [one for one in seen if one.type_code == code])
        ],
        page=page,
        framework_number=number,
        in_force_since={number: since for since, number in versions.starts}[number],
    )


@dataclass(frozen=True)
class Reason:
    """One rule that a prompt follows from, and the incidents that met it, newest first."""

    because: Because
    seen: Sequence[Seen]


@dataclass(frozen=True)
class PromptExplained:
    """Why there is a prompt. No reasons: the records behind it no longer ask for it."""

    card: PromptCard
    reasons: Sequence[Reason]
    hours: int
    """How soon after the incident a conversation is asked for."""
    in_force_since: date


def explained_prompt(session: Session, *, person_id: int, public_id: str) -> PromptExplained | None:
    """One prompt of one person, worked out afresh from the records that stand."""
    card = prompt_cards.prompt_of(session, person_id=person_id, public_id=public_id)
    return _explain(session, person_id, [card])[0] if card else None


def explained_prompts(session: Session, *, person_id: int) -> list[PromptExplained]:
    """Every prompt of one person, the one due last first."""
    return _explain(session, person_id, prompt_cards.prompts_of(session, person_id=person_id))


def _explain(
    session: Session, person_id: int, cards: Sequence[PromptCard]
) -> list[PromptExplained]:
    versions = frameworks(session)
    starts = {number: since for since, number in versions.starts}
    wanted = {
        item.natural_key: item
        for found in wanted_prompts(session, [person_id])
        for item in found[person_id]
    }
    reasons = {card.public_id: _reasons(wanted, card) for card in cards}
    met = {number for found in reasons.values() for one in found for number in one.incident_ids}
    seen = behind.exposures_at(session, person_id=person_id, incident_ids=met)
    return [
        PromptExplained(
            card=card,
            reasons=[
                Reason(one, [item for item in seen if item.incident_id in one.incident_ids])
                for one in reasons[card.public_id]
            ],
            hours=versions.by_number[card.framework_number].debrief_hours,
            in_force_since=starts[card.framework_number],
        )
        for card in cards
    ]


def _reasons(wanted: dict[str, Wanted], card: PromptCard) -> tuple[Because, ...]:
    # A prompt that another of the same event speaks for was taken back.
    item = None if card.state is PromptState.WITHDRAWN else wanted.get(card.natural_key)
    return item.because if item else ()

"""What the pages of a team's table share: the rows that are chosen, and what stands around them."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import blake2s
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from flask import abort, request, url_for
from flask.typing import ResponseReturnValue

from app.common.clock import local_date, utc_now
from app.database import request_session
from app.exposure import by_type
from app.exposure.models import PromptState
from app.feeds.freshness import FeedAge, late_for_teams
from app.incidents.queries import frameworks
from app.people import queries as people
from app.people.models import SupervisionKind
from app.people.queries import Leader, PersonCard, UnitCard
from app.people.wording import ABSENT, GONE
from app.security.access import current_viewer
from app.security.permissions import Permission
from app.security.viewer import Viewer
from app.teams import queries
from app.teams.choosing import (
    QUIET,
    SHOW,
    Choice,
    address_of,
    chosen,
    headers,
    read_choice,
    table_columns,
    taken_away,
    type_tag,
)
from app.teams.queries import TeamRow
from app.web import replies

ASKED = frozenset({"show", "quiet", "type", "sort", "open"})
"""What of an address decides which rows there are: also what is open below them, so that the place
of a panel goes when the panel has gone."""
PANELS = ("types", "change")
"""What can be open below somebody's row."""
PANEL = re.compile(rf"({'|'.join(PANELS)})\.([0-9a-f]{{32}})")
ROLES = {SupervisionKind.SUPERVISOR: "Leads the team", SupervisionKind.DEPUTY: "Covers the team"}


class Waits(NamedTuple):
    """How many people of a team wait, whatever is chosen."""

    open: int
    late: int
    put_off: int


def waits_of(rows: Iterable[TeamRow], now: datetime) -> Waits:
    """Those to talk to, those of them past the time limit, and those put off."""
    urgent = [row.urgent for row in rows if row.urgent is not None]
    opened = [one for one in urgent if one.state is PromptState.OPEN]
    late = sum(one.due_at < now for one in opened)
    return Waits(len(opened), late, len(urgent) - len(opened))


def late_feeds(viewer: Viewer, now: datetime) -> list[FeedAge]:
    """Feeds whose lateness a supervisor has to know of."""
    if not viewer.may(Permission.TEAM_CURRENT_READ):
        return []
    return late_for_teams(request_session(), now=now)


def tag_of(unit: UnitCard, now: datetime, asked: Iterable[tuple[str, str]] | None = None) -> str:
    """The version of a table as somebody chose it; by default as this request asks for it."""
    # The hour is part of it because "5 hours left" goes stale by itself.
    tag = f"{unit.version}-{now:%Y%m%d%H}"
    pairs = request.args.items(multi=True) if asked is None else asked
    chose = sorted(pair for pair in pairs if pair[0] in ASKED)
    return f"{tag}-{blake2s(repr(chose).encode(), digest_size=6).hexdigest()}" if chose else tag


def team_table(viewer: Viewer, unit: UnitCard, now: datetime) -> dict[str, Any]:
    """Everything the table of a team is drawn from, as this request chooses."""
    session, day = request_session(), local_date(now)
    versions = frameworks(session)
    windows, names = versions.on(day).windows, versions.type_names()
    asked = request.args.to_dict(flat=False)
    choice = read_choice(asked, windows=windows, types=names)
    everybody = queries.team_rows(viewer, session, unit=unit, windows=windows, day=day)
    panels = _panels(asked.get("open", ()))
    found = people.leaders(session, unit_ids=[unit.id], day=day).get(unit.id, [])
    address = url_for("teams.team", unit_id=unit.public_id)
    at = row_values(viewer, unit, found, windows, now)
    return {
        **at,
        "at": at,
        "rows": _shown(everybody, choice, windows, set(panels), now),
        "everybody": len(everybody),
        "waits": waits_of(everybody, now),
        "leaders": found,
        "late": late_feeds(viewer, now),
        "panels": panels,
        "choice": choice,
        "headers": headers(choice, windows, address),
        "taken_away": taken_away(choice, type_names=names, longest=max(windows), address=address),
        "offered": _offered(choice, windows, names),
        "address": address,
        "poll": address_of(url_for("teams.team_rows", unit_id=unit.public_id), choice),
        "tag": tag_of(unit, now, [*parse_qsl(choice.query()), *_opened(asked)]),
    }


def row_values(
    viewer: Viewer, unit: UnitCard, found: Sequence[Leader], windows: Sequence[int], now: datetime
) -> dict[str, Any]:
    """What every row is drawn with."""
    return {
        "unit": unit,
        "windows": windows,
        "roles": {leader.person_id: ROLES[leader.kind] for leader in reversed(found)},
        "may_record": unit.leads and viewer.may(Permission.DEBRIEF_TEAM_RECORD),
        "states": PromptState,
        "gone": GONE,
        "absent": ABSENT,
        "today": local_date(now),
        "now": now,
    }


def _opened(asked: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [("open", one) for one in asked.get("open", ())]


def _panels(opened: Iterable[str]) -> dict[str, list[str]]:
    """The panels that a page has open, by the public id of whose row they are below."""
    found: dict[str, list[str]] = {}
    for match in filter(None, map(PANEL.fullmatch, opened)):
        found.setdefault(match[2], []).append(f"{match[1]}-{match[2]}")
    return found


def _shown(
    everybody: Sequence[TeamRow],
    choice: Choice,
    windows: Sequence[int],
    kept: set[str],
    now: datetime,
) -> list[TeamRow]:
    """The rows that are chosen. Whoever has a form open below their row is always among them, so
    that nothing that is being typed goes away."""
    with_type: set[int] = set()
    if choice.type_code:
        with_type = by_type.people_with_type(
            request_session(),
            person_ids=[row.member.id for row in everybody],
            type_code=choice.type_code,
            window=max(windows),
            day=local_date(now),
        )
    found = chosen(everybody, choice, now=now, with_type=with_type)
    missing = kept - {row.member.public_id for row in found}
    return found + [row for row in everybody if row.member.public_id in missing]


class Option(NamedTuple):
    """One of a list to choose from."""

    value: str
    words: str
    chosen: bool


def _offered(
    choice: Choice, windows: Sequence[int], names: dict[str, str]
) -> dict[str, list[Option]]:
    """What the form above the table offers, by the name of its field."""
    sorts = [
        Option(column.sort, column.words, column.sort == choice.sorting)
        for column in table_columns(windows)
    ]
    if not any(option.chosen for option in sorts):
        sorts.append(Option(choice.sorting, "As it is now", chosen=True))
    return {
        "show": [Option(one.value, words, one in choice.show) for one, words in SHOW.items()],
        "quiet": [Option(str(days), f"{days} days", days == choice.quiet) for days in QUIET],
        "type": [
            Option(type_tag(code), name, code == choice.type_code)
            for code, name in sorted(names.items(), key=lambda item: item[1])
        ],
        "sort": sorts,
    }


# --- Around one row -------------------------------------------------------------------------------


def unit_or_404(public_id: str) -> UnitCard:
    """A unit whose table the viewer may see today."""
    day = local_date(utc_now())
    found = people.unit(current_viewer(), request_session(), public_id=public_id, day=day)
    if found is None:
        abort(404)
    return found


def person_or_404(public_id: str) -> PersonCard:
    """A named person within the viewer's reach today."""
    day = local_date(utc_now())
    found = people.person(current_viewer(), request_session(), public_id=public_id, day=day)
    if found is None:
        abort(404)
    return found


def one_row(viewer: Viewer, unit: UnitCard, person_id: int, now: datetime) -> dict[str, Any]:
    """One member's row, and what it is drawn with. No row: they are not in the team now."""
    session, day = request_session(), local_date(now)
    windows = frameworks(session).on(day).windows
    rows = queries.team_rows(viewer, session, unit=unit, windows=windows, day=day, only=person_id)
    found = people.leaders(session, unit_ids=[unit.id], day=day).get(unit.id, [])
    return {"rows": rows, "at": row_values(viewer, unit, found, windows, now)}


def is_open(kind: str, card: PersonCard) -> bool:
    """Whether the page that asks shows this below the row already."""
    return f"{kind}.{card.public_id}" in request.args.getlist("open")


def nothing_new() -> ResponseReturnValue:
    """For a page that has what it asks for."""
    return "", 204


def row_again(
    card: PersonCard, unit: UnitCard, *, closed: str, said: str = ""
) -> ResponseReturnValue:
    """A row as it is now, with what was open below it closed; ``said``: what happened."""
    values = one_row(current_viewer(), unit, card.id, utc_now())
    panel = f"{closed}-{card.public_id}"
    return replies.fragment(
        "teams/_row_again.html", **values, closed=panel, focus=closed, said=said
    )

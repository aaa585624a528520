"""The wellbeing lens: live counts for one part of the force, and the people behind a number."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final, NamedTuple

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.audit.events import Event
from app.audit.wording import PURPOSES
from app.common.clock import local_date, utc_now
from app.common.paging import Page
from app.database import request_session
from app.debriefs.models import SupportStatus
from app.debriefs.wording import STATUS
from app.force import wording
from app.force.choosing import PERIODS, Names, chips
from app.force.pages import Asked, asked, blueprint, few, note, stated_or_form
from app.force.service import entry, narrowed
from app.incidents.queries import frameworks
from app.measures import live
from app.measures.asked import Behind, UnitLine
from app.people import queries as people
from app.people.models import UnitKind
from app.referrals.wording import SUPPORT
from app.security.access import current_viewer, requires
from app.security.permissions import Permission
from app.web import replies
from app.web.filters import percent
from app.web.maps import Area, figure_map, force_shapes


class Panel(NamedTuple):
    """One question, which asks the database once."""

    title: str
    ask: Callable[..., Any]


PANELS: Final[Mapping[str, Panel]] = {
    "exposure": Panel("Exposure", live.exposure),
    "prompts": Panel("Prompts and how soon people were talked with", live.prompting),
    "support": Panel("Support talked about", live.support),
    "referrals": Panel("Referrals and waits", live.referrals),
    "absence": Panel("Psychological absence", live.absence),
    "attrition": Panel("People who left", live.attrition),
    "districts": Panel("By district", partial(live.by_unit, kind=UnitKind.DISTRICT)),
}
KINDS: Final = {"departments": UnitKind.DEPARTMENT, "teams": UnitKind.TEAM}


@blueprint.get("/force", defaults={"question_id": ""})
@blueprint.get("/force/<string(length=32):question_id>")
@requires(Permission.FORCE_SCOPE_EXPLORE)
def lens(question_id: str) -> ResponseReturnValue:
    """Why and whom somebody asks about, how many they are, and a place for each panel."""
    one = asked(question_id)
    _note_look(one)
    return replies.page("force/lens.html", panels=PANELS, **_frame(one))


@blueprint.get("/force/panels/<string:panel>", defaults={"question_id": ""})
@blueprint.get("/force/<string(length=32):question_id>/panels/<string:panel>")
@requires(Permission.FORCE_SCOPE_EXPLORE)
def panel(question_id: str, panel: str) -> ResponseReturnValue:
    """One panel: on its own page, or for a page that is open. Nothing when nothing changed."""
    if panel not in PANELS:
        abort(404)
    one = asked(question_id)
    tag = one.tag
    if replies.wants_fragment():
        same = replies.unchanged(tag)
        if same is not None:
            return same
    found = PANELS[panel].ask(one.viewer, request_session(), one.question, now=one.now)
    values = {"found": found, "panel": panel, "title": PANELS[panel].title, **_words(one)}
    if panel == "districts":
        values |= _map(found)
    if replies.wants_fragment():
        return replies.fragment(f"force/_{panel}.html", tag=tag, **values)
    _note_look(one)
    return replies.page("force/panel.html", **(values | _frame(one)))


@blueprint.get("/force/by/<string:kind>", defaults={"question_id": ""})
@blueprint.get("/force/<string(length=32):question_id>/by/<string:kind>")
@requires(Permission.FORCE_SCOPE_EXPLORE)
def by_unit(question_id: str, kind: str) -> ResponseReturnValue:
    """A line for each department or team."""
    if kind not in KINDS:
        abort(404)
    one = asked(question_id)
    _note_look(one)
    found = live.by_unit(one.viewer, request_session(), one.question, kind=KINDS[kind], now=one.now)
    page = Page.of(request.args.get("page"), len(found))
    return replies.page(
        "force/by_unit.html",
        found=found[page.offset :][: page.length],
        page=page,
        kind=kind,
        title=f"By {wording.UNITS[KINDS[kind]]}",
        **(_words(one) | _frame(one)),
    )


@blueprint.get("/force/people/<string:behind>", defaults={"question_id": ""})
@blueprint.get("/force/<string(length=32):question_id>/people/<string:behind>")
@requires(Permission.FORCE_SCOPE_EXPLORE)
def behind_number(question_id: str, behind: str) -> ResponseReturnValue:
    """The people behind a number, by name: each of them can see that they were listed, and why."""
    if behind not in set(Behind):
        abort(404)
    one = asked(question_id)
    found = live.people(
        one.viewer,
        request_session(),
        one.question,
        behind=Behind(behind),
        page=request.args.get("page"),
        now=one.now,
    )
    note(
        *(
            entry(Event.FORCE_LISTED, one.viewer, one.stated, one.now, person_id=line.id)
            for line in found.people
        )
    )
    title = wording.BEHIND[Behind(behind)]
    return replies.page("force/people.html", found=found, behind=behind, title=title, **_frame(one))


@blueprint.get("/force/open/<string(length=32):person_id>")
@requires(Permission.FORCE_SCOPE_EXPLORE)
def open_person(person_id: str) -> ResponseReturnValue:
    """On to somebody's record, once it is written down for what purpose it is opened."""
    stated, viewer, now = stated_or_form(), current_viewer(), utc_now()
    card = people.person(viewer, request_session(), public_id=person_id, day=local_date(now))
    if card is None:
        abort(404)
    note(entry(Event.FORCE_OPENED, viewer, stated, now, person_id=card.id))
    return redirect(url_for("teams.person", person_id=card.public_id))


# --- What pages are drawn with --------------------------------------------------------------------


def _note_look(one: Asked) -> None:
    look = entry(Event.FORCE_VIEWED, one.viewer, one.stated, one.now)
    note(look, *narrowed(one.viewer, one.stated, few(one), one.now))


def _frame(one: Asked) -> dict[str, Any]:
    """What stands around every figure: why, whom about, and how many they are."""
    session, chosen = request_session(), one.chosen
    units = {unit.public_id: unit.name for unit in one.choices.units} if chosen.units_chosen else {}
    types = frameworks(session).type_names() if chosen.types else {}
    person = ""
    if chosen.person:
        card = people.person(one.viewer, session, public_id=chosen.person, day=one.today)
        person = card.name if card else ""
    return {
        "asked": one,
        "purpose": PURPOSES[one.stated.purpose],
        "chips": chips(chosen, Names(units, types, person)),
        "period": PERIODS[chosen.period],
    }


def _words(one: Asked) -> dict[str, Any]:
    """What panels are drawn with."""
    return {
        "asked": one,
        "words": wording,
        "type_names": frameworks(request_session()).type_names(),
        "supports": SUPPORT,
        "statuses": {status: STATUS[status] for status in SupportStatus},
    }


def _map(lines: tuple[UnitLine, ...]) -> dict[str, Any]:
    """The districts in their places, by the share of their people who were exposed."""
    shapes = force_shapes()
    named = {shape.unit for shape in shapes}
    areas = [
        Area(
            line.source_ref if line.source_ref in named else line.name,
            line.name,
            float(line.exposed.share) if line.exposed.share is not None else None,
            percent(int(line.exposed.counted), int(line.exposed.base))
            if line.exposed.base
            else "nobody",
        )
        for line in lines
    ]
    drawn = figure_map(areas, shapes=shapes) if shapes else None
    return {"drawn": drawn, "areas": areas}

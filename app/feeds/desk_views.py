"""The data steward's desk: what needs a person now, and putting it right."""

from collections import Counter
from typing import Any

from flask import abort, request, url_for
from flask.typing import ResponseReturnValue

from app.common.clock import local_date, utc_now
from app.database import request_session
from app.exposure.queries import latest_recount
from app.feeds import desk_queries, freshness, queries, repair
from app.feeds.desk_forms import (
    MISSED,
    NOT_MISSED,
    WHY,
    LimitForm,
    NotNeededForm,
    RowsForm,
    texts_form,
    words_form,
)
from app.feeds.desk_queries import Fault, Filter, Group
from app.feeds.doubts import doubts
from app.feeds.kept import NOT_RELEVANT, Mappings, column_of, raw
from app.feeds.mapping import EXAMPLE, FeedMapping
from app.feeds.models import FeedKind, KnownFeed, QuarantinedRow, Resolution
from app.feeds.pages import blueprint
from app.feeds.proposals import propose
from app.feeds.quarantine import MOST_AT_ONCE
from app.feeds.repair import AS_THEY_ARE, Attempt
from app.feeds.specification import Field, Form, mendable
from app.incidents.queries import frameworks
from app.people import statistics
from app.people.doubts import people_in_doubt
from app.security.access import current_viewer, requires
from app.security.permissions import Permission
from app.web import replies

CODES_ON_THE_DESK = 5
VALUES_SHOWN = 30
ROWS_SHOWN = 20
TYPED = frozenset({"closing_code", "opening_code", "type"})
FRAMEWORK_FIELDS = {
    "closing_code": "closing",
    "opening_code": "opening",
    "qualifiers": "qualifier",
    "type": "closing",
}
"""How the framework's code map calls the place in which a code stands."""
SHAPES = {Form.DAY: "date", Form.TIME: "time", Form.MOMENT: "datetime"}
GONE = (
    "These rows have changed since you opened this page: they were mended, or somebody else has "
    "dealt with them. Look at how they stand now."
)


@blueprint.get("/feeds")
@requires(Permission.FEEDS_ALL_READ)
def desk() -> ResponseReturnValue:
    """What needs a person now: feeds that are late, rows set aside, codes without a meaning."""
    viewer, session, now = current_viewer(), request_session(), utc_now()
    only = _asked_for()
    groups, page = desk_queries.groups(viewer, session, only=only, asked=request.args.get("page"))
    codes, all_codes = desk_queries.unmapped_codes(viewer, session, length=CODES_ON_THE_DESK)
    return replies.page(
        "feeds/desk.html",
        now=now,
        feeds=freshness.ages(session, now=now),
        totals=desk_queries.totals(viewer, session),
        groups=groups,
        page=page,
        only=only,
        sources=desk_queries.sources(viewer, session),
        codes=codes,
        codes_in_all=all_codes.total,
        recount=latest_recount(session),
        mendable=mendable,
        doubts=doubts(viewer, session),
        in_doubt=people_in_doubt(viewer, session),
    )


def _asked_for() -> Filter:
    kind, system = request.args.get("kind", ""), request.args.get("system", "")
    return Filter(FeedKind(kind) if kind in set(FeedKind) else None, system[:40])


# --- Freshness ------------------------------------------------------------------------------------


@blueprint.get("/feeds/freshness")
@requires(Permission.FEEDS_ALL_READ)
def ages() -> ResponseReturnValue:
    """When each feed last came, and how old it may get."""
    now = utc_now()
    return replies.page(
        "feeds/freshness.html", now=now, feeds=freshness.ages(request_session(), now=now)
    )


@blueprint.get("/feeds/freshness/<system>/<kind>")
@requires(Permission.FEEDS_ALL_MEND)
def limit_form(system: str, kind: str) -> ResponseReturnValue:
    """A form for how old one feed may get."""
    feed, form = _feed_or_404(system, kind), LimitForm()
    form.missed.data = MISSED if feed.expected else NOT_MISSED
    form.hours.data = str(freshness.age_of(feed, utc_now()).limit)
    return _limit_page(feed, form)


@blueprint.post("/feeds/freshness/<system>/<kind>")
@requires(Permission.FEEDS_ALL_MEND)
def agree_limit(system: str, kind: str) -> ResponseReturnValue:
    """Keep how old one feed may get; the supervisors' pages follow at once."""
    feed, form = _feed_or_404(system, kind), LimitForm()
    if not form.validate_on_submit():
        return _limit_page(feed, form, status=422)
    freshness.agree(
        request_session(), actor=current_viewer(), feed=feed, hours=form.limit, now=utc_now()
    )
    return replies.saved(url_for("feeds.ages"))


def _feed_or_404(system: str, kind: str) -> KnownFeed:
    known = kind in set(FeedKind)
    found = freshness.one(request_session(), system=system, kind=FeedKind(kind)) if known else None
    if found is None:
        abort(404)
    return found


def _limit_page(feed: KnownFeed, form: LimitForm, *, status: int = 200) -> ResponseReturnValue:
    age = freshness.age_of(feed, utc_now())
    return replies.page("feeds/limit.html", status=status, feed=age, form=form)


# --- Codes and completeness -----------------------------------------------------------------------


@blueprint.get("/feeds/codes")
@requires(Permission.FEEDS_ALL_READ)
def codes() -> ResponseReturnValue:
    """Codes that nobody has mapped, each with a guess if there is a good one."""
    viewer, session = current_viewer(), request_session()
    found, page = desk_queries.unmapped_codes(viewer, session, asked=request.args.get("page"))
    framework = frameworks(session).on(local_date(utc_now()))
    guesses = {
        one: propose(framework, system=one.system, field=one.field, code=one.code) for one in found
    }
    return replies.page(
        "feeds/codes.html",
        codes=found,
        page=page,
        guesses=guesses,
        names=framework.type_names(),
        places_of=FRAMEWORK_FIELDS,
        not_relevant=NOT_RELEVANT,
    )


@blueprint.get("/feeds/completeness")
@requires(Permission.FEEDS_ALL_READ)
def completeness() -> ResponseReturnValue:
    """How much of what is needed the records of staff hold: counts only."""
    session, day = request_session(), local_date(utc_now())
    return replies.page(
        "feeds/completeness.html",
        day=day,
        declared=statistics.declared(session, day=day),
        records=statistics.records(session, day=day),
    )


# --- Rows with one fault --------------------------------------------------------------------------


@blueprint.get("/feeds/set-aside/<int:number>")
@requires(Permission.FEEDS_ALL_READ)
def group(number: int) -> ResponseReturnValue:
    """Rows with one fault: what they say, and what can be done about it."""
    return _group_page(_group_or_404(number))


@blueprint.post("/feeds/set-aside/<int:number>")
@requires(Permission.FEEDS_ALL_MEND)
def mend(number: int) -> ResponseReturnValue:
    """Show what a repair would do, or do it."""
    found = _group_or_404(number)
    form = _rows_form(found)
    if form is None or request.form.get("fault") != _mark(found.fault):
        return _group_page(found, status=409, message=GONE)
    as_they_are = "again" in request.form
    if not as_they_are and not form.validate_on_submit():
        return _group_page(found, form=form, status=422)
    change = AS_THEY_ARE if as_they_are else form.change()
    about: dict[str, Any] = {"actor": current_viewer(), "fault": found.fault, "change": change}
    session, now = request_session(), utc_now()
    if "apply" in request.form and form.previewed.data == change.digest:
        done = repair.put_right(session, **about, now=now)
        return replies.saved(url_for("feeds.run", number=done.run_id))
    attempt = repair.preview(session, **about, now=now)
    form.previewed.data = change.digest
    return _group_page(found, form=form, attempt=attempt, as_they_are=as_they_are)


@blueprint.post("/feeds/set-aside/<int:number>/not-needed")
@requires(Permission.FEEDS_ALL_MEND)
def not_needed(number: int) -> ResponseReturnValue:
    """Set rows aside for good."""
    found, form = _group_or_404(number), NotNeededForm()
    if found.waits or request.form.get("fault") != _mark(found.fault):
        return _group_page(found, status=409, message=GONE)
    if not form.validate_on_submit():
        return _group_page(found, refusal=form, status=422)
    repair.not_needed(
        request_session(),
        actor=current_viewer(),
        fault=found.fault,
        newest=form.last_shown,
        why=Resolution(form.why.data),
        now=utc_now(),
    )
    return replies.saved(url_for("feeds.group", number=number))


def _group_or_404(number: int) -> Group:
    found = desk_queries.group(current_viewer(), request_session(), number=number)
    if found is None:
        abort(404)
    return found


def _mark(fault: Fault) -> str:
    """Says whether a form is about what its address is about now."""
    return "|".join((fault.kind, fault.system, fault.field, fault.reason))


def _open_rows(found: Group) -> list[QuarantinedRow]:
    if found.waits:
        return []
    viewer, session = current_viewer(), request_session()
    rows = desk_queries.open_rows(viewer, session, fault=found.fault, limit=MOST_AT_ONCE)
    return list(rows)


class _Kept:
    """The rows of a group that can be put right, with how to read them."""

    def __init__(self, found: Group) -> None:
        self.field = mendable(found.fault.kind, found.fault.field)
        self.rows = _open_rows(found)
        self.whole: list[tuple[QuarantinedRow, FeedMapping]] = []
        if self.field and any(row.kept for row in self.rows):
            fault = found.fault
            mappings = Mappings(request_session(), system=fault.system, kind=fault.kind)
            readable = ((row, mappings.of(row.mapping_id)) for row in self.rows if row.kept)
            self.whole = [(row, mapping) for row, mapping in readable if mapping]


def _rows_form(found: Group, kept: _Kept | None = None) -> RowsForm | None:
    """A form for what the rows should have said; ``None`` if that cannot be said here."""
    kept = kept or _Kept(found)
    if kept.field is None or not kept.whole:
        return None
    name = found.fault.field
    words = _words(kept.field, kept.whole[0][1])
    if words:
        said = Counter(raw(mapping, name, row.kept) for row, mapping in kept.whole)
        return words_form(dict(said.most_common(VALUES_SHOWN)), words)
    return texts_form(
        {
            row.id or 0: (_which(row), raw(mapping, name, row.kept))
            for row, mapping in kept.whole[:ROWS_SHOWN]
            if column_of(mapping, name)
        }
    )


def _words(field: Field, mapping: FeedMapping) -> dict[str, str]:
    """The closed list from which a field's meaning must come, if it has one."""
    if field.form is not Form.CODE:
        return {}
    if field.name in TYPED:
        offered = frameworks(request_session()).on(local_date(utc_now())).types_offered()
        return {**offered, NOT_RELEVANT: "Not relevant"}
    listed = field.words or [word for word in mapping.codes.get(field.name, {}).values() if word]
    return {word: word.replace("_", " ").capitalize() for word in dict.fromkeys(listed)}


def _which(row: QuarantinedRow) -> str:
    place = f"Row {row.row_number:,} of import {row.run_id}"
    return f"{place}, {row.record_ref}," if row.record_ref else place


def _example(field: Field | None, mapping: FeedMapping) -> str:
    """How the source writes such a value."""
    shape = SHAPES.get(field.form) if field else None
    if field is None or shape is None:
        return ""
    pattern = getattr(mapping.formats, shape)
    if pattern:
        return EXAMPLE.strftime(pattern)
    plain = {"date": "2001-02-03", "time": "04:05", "datetime": "2001-02-03 04:05"}
    return plain[shape]


def _group_page(
    found: Group,
    *,
    form: RowsForm | None = None,
    refusal: NotNeededForm | None = None,
    attempt: Attempt | None = None,
    as_they_are: bool = False,
    status: int = 200,
    message: str = "",
) -> ResponseReturnValue:
    viewer, kept = current_viewer(), _Kept(found)
    form = form or _rows_form(found, kept)
    reason = refusal or NotNeededForm()
    reason.newest.data = str(max((row.id or 0 for row in kept.rows), default=0))
    return replies.page(
        "feeds/group.html",
        status=status,
        group=found,
        mark=_mark(found.fault),
        rows=[queries.shown(row) for row in kept.rows[:ROWS_SHOWN]],
        whole=len(kept.whole),
        field=kept.field,
        example=_example(kept.field, kept.whole[0][1]) if kept.whole else "",
        rows_form=form,
        reason=reason,
        form=reason if reason.errors else form,
        attempt=attempt,
        as_they_are=as_they_are,
        message=message,
        decided=desk_queries.decided(viewer, request_session(), fault=found.fault),
        why=WHY,
        most=MOST_AT_ONCE,
    )

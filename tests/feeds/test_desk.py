"""The data steward's desk, over HTTP."""

from datetime import timedelta

import pytest
from sqlmodel import select

from app.feeds.models import KnownFeed, QuarantinedRow, Resolution
from app.feeds.service import load_file
from app.incidents.models import Incident
from app.security.permissions import Role
from jobs import watch_feeds
from tests.conftest import NOW
from tests.feeds.conftest import FeedKind, mapping_for

HOSTILE = "<script>alert(1)</script>"
PUT_RIGHT = "form[action^='/feeds/set-aside']:has(select, input[type=text])"
AS_THEY_ARE = "form:has(input[name=again])"
NOT_NEEDED = "form[action$='/not-needed']"


@pytest.fixture
def steward(site_both):
    return site_both.sign_in_as(Role.DATA_STEWARD)


@pytest.fixture
def brought(site_both, tmp_path):
    """Imports rows of incidents, by reference, moment and code."""

    def bring(*rows: tuple[str, str, str]):
        path = tmp_path / "incidents.csv"
        lines = (",".join(f'"{cell}"' for cell in row) for row in rows)
        path.write_text("\n".join(["ref,occurred_at,closing_code", *lines]))
        codes = {"closing_code": {"SUI": "suicide"}}
        named = ["ref", "occurred_at", "closing_code"]
        mapping = mapping_for(FeedKind.INCIDENTS, named, system="test", codes=codes)
        load_file(site_both.engine, kind=FeedKind.INCIDENTS, path=path, mapping=mapping, now=NOW)

    return bring


def rows_of(site, *, system: str = "test") -> list[QuarantinedRow]:
    with site.reading() as session:
        return session.exec(
            select(QuarantinedRow)
            .where(QuarantinedRow.source_system == system)
            .order_by(QuarantinedRow.id)
        ).all()


def code_field(form) -> str:
    return next(name for name in form.choices if name.startswith("said_"))


def test_the_desk_shows_what_is_wrong_by_feed_and_reason(steward, brought):
    brought(*((f"I{n}", "2026-11-20 10:00", "ZZ") for n in range(3)), ("I9", "soon", "SUI"))
    page = steward.get("/feeds?kind=incidents&system=test").page
    table = page.select("table")[0]
    rows = [" ".join(row.get_text(" ").split()) for row in table.select("tbody tr")]
    assert len(rows) == 2
    assert "closing_code The code “ZZ” is not in the mapping" in rows[0]
    assert " 3 23 Nov 2026 Put right" in rows[0]
    assert "occurred_at" in rows[1]
    everything = steward.get("/feeds").page
    assert len(everything.select("table")[0].select("tbody tr")) > 2


@pytest.mark.parametrize("query", ["kind=x", "page=99", "page=x", "system=" + "x" * 99, "kind="])
def test_an_odd_filter_does_no_harm(steward, query):
    steward.get(f"/feeds?{query}")


def test_rows_are_previewed_and_then_put_right(site_both, steward, brought):
    brought(("I1", "2026-11-20 10:00", "ZZ"), ("I2", "2026-11-20 11:00", "ZZ"))
    first = rows_of(site_both)[0]
    here = f"/feeds/set-aside/{first.id}"
    form = steward.get(here).page.form(PUT_RIGHT)
    said = {code_field(form): "suicide"}
    shown = steward.submit(form, status=200, **said).page
    assert "2 rows would be used" in shown.words("main")
    assert "Nothing has been changed yet" in shown.words("main")
    assert all(row.resolved_at is None for row in rows_of(site_both))
    again = shown.form(PUT_RIGHT)
    data = again.values | said | {"apply": "yes"}
    done = steward.follow(steward.post(here, data)).page
    assert "Put right on the data steward's desk" in done.words("main")
    assert all(row.resolution is Resolution.REPAIRED for row in rows_of(site_both))
    assert "2 put right here" in steward.get(here).page.words("main")
    with site_both.reading() as session:
        held = session.exec(select(Incident).where(Incident.source_system == "test")).all()
    assert [one.type_code for one in held] == ["suicide", "suicide"]


def test_what_was_not_previewed_is_not_applied(site_both, steward, brought):
    brought(("I1", "2026-11-20 10:00", "ZZ"))
    here = f"/feeds/set-aside/{rows_of(site_both)[0].id}"
    form = steward.get(here).page.form(PUT_RIGHT)
    name = code_field(form)
    shown = steward.submit(form, status=200, **{name: "suicide"}).page.form(PUT_RIGHT)
    data = shown.values | {name: "homicide", "apply": "yes"}
    steward.post(here, data, status=200)
    assert rows_of(site_both)[0].resolved_at is None


def test_a_form_that_says_nothing_says_so(site_both, steward, brought):
    brought(("I1", "2026-11-20 10:00", "ZZ"))
    here = f"/feeds/set-aside/{rows_of(site_both)[0].id}"
    form = steward.get(here).page.form(PUT_RIGHT)
    assert "Fill in at least one" in steward.submit(form, status=422).page.words("main")
    refused = steward.submit(form, status=422, **{code_field(form): "made_up"}).page
    assert "There is a problem" in refused.words("main")


def test_a_form_about_rows_that_have_changed_is_refused(site_both, steward, brought):
    brought(("I1", "2026-11-20 10:00", "ZZ"))
    (row,) = rows_of(site_both)
    here = f"/feeds/set-aside/{row.id}"
    page = steward.get(here).page
    with site_both.writing() as session:
        row.field, row.reason = "occurred_at", "Another fault."
        session.add(row)
    form = page.form(PUT_RIGHT)
    for path in (here, f"{here}/not-needed"):
        data = form.values | {"why": "test_record", "newest": str(row.id)}
        told = steward.post(path, data, status=409).page
        assert "have changed since you opened this page" in told.words("main")
    assert rows_of(site_both)[0].resolved_at is None


def test_rows_are_tried_again_as_they_are(site_both, steward, brought):
    brought(("I1", "2026-11-20 10:00", "ZZ"))
    here = f"/feeds/set-aside/{rows_of(site_both)[0].id}"
    shown = steward.submit(steward.get(here).page.form(AS_THEY_ARE), status=200).page
    assert "1 row still could not be used" in shown.words("main")
    data = shown.form(AS_THEY_ARE).values | {"apply": "yes"}
    steward.post(here, data)
    assert rows_of(site_both)[0].resolved_at is None


def test_a_day_is_put_right_in_its_own_row(site_both, steward, brought):
    brought(("I1", "2062-11-20 10:00", "SUI"), ("I2", "2062-11-20 11:00", "SUI"))
    first, _second = rows_of(site_both)
    here = f"/feeds/set-aside/{first.id}"
    page = steward.get(here).page
    assert "for example 2001-02-03 04:05" in page.words("main")
    form = page.form(PUT_RIGHT)
    said = {f"row_{first.id}": "2026-11-20 10:00"}
    shown = steward.submit(form, status=200, **said).page
    assert "1 row would be used" in shown.words("main")
    assert "1 row would be left as they are" in shown.words("main")
    steward.post(here, shown.form(PUT_RIGHT).values | said | {"apply": "yes"})
    assert [row.resolved_at is None for row in rows_of(site_both)] == [False, True]


def test_rows_are_set_aside_for_good_with_a_reason(site_both, steward, brought):
    brought(("I1", "2026-11-20 10:00", "ZZ"))
    here = f"/feeds/set-aside/{rows_of(site_both)[0].id}"
    form = steward.get(here).page.form(NOT_NEEDED)
    assert "Choose why" in steward.submit(form, status=422).page.words("main")
    done = steward.follow(steward.submit(form, why="not_ours")).page
    assert "1 not needed so far" in done.words("main")
    assert rows_of(site_both)[0].resolution is Resolution.NOT_OURS


def test_what_waits_and_what_only_its_source_may_say_offers_no_form(site_both, steward):
    with site_both.reading() as session:
        waiting = session.exec(
            select(QuarantinedRow).where(QuarantinedRow.waiting_for.is_not(None))
        ).first()
    page = steward.get(f"/feeds/set-aside/{waiting.id}").page
    assert "used by themselves" in page.words("main")
    assert not page.select("main form")
    with site_both.writing() as session:
        row = session.get(QuarantinedRow, waiting.id)
        row.waiting_for = None
        session.add(row)
    page = steward.get(f"/feeds/set-aside/{waiting.id}").page
    assert "Send these rows again from command" in page.words("main")
    assert not page.select(PUT_RIGHT)


def test_a_row_that_does_not_exist_is_not_found(steward):
    steward.get("/feeds/set-aside/999999", status=404)
    steward.post("/feeds/set-aside/999999", status=404)
    steward.post("/feeds/set-aside/999999/not-needed", status=404)
    steward.get("/feeds/freshness/cad/people", status=404)
    steward.get("/feeds/freshness/command/victims", status=404)


def test_what_rows_say_is_shown_inert(site_both, steward, brought):
    brought(("I1", "2026-11-20 10:00", HOSTILE), (HOSTILE, "2026-11-20 10:00", "ZZ"))
    pages = ["/feeds", "/feeds/codes"]
    pages += [f"/feeds/set-aside/{row.id}" for row in rows_of(site_both)]
    found = [steward.get(path).page for path in pages]
    assert any("<script>alert" in page.words("main") for page in found)
    assert not any(page.select("main script") for page in found)


def test_a_code_leads_to_the_draft_with_what_is_known_filled_in(steward, brought):
    brought(("I1", "2026-11-20 10:00", "SUDDEN DEATH"))
    steward.post("/framework/draft")
    page = steward.get("/feeds/codes").page
    link = next(a["href"] for a in page.select("main a") if "system=test" in a["href"])
    form = steward.get(link).page.form()
    assert form.values["system"] == "test"
    assert form.values["code"] == "SUDDEN DEATH"
    assert form.values["field"] == "closing"
    assert form.values["type"] == "sudden_death"
    # Whatever somebody puts in the address is only what a form shows.
    odd = steward.get("/framework/draft/codes/add?type=made_up&field=odd&system=x").page.form()
    assert odd.values.get("type", "") == ""


# --- Freshness ------------------------------------------------------------------------------------


def age_feeds(site, span: timedelta) -> None:
    with site.writing() as session:
        for feed in session.exec(select(KnownFeed)):
            feed.delivered_at -= span
            session.add(feed)


def test_a_fresh_demo_has_fresh_feeds(site_both, steward):
    assert "Every feed came within the time agreed" in steward.get("/feeds").page.words("main")
    supervisor = site_both.sign_in_as(Role.SUPERVISOR)
    assert "last arrived" not in supervisor.get("/teams").page.words("main")


def test_what_is_agreed_is_changed_by_a_form(steward):
    path = "/feeds/freshness/command/incidents"
    form = steward.get(path).page.form()
    assert (form.values["missed"], form.values["hours"]) == ("yes", "8")
    for hours in ("", "0", "-3", "x", "99999", "1.5"):
        refused = steward.submit(form, status=422, hours=hours).page
        assert "whole number of hours from 1 to" in refused.words("main"), hours
    steward.submit(form, hours="12")
    assert "At least every 12 hours" in steward.get("/feeds/freshness").page.words("main")
    steward.submit(form, missed="no")
    assert "Nobody waits for it" in steward.get("/feeds/freshness").page.words("main")


def test_supervisors_see_on_an_open_page_that_a_feed_is_late(site_both):
    supervisor = site_both.sign_in_as(Role.SUPERVISOR)
    rows = supervisor.get("/teams").page.select("tbody[hx-get]")[0]
    poll = {"htmx": True, "headers": {"HX-PTag": rows["hx-ptag"]}}
    supervisor.get(rows["hx-get"], status=304, **poll)
    age_feeds(site_both, timedelta(hours=7))
    with site_both.writing() as session:
        watch_feeds.run(session=session, now=NOW)
    reply = supervisor.get(rows["hx-get"], **poll)
    words = " ".join(reply.text.split())
    assert "incidents from command (last arrived at 12:05am)" in words
    assert "Counts and prompts may be late." in words
    assert "Later than agreed" in supervisor.get("/").page.words("main")
    for role in (Role.STAFF, Role.DATA_STEWARD):
        assert "Later than agreed" not in site_both.sign_in_as(role).get("/").page.words("main")


def test_a_poll_when_nothing_changed_asks_nothing_about_feeds(site_both):
    supervisor = site_both.sign_in_as(Role.SUPERVISOR)
    rows = supervisor.get("/teams").page.select("tbody[hx-get]")[0]
    with site_both.statements() as sent:
        supervisor.get(rows["hx-get"], status=304, htmx=True, headers={"HX-PTag": rows["hx-ptag"]})
    assert sent
    assert not any("feed" in statement for statement in sent)


def test_completeness_names_nobody(site_both, steward):
    page = steward.get("/feeds/completeness").page
    assert "Of 60 people now in the force" in page.words("main")
    assert len(page.select("table")) == 3
    for role in (Role.SUPERVISOR, Role.DEI_ANALYST):
        site_both.sign_in_as(role).get("/feeds/completeness", status=403)

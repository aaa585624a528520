"""Where the framework gives the type: versions, codes it does not know yet, and the steward."""

from datetime import timedelta

import pytest
from sqlmodel import select

from app.database import reading, transaction
from app.exposure import service as exposure
from app.exposure.models import Exposure
from app.feeds import codes
from app.feeds.mapping import MappingError, parse_mapping
from app.feeds.unmapped import unmapped
from app.incidents.framework import SHIPPED, CodeField, CodeRow
from app.incidents.models import FrameworkStatus, FrameworkVersion, RecordPast
from app.security.permissions import Permission, Role
from tests.feeds.conftest import NOW, prepared

TODAY = NOW.date()
YESTERDAY = "2026-11-22T12:00"
FRAMEWORK = {"codes_from": "framework"}


class Steward:
    """Somebody who may read what feeds brought."""

    def __init__(self, *may) -> None:
        self.permissions = may

    def may(self, permission) -> bool:
        return permission in self.permissions


def code(field, name, ours, qualifier=""):
    return CodeRow(system="cad", field=field, code=name, qualifier=qualifier, type=ours)


def activate(feed, number, *rows, since=TODAY, status=FrameworkStatus.ACTIVE):
    document = SHIPPED.model_copy(update={"code_map": rows}).model_dump(mode="json")
    with transaction(feed.engine) as session:
        row = session.get(FrameworkVersion, number) or FrameworkVersion(
            number=number, effective_from=since, created_at=NOW, document={}, status=status
        )
        row.status, row.document = status, document
        session.add(row)
        session.flush()
        codes.framework_changed(session, since=row.effective_from, number=number, now=NOW)


OPENING = code("opening", "D1", "sudden_death")
NOISE = code("opening", "N1", None)
CLOSING = code("closing", "S9", "suicide")


@pytest.fixture
def cad(feed_both):
    """A feed whose framework knows two opening codes, and one person."""
    activate(feed_both, 1, OPENING, NOISE)
    feed_both.load("people", {"ref": "P1"})
    return feed_both


def incident(cad, ref="I1", at=YESTERDAY, **said):
    row = {"ref": ref, "occurred_at": at, "opening_code": "", "closing_code": "", "version": "1"}
    return cad.load("incidents", {**row, **said}, **FRAMEWORK)


def attend(cad):
    cad.load("attendance", {"ref": "A1", "person_ref": "P1", "incident_ref": "I1"})


def types(cad):
    with reading(cad.engine) as session:
        assert exposure.differences(session) == []
        return sorted(session.exec(select(Exposure.type_code)))


def listed(cad):
    steward = Steward(Permission.FEEDS_ALL_READ)
    with reading(cad.engine) as session:
        return [
            (one.system, one.field, one.code, one.rows, one.incidents, one.first, one.last)
            for one in unmapped(steward, session)
        ]


def test_the_framework_gives_the_type(cad):
    assert incident(cad, opening_code="D1").stored == 1
    assert incident(cad, "I2", opening_code="N1").ignored == 1
    held = cad.all("incidents")
    assert (held["I1"].type_code, held["I1"].typed_by, held["I1"].opening_code) == (
        "sudden_death",
        1,
        "D1",
    )
    assert (held["I2"].type_code, held["I2"].withdrawn) == ("", True)


def test_an_unknown_closing_code_counts_by_the_opening_code_until_it_is_mapped(cad):
    assert incident(cad, opening_code="D1", closing_code="S9").stored == 1
    attend(cad)
    assert types(cad) == ["sudden_death"]
    day = TODAY - timedelta(days=1)
    assert listed(cad) == [("cad", CodeField.CLOSING, "S9", 0, 1, day, day)]
    activate(cad, 2, OPENING, NOISE, CLOSING)
    assert types(cad) == ["suicide"]
    assert listed(cad) == []
    (before,) = cad.query(select(RecordPast))
    assert (before.said["type_code"], before.run_id) == ("sudden_death", None)


def test_a_code_nobody_knows_waits_and_is_used_when_a_version_knows_it(cad):
    assert incident(cad, closing_code="S9").quarantined == 1
    attend(cad)
    waiting = [(row.waiting_for, row.field) for row in cad.aside()]
    assert waiting == [("code:cad:closing:S9", "closing_code"), ("incident:cad:I1", "incident_ref")]
    day = TODAY - timedelta(days=1)
    assert listed(cad) == [("cad", CodeField.CLOSING, "S9", 1, 0, day, day)]
    # A version that knows another code changes nothing.
    activate(cad, 2, OPENING, NOISE, code("closing", "S8", "homicide"))
    assert len(cad.aside()) == 2
    activate(cad, 3, OPENING, NOISE, CLOSING)
    assert types(cad) == ["suicide"]
    assert cad.aside() == []


def test_a_version_taken_back_takes_its_codes_back(cad):
    incident(cad, closing_code="S9")
    attend(cad)
    tomorrow = TODAY + timedelta(days=1)
    activate(cad, 2, OPENING, CLOSING, since=tomorrow)
    assert types(cad) == ["suicide"]
    activate(cad, 2, OPENING, CLOSING, status=FrameworkStatus.DRAFT)
    assert types(cad) == []
    assert [row[2:5] for row in listed(cad)] == [("S9", 0, 1)]
    activate(cad, 2, OPENING, CLOSING)
    assert types(cad) == ["suicide"]


def test_the_past_keeps_the_version_of_its_day(cad):
    incident(cad, opening_code="D1")
    incident(cad, "I2", at="2026-11-23T08:00", opening_code="D1")
    activate(cad, 2, code("opening", "D1", "homicide"))
    held = cad.all("incidents")
    assert (held["I1"].type_code, held["I2"].type_code) == ("sudden_death", "homicide")


def test_a_closed_incident_of_no_concern_comes_to_count_when_the_map_says_so(cad):
    incident(cad, at="2026-11-23T08:00", opening_code="N1")
    attend(cad)
    assert types(cad) == []
    activate(cad, 2, code("opening", "N1", "other"))
    assert types(cad) == ["other"]


def test_a_withdrawn_incident_stays_withdrawn_whatever_its_codes_come_to_mean(cad):
    incident(cad, opening_code="D1", at="2026-11-23T08:00", withdrawn="yes")
    attend(cad)
    activate(cad, 2, code("opening", "D1", "homicide"))
    assert types(cad) == []


@pytest.mark.parametrize("raw", ["child; night", "night;child;child", ";child;"])
def test_qualifiers_decide_before_the_opening_code(cad, raw):
    activate(cad, 2, OPENING, code("qualifier", "child", "child_death"))
    incident(cad, at="2026-11-23T08:00", opening_code="D1", qualifiers=raw)
    assert cad.all("incidents")["I1"].type_code == "child_death"


def test_qualifiers_without_the_framework_are_refused_not_dropped(cad):
    row = {"ref": "I1", "occurred_at": YESTERDAY, "type": "suicide", "qualifiers": "child"}
    assert cad.load("incidents", row).quarantined == 1
    assert cad.aside()[0].field == "qualifiers"


@pytest.mark.parametrize(
    "more",
    [
        {"codes": {"opening_code": {"D1": "suicide"}}},
        {"defaults": {"type": "suicide"}},
        {"kind": "people"},
    ],
)
def test_one_place_says_what_codes_mean(more):
    document = {
        "kind": "incidents",
        "version": 1,
        "system": "cad",
        "columns": {"ref": "ref", "occurred_at": "at", "opening_code": "code"},
        "codes_from": "framework",
    }
    if "kind" in more:
        document["columns"] = {"ref": "ref"}
    with pytest.raises(MappingError):
        parse_mapping(document | more)


def test_only_a_steward_reads_which_codes_are_not_mapped(cad):
    incident(cad, closing_code="S9")
    with reading(cad.engine) as session:
        assert unmapped(Steward(), session) == []


def test_the_steward_sees_the_codes_with_what_they_may_mean(make_site, tmp_path):
    site = make_site()
    feed = prepared(site.engine, tmp_path)
    incident(feed, closing_code="MURDER <b>")
    page = site.sign_in_as(Role.DATA_STEWARD).get("/feeds/codes").page
    row = next(row for row in page.select("tbody tr") if "MURDER <b>" in row.get_text())
    assert "Murder or suspected homicide" in row.get_text()

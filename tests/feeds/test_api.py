"""Rows sent by programs: who may, what they are answered, and that nothing happens twice."""

import json
import threading
from datetime import timedelta

import pytest
from sqlmodel import select

from app.audit.models import AuditEntry
from app.feeds import receiving
from app.feeds.models import FeedKind, FeedReply, ImportRun, QuarantinedRow, RunState
from app.feeds.specification import KINDS
from app.people.models import Person
from app.security import tokens
from app.security.models import BrowserSession, FeedToken
from app.security.permissions import Role

ALL = [kind.value for kind in FeedKind]
JSON = "application/json"


class Program:
    """A force's system with a token."""

    def __init__(self, site, token: str) -> None:
        self.site = site
        self.token = token
        self.http = site.app.test_client()

    def post(self, kind, body, *, status=None, **headers):
        """Send a body; JSON unless it is bytes."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        sent = {"Authorization": f"Bearer {self.token}", "Content-Type": JSON}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {name: value for name, value in sent.items() if value is not None}
        reply = self.http.post(f"/api/v1/feeds/{kind}", data=data, headers=sent)
        if status is not None:
            assert reply.status_code == status, reply.get_data(as_text=True)
        assert "Set-Cookie" not in reply.headers
        return reply

    def send(self, kind, *rows, status=200, system="hr", **more):
        """Send rows; the reply, read."""
        headers = more.pop("headers", {})
        body = {"system": system, "rows": list(rows), **more}
        return self.post(kind, body, status=status, **headers).get_json()


def token(site, now, name="hr-nightly", system="hr", kinds=ALL, life=timedelta(days=30)):
    with site.writing() as session:
        _row, made = tokens.make(
            session, name=name, system=system, kinds=list(kinds), life=life, now=now
        )
    return made


@pytest.fixture
def hr(make_site, now):
    site = make_site(kind="empty")
    install(site, now)
    return Program(site, token(site, now))


@pytest.fixture(params=["sqlite", "postgresql"])
def hr_both(request, make_site, now):
    site = make_site(request.param, "empty")
    install(site, now)
    return Program(site, token(site, now))


def install(site, now):
    from app.incidents.service import install_shipped_framework  # noqa: PLC0415

    with site.writing() as session:
        install_shipped_framework(session, now=now)


def people(site):
    with site.reading() as session:
        return dict(session.exec(select(Person.source_ref, Person.rank)).all())


# What becomes of rows.


def test_rows_are_stored_and_each_is_answered(hr_both):
    reply = hr_both.send(
        "people",
        {"ref": "P1", "rank": "Sergeant", "staff_type": "officer", "birth_year": 1988},
        {"ref": "P2", "joined_on": "yesterday"},
        {"ref": "P1", "rank": "Sergeant", "staff_type": "officer", "birth_year": 1988},
        status=207,
    )
    assert [row["outcome"] for row in reply["rows"]] == ["stored", "quarantined", "unchanged"]
    assert [row["index"] for row in reply["rows"]] == [0, 1, 2]
    assert reply["rows"][1]["field"] == "joined_on"
    assert "not a date in the form YYYY-MM-DD" in reply["rows"][1]["reason"]
    assert reply["counts"] == {
        "read": 3,
        "stored": 1,
        "updated": 0,
        "unchanged": 1,
        "superseded": 0,
        "ignored": 0,
        "quarantined": 1,
        "released": 0,
    }
    assert people(hr_both.site) == {"P1": "Sergeant"}


def test_a_row_that_waits_is_used_when_its_person_comes(hr_both):
    posting = {"ref": "S1", "person_ref": "P1", "unit_ref": "U1", "starts_on": "2026-01-01"}
    first = hr_both.send("postings", posting, status=207)
    assert first["rows"][0]["outcome"] == "quarantined"
    assert "The row is used when they arrive" in first["rows"][0]["reason"]
    assert hr_both.send("people", {"ref": "P1"})["counts"]["released"] == 1
    withdrawn = hr_both.send("postings", {"ref": "S1", "withdrawn": True, "version": 2})
    assert withdrawn["rows"] == [{"index": 0, "outcome": "updated"}]


@pytest.mark.parametrize(
    ("row", "field", "reason"),
    [
        ("P1", "row", "not an object"),
        ({"rank": "x"}, "ref", "Nothing is given"),
        ({"ref": None}, "ref", "Nothing is given"),
        ({"ref": ""}, "ref", "Nothing is given"),
        ({"ref": 7}, "ref", "not text"),
        ({"ref": "P1", "version": "2"}, "version", "not a whole number"),
        ({"ref": "P1", "version": True}, "version", "not a whole number"),
        ({"ref": "P1", "version": -1}, "version", "not a whole number"),
        ({"ref": "P1", "version": 2**62}, "version", "not a whole number"),
        ({"ref": "P1", "birth_year": 1788}, "birth_year", "not a year"),
        ({"ref": "P1", "staff_type": "Officer"}, "staff_type", "none of our words"),
        ({"ref": "P1", "rank": "x" * 81}, "rank", "longer than 80"),
        ({"ref": "P1", "rank": "a\nb"}, "rank", "control characters"),
        ({"ref": "P1", "rank": "\ud800"}, "rank", "half of a character"),
        ({"ref": "P1", "rang": "x"}, "rang", "no such field"),
        ({"ref": "P1", "\ud800\0": "x"}, "?\ufffd", "no such field"),
    ],
)
def test_a_row_that_is_not_as_described_is_set_aside_alone(hr_both, row, field, reason):
    reply = hr_both.send("people", row, {"ref": "P9"}, status=207)
    assert reply["rows"][0]["outcome"] == "quarantined"
    assert reply["rows"][0]["field"] == field
    assert reason in reply["rows"][0]["reason"]
    assert reply["rows"][1] == {"index": 1, "outcome": "stored"}
    with hr_both.site.reading() as session:
        assert session.exec(select(QuarantinedRow)).one().field == field


def test_a_mended_row_leaves_the_list(hr):
    hr.send("people", {"ref": "P1", "rang": "Sergeant"}, status=207)
    hr.send("people", {"ref": "P1", "rank": "Sergeant"})
    with hr.site.reading() as session:
        assert session.exec(select(QuarantinedRow)).one().resolved_at is not None


def test_what_a_file_said_and_a_program_says_is_one_record(hr, tmp_path, now):
    from app.feeds.service import load_file  # noqa: PLC0415
    from tests.feeds.conftest import mapping_for  # noqa: PLC0415

    path = tmp_path / "rows.csv"
    path.write_text("ref,rank,version\nP1,Sergeant,4\n")
    mapping = mapping_for(FeedKind.PEOPLE, ["ref", "rank", "version"])
    load_file(hr.site.engine, kind=FeedKind.PEOPLE, path=path, mapping=mapping, now=now)
    same = hr.send("people", {"ref": "P1", "rank": "Sergeant", "version": 4})
    assert same["rows"][0]["outcome"] == "unchanged"
    older = hr.send("people", {"ref": "P1", "rank": "Constable", "version": 3})
    assert older["rows"][0]["outcome"] == "superseded"


def test_incidents_and_attendance_make_an_exposure_at_once(hr, now):
    from app.exposure.models import Exposure  # noqa: PLC0415

    cad = Program(hr.site, token(hr.site, now, "cad-live", "cad"))
    hr.send("people", {"ref": "P1"})
    cad.send(
        "incidents",
        {"ref": "I1", "occurred_at": "2026-11-20T23:15", "type": "suicide"},
        system="cad",
    )
    cad.send(
        "attendance",
        {"ref": "A1", "person_ref": "P1", "incident_ref": "I1", "role": "at_scene"},
        system="cad",
        person_system="hr",
    )
    with hr.site.reading() as session:
        assert session.exec(select(Exposure.type_code)).one() == "suicide"


def test_what_nobody_declared_is_not_taken_away(hr):
    from app.people.models import Characteristic  # noqa: PLC0415

    hr.send("people", {"ref": "P1", "sex": "female", "version": 1})
    hr.send("people", {"ref": "P1", "rank": "Sergeant", "version": 2})
    with hr.site.reading() as session:
        assert session.exec(select(Characteristic.value)).one() == "female"


def test_ten_thousand_rows_are_taken_and_one_more_is_not(hr):
    rows = [{"ref": f"P{n}"} for n in range(10_001)]
    problem = hr.send("people", *rows, status=413)
    assert problem["detail"] == "The request has 10,001 rows. Send at most 10,000 at a time."
    reply = hr.send("people", *rows[1:])
    assert reply["counts"]["stored"] == 10_000
    assert [row["index"] for row in reply["rows"]] == list(range(10_000))


# Who may.


@pytest.mark.parametrize(
    "header",
    [None, "", "Bearer", "Bearer ", "Bearer ttf_wrong", "Basic dTpw", "Bearer \xe9", "x" * 999],
)
def test_without_a_token_that_works_nothing_happens(hr, header):
    reply = hr.post("people", {"system": "hr", "rows": [{"ref": "P1"}]}, Authorization=header)
    assert reply.status_code == 401
    assert reply.headers["WWW-Authenticate"] == "Bearer"
    assert "carries no feed token that works" in reply.get_json()["detail"]
    assert people(hr.site) == {}


def test_a_signed_in_browser_is_nobody_here(site, now):
    client = site.sign_in_as(Role.ADMINISTRATOR)
    with site.reading() as session:
        before = session.exec(select(BrowserSession.seen_at)).all()
    reply = client.http.post("/api/v1/feeds/people", json={"system": "hr", "rows": [{"ref": "P"}]})
    assert reply.status_code == 401
    with site.reading() as session:
        assert session.exec(select(BrowserSession.seen_at)).all() == before


def test_a_token_is_not_kept_and_works_until_it_ends(hr, clock):
    with hr.site.reading() as session:
        row = session.exec(select(FeedToken)).one()
        assert hr.token not in str(row)
    hr.send("people", {"ref": "P1"})
    clock.shift(timedelta(days=30))
    hr.post("people", {}, status=401)


def test_after_a_rotation_both_work_for_a_while(hr, clock, now):
    with hr.site.writing() as session:
        _row, fresh = tokens.rotate(
            session,
            name="hr-nightly",
            overlap=timedelta(days=7),
            life=timedelta(days=365),
            now=now,
        )
    new = Program(hr.site, fresh)
    hr.send("people", {"ref": "P1"})
    new.send("people", {"ref": "P2"})
    clock.shift(timedelta(days=7))
    hr.post("people", {}, status=401)
    new.send("people", {"ref": "P3"})
    with hr.site.writing() as session:
        tokens.revoke(session, name="hr-nightly", now=now)
    new.post("people", {}, status=401)


def test_a_token_sends_its_own_kinds_for_its_own_system(hr, now):
    cad = Program(hr.site, token(hr.site, now, "cad-live", "cad", ["leavers", "postings"]))
    told = cad.send("people", {"ref": "P1"}, system="cad", status=403)["detail"]
    assert told == "This token may not send people; it may send leavers, postings."
    told = cad.send("leavers", {"person_ref": "P1"}, status=403)["detail"]
    assert "writes records of cad, and `system` is hr" in told
    row = {"person_ref": "P1", "left_on": "2026-11-01"}
    told = cad.send("leavers", row, system="cad", person_system="hr", status=403)["detail"]
    assert "`person_system` is hr" in told
    told = cad.send("postings", {"ref": "S"}, system="cad", unit_system="hr", status=403)["detail"]
    assert "`unit_system` is hr" in told
    with hr.site.reading() as session:
        assert session.exec(select(ImportRun)).all() == []


def test_too_many_requests_are_asked_to_wait(hr, monkeypatch, clock):
    monkeypatch.setattr(receiving, "MOST_A_MINUTE", 3)
    for n in range(3):
        hr.send("people", {"ref": f"P{n}"})
    reply = hr.post("people", {"system": "hr", "rows": [{"ref": "P9"}]}, status=429)
    assert reply.headers["Retry-After"] == "60"
    assert "Wait a minute" in reply.get_json()["detail"]
    clock.shift(timedelta(minutes=1))
    hr.send("people", {"ref": "P9"})


# Requests that cannot be read.


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "not JSON"),
        (b"\xff", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b'{"system": "hr", "rows": [{"version": ' + b"9" * 5000 + b"}]}", "not JSON"),
        (b'{"system": "hr", "rows": [NaN]}', "not JSON"),
        (b"[]", "not an object"),
        ({"system": "hr"}, "no rows"),
        ({"system": "hr", "rows": []}, "no rows"),
        ({"system": "hr", "rows": {"ref": "P1"}}, "no rows"),
        ({"rows": [{"ref": "P1"}]}, "`system` names the system"),
        ({"system": "HR", "rows": [{"ref": "P1"}]}, "`system` names the system"),
        ({"system": "hr\n", "rows": [{"ref": "P1"}]}, "`system` names the system"),
        ({"system": None, "rows": [{"ref": "P1"}]}, "`system` names the system"),
        ({"system": "hr", "rows": [{"ref": "P1"}], "person_system": ""}, "`system` names"),
        ({"system": "hr", "rows": [{"ref": "P1"}], "row": 1}, "“row”, which means nothing"),
        ({"system": "hr", "rows": [{"ref": "P1"}], "\ud800": 1}, "means nothing"),
    ],
)
def test_a_request_that_is_no_list_of_rows_is_refused(hr, body, words):
    reply = hr.post("people", body, status=422)
    assert reply.mimetype == "application/problem+json"
    assert words in reply.get_json()["detail"]


def test_other_refusals_are_problems_with_something_to_do(hr):
    rows = {"system": "hr", "rows": [{"ref": "P1"}]}
    for reply, status, words in (
        (hr.post("people", rows, Content_Type="text/csv"), 415, "application/json"),
        (hr.post("people", rows, Content_Encoding="gzip"), 415, "not compressed"),
        (hr.post("people", b" " * (16 * 1024 * 1024 + 1)), 413, "Send smaller parts"),
        (hr.post("victims", rows), 404, "Use one of: people"),
        (hr.http.get("/api/v1/feeds/people"), 405, "does not take this method"),
        (hr.http.get("/api/v1/nothing"), 404, "openapi.json"),
    ):
        assert reply.status_code == status
        assert reply.mimetype == "application/problem+json"
        assert reply.headers["Cache-Control"] == "no-store"
        assert words in reply.get_json()["detail"]
        assert reply.get_json()["status"] == status


def test_more_than_a_page_may_send_is_taken_here_only(hr):
    rows = [{"ref": f"P{n}", "rank": "x" * 80, "given_name": "y" * 80} for n in range(9_999)]
    body = json.dumps({"system": "hr", "rows": rows}, indent=8).encode()
    assert len(body) > 2 * 1024 * 1024
    hr.post("people", body, status=200)
    client = hr.site.client()
    assert client.http.post("/sign-in", data=body, content_type=JSON).status_code != 200


def test_a_fault_of_ours_is_a_problem_too(hr, monkeypatch):
    def fail(*_args, **_named):
        message = "on purpose"
        raise RuntimeError(message)

    hr.site.app.testing = False
    monkeypatch.setattr("app.feeds.service.apply", fail)
    body = {"system": "hr", "rows": [{"ref": "P1"}]}
    reply = hr.post("people", body, status=500, Idempotency_Key="k")
    assert reply.mimetype == "application/problem+json"
    assert "on purpose" not in reply.get_data(as_text=True)
    with hr.site.reading() as session:
        assert session.exec(select(ImportRun.state)).one() is RunState.STOPPED
    monkeypatch.undo()
    assert hr.post("people", body, status=200, Idempotency_Key="k")


# The same request again.


def test_the_same_key_and_body_is_answered_the_same_and_applied_once(hr_both):
    body = {"system": "hr", "rows": [{"ref": "P1"}, {"ref": ""}]}
    first = hr_both.post("people", body, status=207, Idempotency_Key="k1")
    again = hr_both.post("people", body, status=207, Idempotency_Key="k1")
    assert again.get_data() == first.get_data()
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    with hr_both.site.reading() as session:
        assert len(session.exec(select(ImportRun)).all()) == 1


def test_the_same_key_with_another_body_is_refused(hr_both):
    hr_both.send("people", {"ref": "P1"}, headers={"Idempotency_Key": "k1"})
    reply = hr_both.send("people", {"ref": "P2"}, headers={"Idempotency_Key": "k1"}, status=422)
    assert "Send a new key with each new request" in reply["detail"]
    reply = hr_both.send(
        "leavers", {"person_ref": "P1"}, headers={"Idempotency_Key": "k1"}, status=422
    )
    assert people(hr_both.site) == {"P1": ""}


def test_keys_belong_to_a_token(hr, now):
    other = Program(hr.site, token(hr.site, now, "hr-other"))
    hr.send("people", {"ref": "P1"}, headers={"Idempotency_Key": "k1"})
    other.send("people", {"ref": "P2"}, headers={"Idempotency_Key": "k1"})


def test_a_key_is_forgotten_after_a_day(hr, clock):
    hr.send("people", {"ref": "P1"}, headers={"Idempotency_Key": "k1"})
    clock.shift(timedelta(hours=24, seconds=1))
    hr.send("people", {"ref": "P2"}, headers={"Idempotency_Key": "k1"})
    with hr.site.writing() as session:
        from app.common.clock import utc_now  # noqa: PLC0415

        assert receiving.delete_replies(session, before=utc_now() + timedelta(seconds=1)) == 1


@pytest.mark.parametrize("key", ["", "x" * 201, "a b", "\xe9"])
def test_a_key_that_cannot_be_kept_is_refused(hr, key):
    reply = hr.send("people", {"ref": "P1"}, headers={"Idempotency_Key": key}, status=422)
    assert "Idempotency-Key is not" in reply["detail"]


def test_a_request_killed_half_way_may_be_sent_again(hr, now, clock):
    with hr.site.writing() as session:
        digest = receiving.Request(None, FeedKind.PEOPLE, b"", "k1").digest
        session.add(FeedReply(token_id=1, key="k1", digest=digest, received_at=now))
    body = {"system": "hr", "rows": [{"ref": "P1"}]}
    with hr.site.writing() as session:
        held = session.exec(select(FeedReply)).one()
        held.digest = receiving.Request(
            None, FeedKind.PEOPLE, json.dumps(body).encode(), "k1"
        ).digest
    reply = hr.post("people", body, status=409, Idempotency_Key="k1")
    assert "is being worked on" in reply.get_json()["detail"]
    clock.shift(timedelta(minutes=16))
    hr.post("people", body, status=200, Idempotency_Key="k1")


def test_the_same_request_at_the_same_moment_is_applied_once(hr_both):
    body = {"system": "hr", "rows": [{"ref": f"P{n}"} for n in range(300)]}
    programs = [Program(hr_both.site, hr_both.token) for _ in range(4)]
    replies = []

    def send(program):
        replies.append(program.post("people", body, Idempotency_Key="k1").status_code)

    threads = [threading.Thread(target=send, args=[program]) for program in programs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(replies) <= {200, 409}
    assert 200 in replies
    with hr_both.site.reading() as session:
        assert len(session.exec(select(ImportRun)).all()) == 1


# What is seen of it.


def test_the_steward_sees_it_and_the_audit_log_has_it(make_site, now):
    site = make_site()
    program = Program(site, token(site, now))
    program.send("people", {"ref": "P1"}, {"ref": "P2", "staff_type": "x"}, status=207)
    page = site.sign_in_as(Role.DATA_STEWARD).get("/feeds/imports").page
    assert "Sent by hr-nightly" in page.words("main")
    with site.reading() as session:
        last = session.exec(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        run = session.exec(select(ImportRun).order_by(ImportRun.id.desc())).first()
        assert (last.event, last.details) == ("feed:imported", {"run": run.id, "kind": "people"})
        assert run.feed_token_id == 1
        used = session.exec(select(FeedToken.last_used_on)).one()
        assert used == now.date()


def test_every_kind_has_a_way_in(hr, now):
    from app.feeds.openapi import example  # noqa: PLC0415

    cad = Program(hr.site, token(hr.site, now, "cad-live", "cad"))
    for kind in KINDS:
        sent = example(kind)
        program = cad if sent["system"] == "cad" else hr
        reply = program.post(kind.value, sent, status=200).get_json()
        assert reply["counts"]["stored"] == 2, kind

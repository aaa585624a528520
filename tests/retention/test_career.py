"""What people take with them is what they chose, whole, and theirs alone."""

import json
from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlmodel import func, select

from app.audit.models import AuditEntry
from app.exposure.models import Exposure
from app.people.models import Person
from app.retention.career import in_words
from app.retention.signing import fingerprint, load_key, signed, signer
from app.security.permissions import Role

EVERYTHING = ["service", "exposures", "conversations", "support"]


@pytest.fixture
def staff(site):
    return site.sign_in_as(Role.STAFF)


def download(client, parts, kind="json"):
    token = client.csrf_token()
    with client.http.post(
        "/my-record/take/file", data={"csrf_token": token, "parts": parts, "kind": kind}
    ) as reply:
        assert reply.status_code == 200
        return reply.headers, reply.get_data()


def test_the_file_holds_what_was_chosen_and_adds_up(site, staff):
    headers, data = download(staff, EVERYTHING)
    assert headers["Content-Disposition"] == 'attachment; filename="my-record.json"'
    assert "no-store" in headers["Cache-Control"]
    record = json.loads(data)["record"]
    me = site.account(Role.STAFF).person_id
    with site.reading() as session:
        mine = select(func.count()).where(Exposure.person_id == me)
        assert sum(row["times"] for row in record["exposures"]) == session.exec(mine).one()
    assert list(record)[:5] == ["format", "version", "made_on", "force", "name"]
    assert set(EVERYTHING) <= set(record)
    some = json.loads(download(staff, ["exposures"])[1])["record"]
    assert set(record) - set(some) == {"service", "conversations", "support"}


def test_one_sees_first_exactly_what_is_in_it(staff):
    form = staff.get("/my-record/take").page
    assert "Take your record with you" in form.text
    assert "Support that you chose" in form.text
    text = staff.post("/my-record/take", {"parts": ["conversations"]}, status=200).page.text
    record = in_words(json.loads(download(staff, ["conversations", "support"])[1])["record"])
    assert all(day in text for day in record["conversations"])
    assert "Support that you chose" not in text
    reply = staff.post("/my-record/take", {}, status=422)
    assert "Choose at least one part" in reply.page.text
    staff.post("/my-record/take", {"parts": ["everything"]}, status=422)
    staff.post("/my-record/take/file", {"parts": ["service"], "kind": "exe"}, status=422)


def test_the_pages_say_the_same_and_can_be_read_aloud(staff):
    headers, data = download(staff, EVERYTHING, "pdf")
    assert headers["Content-Type"] == "application/pdf"
    reader = PdfReader(BytesIO(data))
    text = " ".join(page.extract_text() for page in reader.pages)
    record = in_words(json.loads(download(staff, EVERYTHING)[1])["record"])
    assert record["name"] in text
    told = " ".join(text.split())
    assert f"Joined: {record['service']['joined_on']}" in told
    assert all(f"{row['month']} {row['name']}" in told for row in record["support"])
    assert bool(reader.trailer["/Root"]["/MarkInfo"]["/Marked"])


def test_a_change_shows_and_the_key_is_the_forces(site, staff, instance):
    document = json.loads(download(staff, EVERYTHING)[1])
    own = fingerprint(load_key(instance).public_key().public_bytes_raw())
    assert signer(document) == own
    document["record"]["exposures"][0]["times"] += 1
    assert signer(document) is None
    for broken in ({}, [], {"record": {}, "signature": {}}, {"record": 1, "signature": "x"}):
        assert signer(broken) is None
    assert (instance / "career_key").stat().st_mode & 0o077 == 0


def test_anybody_at_the_server_can_check_a_file(site, staff, tmp_path):
    file = tmp_path / "record.json"
    file.write_bytes(download(staff, ["service"])[1])
    runner = site.app.test_cli_runner()
    whole = runner.invoke(args=["career", "check", str(file)])
    own = runner.invoke(args=["career", "key"])
    assert whole.exit_code == 0
    assert own.output.strip() in whole.output
    file.write_text(file.read_text().replace("Northmoor", "Southmoor"))
    assert runner.invoke(args=["career", "check", str(file)]).exit_code == 1
    file.write_text("no record")
    assert runner.invoke(args=["career", "check", str(file)]).exit_code == 1


def test_letters_of_any_alphabet_are_signed_as_they_are(instance):
    key = load_key(instance)
    document = signed({"name": "Zoë Łuczak 王"}, key)
    again = json.loads(json.dumps(document, ensure_ascii=True))
    assert signer(again) is not None


def test_that_it_was_taken_is_written_down_and_not_what_was_in_it(site, staff):
    download(staff, ["exposures", "support"], "pdf")
    with site.reading() as session:
        entry = session.exec(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    assert entry.event == "career:taken"
    assert entry.details == {"parts": ["exposures", "support"], "format": "pdf"}
    assert entry.subject_person_id == site.account(Role.STAFF).person_id


def test_whoever_is_leaving_is_told_by_when_to_take_it(site, staff):
    from tests.conftest import NOW  # noqa: PLC0415

    assert "Your last day is" not in staff.get("/my-record/take").page.text
    with site.writing() as session:
        session.get(Person, site.account(Role.STAFF).person_id).left_on = NOW.date()
    assert "Your last day is 23 November 2026" in staff.get("/my-record/take").page.text


def test_who_is_no_member_of_staff_has_nothing_to_take(site):
    client = site.sign_in_as(Role.EVALUATOR)
    client.get("/my-record/take", status=404)
    client.post("/my-record/take/file", {"parts": ["service"], "kind": "pdf"}, status=404)

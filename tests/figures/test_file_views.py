"""A page of figures and the files of it say the same; who took one is written down."""

import re
from io import BytesIO

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlmodel import select

from app.audit.models import AuditEntry
from app.database import reading
from app.figures.files import Kind
from app.security.permissions import Role
from tests.figures.test_files import lines, sheets, words

TOPIC = "/figures/topics/for-sex"
BEGINNING = {Kind.CSV: b"\xef\xbb\xbf", Kind.SHEETS: b"PK", Kind.PDF: b"%PDF"}
DOCUMENTS = ("/figures/overview", TOPIC, "/figures/demand", "/figures/board-packs")


def take(client, address: str, kind: Kind, at: str | None = None):
    """Press a button of the page."""
    token = client.get(at or address).page.select("form input[name=csrf_token]")[-1]["value"]
    data = {"kind": kind.value, "csrf_token": token}
    return client.post(address, data, status=200)


def body(reply) -> bytes:
    return reply.response.get_data()


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("address", DOCUMENTS)
def test_every_page_can_be_had_as_a_file(published_site, address, kind):
    client = published_site.sign_in_as(Role.SENIOR_LEADER)
    at = "/figures" if address == "/figures/overview" else address
    reply = take(client, address, kind, at)
    assert body(reply).startswith(BEGINNING[kind])
    held = reply.response.headers
    assert re.fullmatch(
        rf'attachment; filename="(figures|board-pack)-release-\d+\.{kind.value}"',
        held["Content-Disposition"],
    )
    assert "no-store" in held["Cache-Control"]
    with reading(published_site.engine) as session:
        entry = session.exec(
            select(AuditEntry).where(AuditEntry.event == "figures:downloaded")
        ).one()
    assert set(entry.details) == {"what", "format", "release"}
    assert entry.details["format"] == kind.value


def test_the_screen_and_every_file_show_the_same_strings(published_site):
    client = published_site.sign_in_as(Role.DEI_ANALYST)
    address = "/figures/topics/for-ethnicity"
    shown = [
        [cell.text.strip() for cell in row.select("th, td")]
        for row in client.get(f"{address}?each=quarter").page.select("main table tr")
    ]
    assert len(shown) > 3
    in_csv = lines(body(take(client, f"{address}?each=quarter", Kind.CSV)))
    in_sheet = list(sheets(body(take(client, f"{address}?each=quarter", Kind.SHEETS))).values())[1]
    on_paper = words(body(take(client, f"{address}?each=quarter", Kind.PDF)))
    for row in shown:
        assert row in in_csv
        assert row in [cells[: len(row)] for cells in in_sheet]
        assert all(cell in on_paper for cell in row)


def test_the_board_pack_is_the_same_each_time(published_site):
    client = published_site.sign_in_as(Role.EVALUATOR)
    for kind in (Kind.PDF, Kind.SHEETS):
        first = body(take(client, "/figures/board-packs", kind))
        assert first == body(take(client, "/figures/board-packs", kind))
    assert "Across the force" in words(body(take(client, "/figures/board-packs", Kind.PDF)))
    book = load_workbook(BytesIO(body(take(client, "/figures/board-packs", Kind.SHEETS))))
    assert len(book.sheetnames) > 3
    assert len(PdfReader(BytesIO(body(take(client, "/figures/board-packs", Kind.PDF)))).pages) > 3


def test_another_form_is_not_found_and_others_may_not(published_site):
    client = published_site.sign_in_as(Role.SENIOR_LEADER)
    token = client.get("/figures").page.select("form input[name=csrf_token]")[-1]["value"]
    client.post("/figures/overview", {"kind": "exe", "csrf_token": token}, status=404)
    other = published_site.sign_in_as(Role.SUPERVISOR)
    other.get("/figures/board-packs", status=403)

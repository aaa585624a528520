"""Guidance on the site: for those who sign in, and the few pages open to anybody."""

import pytest

from app.config import ROOT
from app.publishing.views import OPEN_PAGES
from app.security.permissions import Role


def test_the_list_leads_to_every_page(sign_in_as):
    browser = sign_in_as(Role.STAFF)
    page = browser.get("/guidance").page
    links = {tag["href"] for tag in page.select("main .cards a")}
    assert len(links) == len(list((ROOT / "guidance").glob("*.md")))
    for address in links:
        shown = browser.get(address).page
        assert shown.words("title").startswith(shown.words("h1"))
        assert shown.words(".guidance__about").startswith("For ")


@pytest.mark.parametrize("slug", sorted(OPEN_PAGES))
def test_some_pages_are_open_to_anybody(client, sign_in_as, slug):
    assert client.get(f"/help/{slug}").page.words("h1")
    moved = sign_in_as(Role.STAFF).get(f"/guidance/{slug}", status=302)
    assert moved.location == f"/help/{slug}"


@pytest.mark.parametrize("path", ["/guidance", "/guidance/holding", "/guidance/get-help-now"])
def test_the_others_ask_to_sign_in(client, path):
    assert client.get(path, status=302).location.startswith("/sign-in")


@pytest.mark.parametrize(
    "path",
    [
        "/help/holding",
        "/help/none",
        "/help/..%2f..%2fREADME",
        "/guidance/none",
        "/guidance/GET-HELP",
    ],
)
def test_other_names_are_not_found(sign_in_as, path):
    sign_in_as(Role.STAFF).get(path, status=404)


def test_a_force_puts_in_its_own_numbers(site, client):
    shipped = (ROOT / "guidance/get-help-now.md").read_text()
    folder = site.settings.instance / "guidance"
    folder.mkdir()
    (folder / "get-help-now.md").write_text(shipped.replace("116 123", "01632 960 000"))
    page = client.get("/help/get-help-now").page
    assert page.one("a[href='tel:01632960000']")
    assert not page.select("a[href='tel:116123']")

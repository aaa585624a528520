"""The frame around every page."""

import json

import pytest

from app.security.access import access_rule
from app.security.permissions import Role
from app.web.navigation import ITEMS

ALWAYS = {
    "teams.home",
    "self_referral.my_record",
    "support.ask",
    "framework.active",
    "publishing.guidance",
}
EXTRA = {
    Role.SUPERVISOR: {"teams.my_teams", "today.today"},
    Role.WELLBEING_PRACTITIONER: {"teams.my_teams", "referrals.inbox"},
    Role.WELLBEING_LEAD: {
        "teams.my_teams",
        "major.majors",
        "referrals.overview",
        "force.lens",
        "force.support",
        "figures.overview",
    },
    Role.SUPPORT_PRACTITIONER: {"referrals.inbox"},
    Role.DATA_STEWARD: {"feeds.desk", "retention.overview", "releases.overview"},
    Role.DATA_PROTECTION_OFFICER: {
        "data_requests.inbox",
        "retention.overview",
        "releases.overview",
    },
    Role.SENIOR_LEADER: {"figures.overview"},
    Role.DEI_ANALYST: {"figures.overview"},
    Role.EVALUATOR: {"figures.overview"},
    Role.STAFF_NETWORK: {"figures.overview"},
    Role.ADMINISTRATOR: {"accounts.people_who_sign_in"},
}
HELP = "/help/get-help-now"


@pytest.mark.parametrize("role", list(Role))
def test_each_role_sees_the_entries_it_may_open(sign_in_as, role):
    browser = sign_in_as(role)
    page = browser.get("/guidance").page
    links = {tag.get_text(strip=True): tag["href"] for tag in page.select("#navigation a")}
    wanted = ALWAYS | EXTRA.get(role, set())
    assert list(links) == [item.label for item in ITEMS if item.endpoint in wanted]
    for address in links.values():
        assert browser.get(address, status=None).status in {200, 302, 303}


def test_every_entry_asks_for_what_its_page_asks_for(app):
    with app.app_context():
        for item in ITEMS:
            rule = access_rule(item.endpoint)
            assert rule is not None, item.endpoint
            assert item.permission in {None, rule}, item.label


def test_the_entry_one_is_at_is_marked(sign_in_as):
    browser = sign_in_as(Role.STAFF)
    here = browser.get("/guidance").page.one("#navigation [aria-current]")
    assert (here.get_text(strip=True), here["aria-current"]) == ("Guidance", "page")
    below = browser.get("/guidance/holding").page.one("#navigation [aria-current]")
    assert (below.get_text(strip=True), below["aria-current"]) == ("Guidance", "true")


def test_who_is_signed_in_is_shown_with_a_way_out(site):
    account = site.account(Role.SUPERVISOR)
    page = site.sign_in(account).get("/guidance").page
    assert page.words(".site-header__person") == account.display_name
    assert "Supervisor" in page.words(".site-header__role")
    form = page.form("header form")
    assert (form.method, form.action) == ("POST", "/sign-out")


def test_help_is_one_step_away_from_everywhere(client, sign_in_as):
    for page in (
        client.get("/sign-in").page,
        client.get("/nowhere", status=404).page,
        sign_in_as(Role.STAFF).get("/guidance").page,
    ):
        assert page.one(f"header a[href='{HELP}']").get_text(strip=True) == "Get help now"
        assert page.select(f"footer a[href='{HELP}']")
        assert page.select("a.govuk-skip-link[href='#main']")


def test_reading_for_help_leaves_no_session_behind(client):
    reply = client.get(HELP)
    assert "Set-Cookie" not in reply.headers
    assert "csrf" not in reply.text.lower()


def test_htmx_keeps_nothing_in_the_browser_and_adds_no_styles(client):
    config = json.loads(client.get("/sign-in").page.one("meta[name=htmx-config]")["content"])
    assert config["history"] is False
    assert config["includeIndicatorCSS"] is False
    assert config["mode"] == "same-origin"
    assert config["extensions"] == "ptag"


def test_htmx_sends_the_token_of_this_session(sign_in_as):
    browser = sign_in_as(Role.STAFF)
    headers = json.loads(browser.get("/guidance").page.one("body")["hx-headers:inherited"])
    refused = browser.http.post("/sign-out")
    assert refused.status_code == 400
    accepted = browser.http.post("/sign-out", headers=headers)
    assert accepted.status_code == 303


def test_a_real_force_sees_no_demo(make_site):
    page = make_site(kind="empty", demo="off", secure_cookies=True).client().get("/sign-in").page
    assert not page.select(".site-strip")
    assert not page.select(".demo-accounts")
    demo = make_site(kind="empty").client().get("/sign-in").page
    assert "every person is invented" in demo.words(".site-strip")


def test_an_error_in_a_form_is_said_in_the_title(client):
    page = client.post("/sign-in", {"username": "", "password": ""}, status=422).page
    assert page.words("title").startswith("Error: Sign in")
    assert page.one(".govuk-error-summary a[href='#username']")


def test_the_tour_describes_every_role(client):
    from app.security.permissions import ROLE_NAMES  # noqa: PLC0415

    page = client.get("/who-sees-what").page
    names = [tag.get_text(strip=True) for tag in page.select(".tour tbody th")]
    assert names == [ROLE_NAMES[role] for role in Role]
    assert all(len(row.select("li")) >= 2 for row in page.select(".tour tbody tr"))

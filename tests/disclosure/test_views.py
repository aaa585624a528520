"""The steward's and the officer's page: what waits, and deciding about it."""

from contextlib import contextmanager

import pytest

from app.disclosure.service import Places
from app.disclosure.store import open_writer
from app.security.permissions import Role
from tests.disclosure.test_service import STEWARD, failed, prepare, publish


@pytest.fixture
def stored(site):
    """The site's release store, opened for writing."""

    @contextmanager
    def opened():
        writer = open_writer(site.settings.releases_writer)
        with Places(site.engine, writer, site.keys) as places:
            yield places

    return opened


def test_the_officer_sees_what_waits_and_publishes_it(site, stored):
    with stored() as places:
        found = prepare(places)
    officer = site.sign_in_as(Role.DATA_PROTECTION_OFFICER)
    assert "A release waits for a decision" in officer.get("/releases").text
    page = officer.get(f"/releases/{found.public_id}")
    assert "Prefer" not in page.text
    address = f"/releases/{found.public_id}/approve"
    assert officer.post(address, {}, status=422)
    officer.post(address, {"looked": "yes"}, status=303)
    assert "Published" in officer.get("/releases").text
    again = officer.post(address, {"looked": "yes"}, status=409)
    assert "does not wait for a decision any more" in again.text


def test_a_refusal_needs_a_reason_and_leaves_the_figures(site, stored):
    with stored() as places:
        found = prepare(places)
    officer = site.sign_in_as(Role.DATA_PROTECTION_OFFICER)
    address = f"/releases/{found.public_id}/refuse"
    officer.post(address, {}, status=422)
    officer.post(address, {"reason": "data"}, status=303)
    assert "The data are late" in officer.get(f"/releases/{found.public_id}").text


def test_what_failed_offers_no_decision(site, stored):
    with stored() as places:
        found = prepare(places, attack=failed)
    page = site.sign_in_as(Role.DATA_STEWARD).get(f"/releases/{found.public_id}")
    assert "Approve and publish" not in page.text
    assert "Failed its tests" in page.text


def test_whoever_prepared_it_is_told_that_somebody_else_has_to_approve(site, stored):
    account = site.account(Role.DATA_STEWARD)
    with stored() as places:
        by = type(STEWARD)(account.id, None, account.display_name, STEWARD.grants)
        found = prepare(places, by=by)
    steward = site.sign_in(account)
    assert "Somebody else has to approve it" in steward.get(f"/releases/{found.public_id}").text
    address = f"/releases/{found.public_id}/approve"
    assert "Somebody else" in steward.post(address, {"looked": "yes"}, status=409).text


def test_the_commands_prepare_nothing_without_the_right_role(site, stored):
    with stored() as places:
        publish(places)
    run = site.app.test_cli_runner().invoke
    listed = run(args=["releases", "list"])
    assert "Published" in listed.output
    public_id = listed.output.split()[1]
    assert "withstood" in run(args=["releases", "show", public_id]).output
    refused = run(args=["releases", "prepare", "--as", "supervisor@demo"])
    assert "may not do that" in refused.output
    again = run(args=["releases", "approve", public_id, "--as", "steward@demo"])
    assert "does not wait" in again.output
    assert "GRANT SELECT ON cell" in run(args=["releases", "rights", "pages"]).output

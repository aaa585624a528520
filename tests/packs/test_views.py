"""Measures and packs in a browser's hands: who may, what is said, what is written down."""

from datetime import timedelta

import pytest
from sqlmodel import select

from app.audit.models import AuditEntry
from app.database import reading
from app.exposure.models import Prompt, PromptPerson, PromptState
from app.packs.making import make_waiting
from app.packs.models import PackState, TeamPack, TeamPackFile
from app.people.models import Posting, Supervision, Unit
from app.people.queries import is_current
from app.security.permissions import Role
from tests.conftest import NOW

OCTETS = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def team_of(site) -> Unit:
    """The demo supervisor's team."""
    person = site.account(Role.SUPERVISOR).person_id
    with site.reading() as session:
        led = select(Supervision.unit_id).where(
            Supervision.person_id == person, Supervision.ends_on.is_(None)
        )
        return session.exec(select(Unit).where(Unit.id.in_(led))).first()


def demo_pack(site) -> TeamPack:
    with site.reading() as session:
        return session.exec(select(TeamPack)).one()


def written(site, event) -> list[AuditEntry]:
    with site.reading() as session:
        return session.exec(select(AuditEntry).where(AuditEntry.event == event)).all()


def stop_leading(site) -> None:
    with site.writing() as session:
        person = site.account(Role.SUPERVISOR).person_id
        for row in session.exec(select(Supervision).where(Supervision.person_id == person)):
            row.ends_on = NOW.date() - timedelta(days=1)
            session.add(row)


def test_a_pack_is_asked_for_waited_for_and_downloaded(site_both):
    site, team = site_both, team_of(site_both)
    client = site.sign_in_as(Role.SUPERVISOR)
    page = client.get(f"/teams/{team.public_id}/packs").page
    reply = client.submit(page.form(), version="briefing", days="91")
    waiting = client.follow(reply).page.words("main")
    assert "Waiting for its turn" in waiting
    assert "Look again" in waiting
    address = reply.location
    poll = client.get(f"{address}/progress", htmx=True)
    tag = poll.headers["HX-PTag"]
    client.get(f"{address}/progress", htmx=True, headers={"HX-PTag": tag}, status=304)
    client.get(f"{address}/pdf", status=404)
    make_waiting(site.engine, ring=site.keys.ring, now=NOW)
    done = client.get(f"{address}/progress", htmx=True, headers={"HX-PTag": tag})
    assert "Ready" in done.page.words()
    # It polls no more.
    assert "hx-get" not in done.text
    for kind, media in OCTETS.items():
        file = client.get(f"{address}/{kind}")
        assert file.response.mimetype == media
        assert file.headers["Cache-Control"] == "no-store"
        name = f"team-briefing-2026-11-23.{kind}"
        assert file.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    public_id = address.rsplit("/", 1)[1]
    assert [(one.unit_id, one.details) for one in written(site, "pack:downloaded")] == [
        (team.id, {"pack": public_id, "version": "briefing", "format": kind}) for kind in OCTETS
    ]


def test_everybody_whom_a_downloaded_pack_names_sees_that_it_was(site_both):
    site = site_both
    own = site.sign_in_as(Role.STAFF)
    assert "Downloaded a pack" not in own.get("/my-record/who-looked").page.words("main")
    client, pack = site.sign_in_as(Role.SUPERVISOR), demo_pack(site)
    client.get(f"/packs/{pack.public_id}/pdf")
    client.get(f"/packs/{pack.public_id}/xlsx")
    looks = own.get("/my-record/who-looked").page.words("main")
    assert "Downloaded a pack about a team you are or were in, 2 times that day" in looks


def test_the_anonymous_one_is_no_look_at_anybody(site):
    with site.writing() as session:
        row = session.exec(select(TeamPack)).one()
        row.version = "briefing"
        session.add(row)
    client, pack = site.sign_in_as(Role.SUPERVISOR), demo_pack(site)
    client.get(f"/packs/{pack.public_id}/pdf", status=200)
    assert written(site, "pack:downloaded")
    own = site.sign_in_as(Role.STAFF).get("/my-record/who-looked").page.words("main")
    assert "Downloaded a pack" not in own


@pytest.mark.parametrize("what", ["", "/progress", "/pdf", "/xlsx"])
def test_who_leads_the_team_no_longer_gets_nothing_of_it(site, what):
    client, pack = site.sign_in_as(Role.SUPERVISOR), demo_pack(site)
    client.get(f"/packs/{pack.public_id}{what}", htmx=what == "/progress")
    before = len(written(site, "pack:downloaded"))
    stop_leading(site)
    client.get(f"/packs/{pack.public_id}{what}", status=404)
    team = team_of(site)
    if team:
        client.post(f"/teams/{team.public_id}/packs", {"version": "named"}, status=404)
    assert len(written(site, "pack:downloaded")) == before


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SUPERVISOR])
def test_nobody_else_comes_near_a_pack(site, role):
    client, pack = site.sign_in_as(role), demo_pack(site)
    client.get(f"/packs/{pack.public_id}/pdf", status=403)
    client.get(f"/teams/{team_of(site).public_id}/packs", status=403)


def test_another_supervisor_does_not_either(site):
    from app.accounts.models import Account  # noqa: PLC0415

    with site.reading() as session:
        other = session.exec(select(Account).where(Account.username == "supervisor2@demo")).one()
    client, pack = site.sign_in(other), demo_pack(site)
    client.get(f"/packs/{pack.public_id}/pdf", status=404)
    client.get(f"/teams/{team_of(site).public_id}/packs", status=404)
    client.get(f"/teams/{team_of(site).public_id}/measures", status=404)


def test_once_somebody_has_moved_it_says_so_and_hands_out_nothing(site):
    pack = demo_pack(site)
    with site.writing() as session:
        posted = select(Posting).where(Posting.unit_id == pack.unit_id, is_current(NOW.date()))
        for row in session.exec(posted).all():
            row.ends_on = NOW.date() - timedelta(days=1)
            session.add(row)
    client = site.sign_in_as(Role.SUPERVISOR)
    page = client.get(f"/packs/{pack.public_id}/pdf", status=409).page
    assert "has left the team since it was made" in page.words("main")
    assert written(site, "pack:downloaded") == []


def test_one_that_cannot_be_opened_says_so(site):
    with site.writing() as session:
        for row in session.exec(select(TeamPackFile)):
            row.sealed = row.sealed[:-1] + b"!"
            session.add(row)
    client, pack = site.sign_in_as(Role.SUPERVISOR), demo_pack(site)
    page = client.get(f"/packs/{pack.public_id}/pdf", status=409).page
    assert "cannot be opened any more" in page.words("main")


def test_one_that_could_not_be_made_can_be_tried_again(site):
    with site.writing() as session:
        row = session.exec(select(TeamPack)).one()
        row.state, row.progress = PackState.FAILED, "It could not be made."
        session.add(row)
    client, pack = site.sign_in_as(Role.SUPERVISOR), demo_pack(site)
    page = client.get(f"/packs/{pack.public_id}").page
    assert "Could not be made" in page.words("main")
    reply = client.submit(page.form())
    assert "Waiting for its turn" in client.follow(reply).page.words("main")


def test_a_form_with_nothing_chosen_says_what_to_choose(site):
    client, team = site.sign_in_as(Role.SUPERVISOR), team_of(site)
    reply = client.post(f"/teams/{team.public_id}/packs", {}, status=422)
    assert "Choose who it is for" in reply.page.words("main")


def test_measures_have_a_base_name_nobody_and_are_a_look(site):
    client, team = site.sign_in_as(Role.SUPERVISOR), team_of(site)
    before = len(written(site, "team:viewed"))
    table = client.get(f"/teams/{team.public_id}").page.words("main")
    page = client.get(f"/teams/{team.public_id}/measures?days=365").page
    words = page.words("main")
    assert "24 November 2025 to 23 November 2026" in words
    assert "prompts whose 72 hours are over (" in words
    assert "As held at 9:30am on 23 November 2026" in words
    names = [
        tag.text.strip()
        for tag in client.get(f"/teams/{team.public_id}").page.select(".person-link")
    ]
    assert names
    assert names[0] in table
    assert not [name for name in names if name in words]
    assert len(written(site, "team:viewed")) == before + 3


def test_measures_add_up_to_the_prompts_there_are(site_both):
    site = site_both
    team = team_of(site)
    leader = site.account(Role.SUPERVISOR).person_id
    with reading(site.engine) as session:
        members = select(Posting.person_id).where(
            Posting.unit_id == team.id, is_current(NOW.date()), Posting.person_id != leader
        )
        states = session.exec(
            select(PromptPerson.state)
            .join(Prompt, Prompt.id == PromptPerson.prompt_id)
            .where(
                PromptPerson.person_id.in_(members),
                PromptPerson.state != PromptState.WITHDRAWN,
                Prompt.opened_at >= NOW - timedelta(days=365),
            )
        ).all()
    rows = [
        row.text.split()
        for row in site.sign_in_as(Role.SUPERVISOR)
        .get(f"/teams/{team.public_id}/measures?days=365")
        .page.select("table")[0]
        .select("tbody tr")
    ]
    found = {" ".join(words[: words.index("of") - 1]): words for words in rows}
    assert states
    for label, state in (
        ("Spoken with by now", PromptState.HELD),
        ("Declined", PromptState.DECLINED),
        ("Still open", PromptState.OPEN),
    ):
        words = found[label]
        place = words.index("of")
        assert (int(words[place - 1]), int(words[place + 1])) == (
            states.count(state),
            len(states),
        )


@pytest.mark.parametrize("days", ["0", "-1", "abc", "999999999999999999999"])
def test_an_odd_period_is_the_first_one(site, days):
    client, team = site.sign_in_as(Role.SUPERVISOR), team_of(site)
    words = client.get(f"/teams/{team.public_id}/measures?days={days}").page.words("main")
    assert "27 October 2026 to 23 November 2026" in words

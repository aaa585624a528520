"""Somebody doing a self-check, through the pages and without them."""

from dataclasses import dataclass

import pytest
from sqlmodel import Session, select

from app.accounts.queries import viewer_for
from app.checks import drafts, queries, service
from app.checks.answers import Answers
from app.checks.models import CheckDraft, SelfCheck
from app.checks.questions import QUESTIONS, Change
from app.common.clock import utc_now
from app.instruments import library
from app.security.key_store import KeyStore
from app.security.permissions import Role
from app.security.viewer import Viewer
from tests.factories import Force, account, at

NOW = at("2026-11-23", hour=9)


@dataclass
class Doing:
    """A person with an account, on both databases."""

    session: Session
    keys: KeyStore
    force: Force
    person: int
    viewer: Viewer

    def another(self) -> Viewer:
        """Somebody else."""
        return viewer(self.session, self.force.person("Jo Stone"))

    def answers(self, **more) -> Answers:
        """All twelve answered and nothing chosen besides, unless told otherwise."""
        changes = {question.code: Change.SAME for question in QUESTIONS}
        return Answers(**({"after": "", "changes": changes, "chosen": ""} | more))

    def put(self, answers: Answers, *, by: Viewer | None = None, now=NOW) -> None:
        """Have these answers under way."""
        who = by or self.viewer
        service.begin(self.session, viewer=who, keys=self.keys, now=now)
        service.answer(
            self.session, viewer=who, keys=self.keys, change=lambda _old: answers, now=now
        )

    def keep(self, answers: Answers, *, by: Viewer | None = None, now=NOW) -> SelfCheck:
        """See them to their end and keep them."""
        who = by or self.viewer
        self.put(answers.seen(), by=who, now=now)
        return service.keep(
            self.session, viewer=who, keys=self.keys, instruments=library.load(), now=now
        )

    def kept(self, by: Viewer | None = None):
        """What can be opened of what somebody kept."""
        return queries.kept_of(by or self.viewer, self.session, self.keys)

    def rows(self, table=SelfCheck) -> int:
        """How many rows there are, whoever's."""
        return len(self.session.exec(select(table)).all())


def viewer(session: Session, person: int) -> Viewer:
    """Somebody with an account and no role but that of staff."""
    found = viewer_for(session, account_id=account(session, person=person), day=NOW.date())
    assert found
    return found


@pytest.fixture
def doing(session, keys) -> Doing:
    """One person."""
    force = Force(session)
    person = force.person("Sam Field", team=force.team())
    return Doing(session, keys, force, person, viewer(session, person))


class Taking:
    """A member of staff at the pages."""

    def __init__(self, site, role: Role = Role.STAFF) -> None:
        self.site = site
        self.account = site.account(role)
        self.client = site.sign_in(self.account)

    def start(self):
        """Begin; the page with the first question."""
        form = self.client.get("/self-check").page.form(".check form")
        self.client.submit(form)
        return self.go_on(about="nothing")

    def go_on(self, *, status: int = 303, do="next", **values):
        """Answer the question that is open, or press another button; the reply after it."""
        form = self.page().form(".check form")
        form.values["do"] = do
        reply = self.client.submit(form, status=status, **values)
        return self.client.follow(reply) if status == 303 else reply

    def page(self):
        """The page one would be on now."""
        page = self.client.get("/self-check").page
        link = [a for a in page.select("main a") if "Go on where" in a.text]
        return self.client.get(link[0]["href"]).page if link else page

    def walk(self, answer="same", **answers):
        """Answer all twelve questions, some of them otherwise, on their pages."""
        reply = self.start()
        for question in QUESTIONS:
            reply = self.go_on(answer=answers.get(question.code, answer))
        return reply

    def twelve(self, answer="same", **answers):
        """Have them answered already; the page after them."""
        changes = {one.code: answers.get(one.code, answer) for one in QUESTIONS}
        with self.site.writing() as session:
            who = viewer_for(session, account_id=self.account.id, day=NOW.date())
            drafts.keep(
                session,
                viewer=who,
                keys=self.site.keys,
                answers=Answers(after="", changes=changes),
                now=utc_now(),
            )
        return self.client.get("/self-check/set")

    def drafts(self) -> list[CheckDraft]:
        """Rows of answers under way."""
        with self.site.reading() as session:
            return list(session.exec(select(CheckDraft)).all())

    def checks(self) -> list[SelfCheck]:
        """Rows of what was kept by whoever takes this."""
        with self.site.reading() as session:
            mine = SelfCheck.person_id == self.account.person_id
            return list(session.exec(select(SelfCheck).where(mine)).all())


@pytest.fixture
def taking(site) -> Taking:
    """A member of staff of the demo force."""
    return Taking(site)

"""From what waits to the e-mail, each minute: the whole job on both databases."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from sqlalchemy import event
from sqlmodel import Session, select

from app.accounts.models import Account, RoleGrant
from app.database import transaction
from app.debriefs.models import Debrief, DebriefPerson, Setting
from app.exposure.models import PromptPerson, PromptState
from app.exposure.service import refresh
from app.notifications import outbox
from app.notifications.models import (
    Delivery,
    Kind,
    Mail,
    MailState,
    Notification,
    NotificationChoice,
    Problem,
)
from app.notifications.rules import BUDGET
from app.packs.models import PackState, TeamPack, Version
from app.people.models import (
    AbsenceSpell,
    AwayKind,
    AwaySpell,
    Posting,
    Supervision,
    SupervisionKind,
    UnitKind,
)
from app.referrals.models import Referral, ReferralState, ServicePractitioner, Support
from app.security.permissions import Role
from jobs import forget_notifications, notify, send_emails
from tests.conftest import NOW
from tests.factories import LONG_AGO, Force, account
from tests.notifications.conftest import free_port

DAYS = timedelta(days=1)
MINUTE = timedelta(minutes=1)


@dataclass
class Shift:
    """A team whose supervisor has an e-mail address, and a minute that passes when it is told."""

    engine: object
    session: Session
    force: Force
    team: int
    jo: int
    account: int
    now: datetime = NOW

    def member(self) -> int:
        """Somebody else in the team."""
        return self.force.person("Sam Field", team=self.team)

    def happens(self, *people: int, hours_ago: int = 1) -> int:
        """An incident that always asks for a conversation with everybody who was there."""
        incident = self.force.incident("suicide", self.now - timedelta(hours=hours_ago))
        for person in people:
            self.force.attend(person, incident)
        refresh(self.session, incident_ids=[incident], person_ids=[], now=self.now)
        self.session.commit()
        return incident

    def minute(self, after: timedelta = MINUTE) -> str:
        """Some time passes, and the job runs."""
        self.now += after
        self.session.commit()
        with transaction(self.engine) as session:
            told = notify.run(session=session, now=self.now)
        with transaction(self.engine) as session:
            send_emails.run(session=session, now=self.now)
        return told

    def told(self) -> list[tuple[Kind, bool]]:
        """What Jo was told and still waits, and whether she has read it."""
        self.session.expire_all()
        rows = self.session.exec(
            select(Notification.kind, Notification.read_at)
            .where(Notification.account_id == self.account, Notification.over_at.is_(None))
            .order_by(Notification.id)
        )
        return [(kind, read_at is not None) for kind, read_at in rows]

    def mails(self) -> list[tuple[MailState, Problem | None, int]]:
        """Every e-mail: how far it got, what went wrong and how often it was tried."""
        self.session.expire_all()
        rows = self.session.exec(select(Mail).order_by(Mail.id)).all()
        return [(row.state, row.problem, row.tries) for row in rows]

    def chooses(self, **choices: object) -> None:
        """Jo says how she wants to be told."""
        given = {"delivery": Delivery.IMMEDIATE, "digest_hour": 8, "account_id": self.account}
        self.session.merge(NotificationChoice(**(given | choices)))
        self.session.commit()

    def answered(self, person: int, state: PromptState = PromptState.HELD) -> None:
        """Somebody says what came of it."""
        row = self.session.exec(select(PromptPerson).where(PromptPerson.person_id == person)).one()
        row.state = state
        self.session.add(row)
        self.session.commit()


@pytest.fixture
def shift(engine, session, monkeypatch):
    """A shift of Jo's, in a force without a mail server."""
    monkeypatch.delenv("SMTP_HOST", raising=False)
    force = Force(session)
    team = force.team()
    jo = force.person("Jo Stone")
    force.lead(jo, team)
    number = account(session, person=jo)
    session.get_one(Account, number).email = "jo.stone@northmoor.example"
    session.add(RoleGrant(account_id=number, role=Role.SUPERVISOR, starts_on=NOW.date()))
    session.commit()
    return Shift(engine, session, force, team, jo, number)


@pytest.fixture
def mailed(shift, office, monkeypatch):
    """The same shift, with the mail server of the force named in the settings."""
    shift.office = office
    monkeypatch.setenv("SMTP_HOST", "localhost")
    monkeypatch.setenv("SMTP_PORT", str(office.server.port))
    monkeypatch.setenv("SMTP_TLS", "off")
    monkeypatch.setenv("MAIL_FROM", "tracker@northmoor.example")
    monkeypatch.setenv("SITE_URL", "https://tracker.northmoor.example")
    return shift


def subjects(mailed) -> list[str]:
    return [str(letter["Subject"]) for letter in mailed.office.post.letters]


ONE = "Trauma Tracker: 1 new thing to look at"
TWO = "Trauma Tracker: 2 new things to look at"


# --- On the site ----------------------------------------------------------------------------------


def test_what_waits_is_told_once_and_is_over_when_it_is_done(shift):
    sam = shift.member()
    shift.happens(sam)
    assert shift.minute() == "1 things told, 0 over"
    assert shift.told() == [(Kind.PROMPT, False)]
    assert shift.minute() == "0 things told, 0 over"
    shift.answered(sam)
    assert shift.minute() == "0 things told, 1 over"
    assert shift.told() == []


def test_what_becomes_pressing_is_told_again_and_only_the_latest_stands(shift):
    shift.happens(shift.member())
    shift.minute()
    shift.minute(2 * DAYS)
    assert shift.told() == [(Kind.PROMPT, False), (Kind.DUE, False)]
    shift.minute(DAYS)
    assert shift.told() == [(Kind.PROMPT, False), (Kind.OVERDUE, False)]


def test_what_was_put_off_is_told_anew_when_it_waits_again(shift):
    sam = shift.member()
    shift.happens(sam)
    shift.minute()
    shift.answered(sam, PromptState.DEFERRED)
    shift.minute()
    assert shift.told() == []
    shift.answered(sam, PromptState.OPEN)
    shift.minute()
    assert shift.told() == [(Kind.PROMPT, False)]


def test_nobody_is_told_of_a_team_that_is_no_longer_theirs(shift):
    shift.happens(shift.member())
    shift.minute()
    shift.session.get_one(Account, shift.account).active = False
    shift.session.commit()
    shift.minute()
    assert shift.told() == []


# --- Who is told ----------------------------------------------------------------------------------


def a_leader(shift, name: str, team: int | None, kind=SupervisionKind.SUPERVISOR) -> int:
    """Somebody with an account who leads or covers a team; their account."""
    person = shift.force.person(name, team=team)
    if team is not None:
        shift.session.add(
            Supervision(unit_id=team, person_id=person, kind=kind, starts_on=LONG_AGO)
        )
    return a_role(shift, Role.SUPERVISOR, person=person)


def a_role(shift, role: Role, *, person: int | None = None, unit: int | None = None) -> int:
    """An account that holds a role."""
    number = account(shift.session, person=person)
    grant = RoleGrant(account_id=number, role=role, unit_id=unit, starts_on=NOW.date())
    shift.session.add(grant)
    shift.session.commit()
    return number


def told_to(shift, number: int) -> set[Kind]:
    """What an account was told and still waits."""
    shift.session.expire_all()
    statement = select(Notification.kind).where(
        Notification.account_id == number, Notification.over_at.is_(None)
    )
    return set(shift.session.exec(statement))


def person_of(shift, number: int) -> int:
    return shift.session.get_one(Account, number).person_id


def is_away(shift, person: int, *, deputy: int | None = None) -> AwaySpell:
    spell = AwaySpell(
        person_id=person,
        kind=AwayKind.LEAVE,
        starts_on=shift.now.date(),
        ends_on=shift.now.date(),
        deputy_id=deputy,
        recorded_at=shift.now,
        recorded_by_account_id=shift.account,
    )
    shift.session.add(spell)
    shift.session.commit()
    return spell


def test_a_deputy_is_told_for_as_long_as_they_stand_in(shift):
    elsewhere = shift.force.team("Response B")
    deputy = a_leader(shift, "Max Hill", elsewhere)
    shift.happens(shift.member())
    shift.minute()
    assert (shift.told(), told_to(shift, deputy)) == ([(Kind.PROMPT, False)], set())
    is_away(shift, shift.jo, deputy=person_of(shift, deputy))
    shift.minute()
    assert (shift.told(), told_to(shift, deputy)) == ([], {Kind.PASSED})
    shift.minute(DAYS)
    assert (shift.told(), told_to(shift, deputy)) == ([(Kind.PROMPT, False)], set())


def test_what_is_handed_over_is_told_to_who_got_it(shift):
    deputy = a_leader(shift, "Max Hill", shift.team, SupervisionKind.DEPUTY)
    sam = shift.member()
    shift.happens(sam)
    shift.minute()
    row = shift.session.exec(select(PromptPerson).where(PromptPerson.person_id == sam)).one()
    row.handed_to_id = person_of(shift, deputy)
    shift.session.add(row)
    shift.minute()
    assert (shift.told(), told_to(shift, deputy)) == ([], {Kind.PASSED})


def test_what_nobody_answers_is_told_a_rank_higher_too_and_the_first_keeps_it(shift):
    above = a_leader(shift, "Ana Wold", shift.force.district)
    shift.happens(shift.member())
    shift.minute()
    assert told_to(shift, above) == set()
    shift.minute(5 * DAYS)
    assert told_to(shift, above) == {Kind.PASSED, Kind.OVERDUE}
    assert [kind for kind, _read in shift.told()] == [Kind.PROMPT, Kind.OVERDUE]


def test_wellbeing_leads_are_told_as_one_thing_of_what_has_nobody_in_their_part(shift):
    everywhere = a_role(shift, Role.WELLBEING_LEAD)
    here = a_role(shift, Role.WELLBEING_LEAD, unit=shift.force.district)
    other = shift.force.unit("Lowland", kind=UnitKind.DISTRICT)
    there = a_role(shift, Role.WELLBEING_LEAD, unit=other)
    sam = shift.member()
    shift.happens(sam, shift.member())
    is_away(shift, shift.jo)
    shift.minute()
    assert [told_to(shift, one) for one in (everywhere, here, there)] == [
        {Kind.PASSED},
        {Kind.PASSED},
        set(),
    ]
    topics = shift.session.exec(
        select(Notification.topic).where(Notification.account_id == here)
    ).all()
    assert topics == ["unattended", "unattended"]
    # Somebody who is posted nowhere any more belongs to where they were last.
    posting = shift.session.exec(select(Posting).where(Posting.person_id == sam)).one()
    posting.ends_on = shift.now.date() - DAYS
    shift.session.add(posting)
    shift.minute(DAYS)
    assert told_to(shift, here) == {Kind.PASSED}
    assert [kind for kind, _read in shift.told()] == [Kind.PROMPT]


def test_a_check_in_is_told_on_its_day_until_they_spoke(shift):
    sam = shift.member()
    agreed = shift.now.date() + 2 * DAYS

    def talk(held_on, next_on) -> None:
        row = Debrief(held_on=held_on, setting=Setting.PHONE, recorded_at=shift.now)
        shift.session.add(row)
        shift.session.flush()
        shift.session.add(
            DebriefPerson(
                debrief_id=row.id,
                person_id=sam,
                primary_support=Support.NONE,
                next_contact_on=next_on,
                sealed_factors=b"",
            )
        )
        shift.session.commit()

    talk(shift.now.date(), agreed)
    shift.minute(DAYS)
    assert shift.told() == []
    shift.minute(DAYS)
    assert shift.told() == [(Kind.CHECK_IN, False)]
    talk(agreed, None)
    shift.minute()
    assert shift.told() == []


def test_a_service_is_told_of_its_inbox_and_the_lead_of_what_nobody_takes_on(shift):
    sam = shift.member()
    me = a_role(shift, Role.WELLBEING_PRACTITIONER, person=sam)
    elsewhere = shift.force.unit("Lowland", kind=UnitKind.DISTRICT)
    inbox = {
        "peer": (a_role(shift, Role.WELLBEING_PRACTITIONER), Support.PEER_SUPPORT, None),
        "another": (a_role(shift, Role.WELLBEING_PRACTITIONER), Support.CHAPLAIN, None),
        "far": (a_role(shift, Role.WELLBEING_PRACTITIONER), Support.PEER_SUPPORT, elsewhere),
        "self": (me, Support.PEER_SUPPORT, None),
    }
    for number, support, unit in inbox.values():
        shift.session.add(
            ServicePractitioner(
                account_id=number, service=support, unit_id=unit, caseload_limit=5, added_at=NOW
            )
        )
    lead = a_role(shift, Role.WELLBEING_LEAD)
    row = Referral(
        person_id=sam,
        service=Support.PEER_SUPPORT,
        state=ReferralState.SENT,
        agreed_at=shift.now,
        sent_at=shift.now,
    )
    shift.session.add(row)

    def told() -> dict[str, set[Kind]]:
        found = {name: told_to(shift, number) for name, (number, *_rest) in inbox.items()}
        return {
            name: kinds for name, kinds in (found | {"lead": told_to(shift, lead)}).items() if kinds
        }

    shift.minute()
    assert told() == {"peer": {Kind.REFERRAL}}
    shift.minute(2 * DAYS)
    assert told() == {"peer": {Kind.REFERRAL_LATE}, "lead": {Kind.REFERRAL_LATE}}
    row.state, row.practitioner_account_id = ReferralState.ACCEPTED, inbox["peer"][0]
    row.accepted_at = shift.now
    shift.session.add(row)
    shift.minute()
    # Two days are how long a peer may take to make contact.
    assert told() == {"peer": {Kind.REFERRAL_LATE}}
    row.state, row.contacted_on = ReferralState.CONTACTED, shift.now.date()
    shift.session.add(row)
    shift.minute()
    assert told() == {}


def test_whoever_a_pack_was_made_for_is_told_while_they_lead_the_team(shift):
    pack = TeamPack(
        unit_id=shift.team,
        version=Version.NAMED,
        first_on=LONG_AGO,
        last_on=NOW.date(),
        asked_by_account_id=shift.account,
        asked_at=NOW,
        expires_at=NOW + 9 * DAYS,
    )
    shift.session.add(pack)
    shift.minute()
    assert shift.told() == []
    pack.state, pack.made_at = PackState.READY, shift.now
    shift.session.add(pack)
    shift.minute()
    assert shift.told() == [(Kind.PACK, False)]
    lead = shift.session.exec(select(Supervision)).one()
    lead.ends_on = shift.now.date()
    shift.session.add(lead)
    shift.minute(DAYS)
    assert shift.told() == []


def test_telling_takes_as_many_statements_for_forty_supervisors_as_for_two(shift):
    def statements() -> int:
        sent: list[str] = []

        def note(_connection, _cursor, statement, *_rest) -> None:
            sent.append(statement)

        event.listen(shift.engine, "before_cursor_execute", note)
        shift.minute()
        event.remove(shift.engine, "before_cursor_execute", note)
        return len(sent)

    def another() -> None:
        team = shift.force.team()
        leader = shift.force.person("Leader X")
        shift.force.lead(leader, team)
        number = account(shift.session, person=leader)
        shift.session.add(RoleGrant(account_id=number, role=Role.SUPERVISOR, starts_on=NOW.date()))
        shift.happens(shift.force.person("Some Body", team=team))

    another()
    few = statements()
    for _ in range(40):
        another()
    assert statements() <= few


# --- By e-mail ------------------------------------------------------------------------------------


def test_everybody_of_one_incident_is_one_e_mail_and_one_thing(mailed):
    sam, max_ = mailed.member(), mailed.member()
    incident = mailed.happens(sam, max_)
    mailed.minute()
    assert subjects(mailed) == [ONE]
    assert mailed.mails() == [(MailState.SENT, None, 1)]
    # Another officer turns out to have been there: on the site, and no e-mail.
    late = mailed.member()
    mailed.force.attend(late, incident)
    refresh(mailed.session, incident_ids=[incident], person_ids=[], now=mailed.now)
    mailed.session.commit()
    mailed.minute()
    assert mailed.told() == [(Kind.PROMPT, False)] * 3
    assert subjects(mailed) == [ONE]


def test_two_incidents_of_one_minute_are_one_e_mail(mailed):
    mailed.happens(mailed.member())
    mailed.happens(mailed.member())
    mailed.minute()
    assert subjects(mailed) == [TWO]


def test_without_an_address_nothing_is_sent_and_with_one_what_still_waits_is(mailed):
    jo = mailed.session.get_one(Account, mailed.account)
    jo.email = None
    mailed.happens(mailed.member())
    mailed.minute()
    assert (mailed.told(), mailed.mails()) == ([(Kind.PROMPT, False)], [])
    jo = mailed.session.get_one(Account, mailed.account)
    jo.email = "jo@northmoor.example"
    mailed.session.commit()
    mailed.minute()
    assert subjects(mailed) == [ONE]


def test_who_wants_none_gets_none(mailed):
    mailed.chooses(delivery=Delivery.IN_APP)
    mailed.happens(mailed.member())
    mailed.minute()
    assert (mailed.told(), mailed.mails()) == ([(Kind.PROMPT, False)], [])


def test_what_happens_in_quiet_hours_is_one_e_mail_when_they_end(mailed):
    mailed.now = NOW.replace(hour=22, minute=30)
    for _ in range(3):
        mailed.happens(mailed.member())
        mailed.minute()
    assert mailed.mails() == []
    mailed.now = NOW.replace(day=24, hour=6, minute=59)
    mailed.minute()
    assert subjects(mailed) == ["Trauma Tracker: 3 new things to look at"]


def test_nothing_is_sent_to_somebody_who_is_away(mailed):
    mailed.happens(mailed.member())
    spell = AbsenceSpell(
        person_id=mailed.jo, starts_on=NOW.date(), psychological=False, recorded_at=NOW
    )
    mailed.session.add(spell)
    mailed.session.commit()
    mailed.minute()
    assert mailed.mails() == []
    spell.ends_on = NOW.date()
    mailed.session.add(spell)
    mailed.session.commit()
    mailed.minute(DAYS)
    assert len(subjects(mailed)) == 1


def test_a_digest_comes_once_at_its_hour_with_what_was_told_before_it(mailed):
    mailed.chooses(delivery=Delivery.DIGEST, digest_hour=14)
    for _ in range(2):
        mailed.happens(mailed.member())
        mailed.minute()
    assert mailed.mails() == []
    mailed.now = NOW.replace(hour=13, minute=59)
    mailed.minute()
    assert subjects(mailed) == [TWO]
    mailed.happens(mailed.member())
    mailed.minute()
    assert subjects(mailed) == [TWO]
    mailed.now = NOW.replace(day=24, hour=13, minute=59)
    mailed.minute()
    assert len(subjects(mailed)) == 2


def test_after_the_days_e_mails_the_rest_is_one_digest(mailed):
    for _ in range(BUDGET + 3):
        mailed.happens(mailed.member())
        mailed.minute()
    assert subjects(mailed) == [ONE] * BUDGET
    mailed.now = NOW.replace(day=24, hour=7, minute=59)
    mailed.minute()
    assert subjects(mailed)[BUDGET:] == ["Trauma Tracker: 3 new things to look at"]


def test_what_was_read_or_done_meanwhile_is_not_counted_any_more(mailed, monkeypatch):
    monkeypatch.setenv("SMTP_PORT", str(free_port()))
    sam, max_ = mailed.member(), mailed.member()
    mailed.happens(sam)
    mailed.happens(max_)
    mailed.minute()
    assert mailed.mails() == [(MailState.WAITING, Problem.UNREACHABLE, 1)]
    mailed.answered(sam)
    monkeypatch.setenv("SMTP_PORT", str(mailed.office.server.port))
    mailed.minute(2 * MINUTE)
    assert subjects(mailed) == [ONE]


def test_an_e_mail_of_which_nothing_is_left_is_not_sent(mailed, monkeypatch):
    monkeypatch.setenv("SMTP_PORT", str(free_port()))
    sam = mailed.member()
    mailed.happens(sam)
    mailed.minute()
    mailed.answered(sam)
    monkeypatch.setenv("SMTP_PORT", str(mailed.office.server.port))
    mailed.minute(2 * MINUTE)
    assert subjects(mailed) == []
    assert [state for state, *_rest in mailed.mails()] == [MailState.NOT_NEEDED]


# --- When it does not go well ---------------------------------------------------------------------


def test_a_server_that_is_down_is_tried_again_later_and_later_and_then_not(mailed, monkeypatch):
    mailed.chooses()
    monkeypatch.setenv("SMTP_PORT", str(free_port()))
    mailed.happens(mailed.member())
    mailed.minute()
    tries = [mailed.mails()[0][2]]
    for _ in range(30):
        mailed.minute()
        tries.append(mailed.mails()[0][2])
    # After 1, 2, 5 and 15 minutes.
    assert (tries[1], tries[3], tries[8], tries[23], tries[-1]) == (2, 3, 4, 5, 5)
    mailed.minute(timedelta(hours=25))
    assert mailed.mails()[0][0] is MailState.GIVEN_UP
    # What waits is told by another one.
    monkeypatch.setenv("SMTP_PORT", str(mailed.office.server.port))
    mailed.minute()
    assert len(subjects(mailed)) == 1


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("450 mailbox busy", (MailState.WAITING, Problem.BUSY, 1)),
        ("550 no such mailbox", (MailState.REFUSED, Problem.REFUSED, 1)),
    ],
)
def test_what_is_refused_for_now_is_tried_again_and_for_good_is_not(mailed, reply, expected):
    mailed.happens(mailed.member())
    mailed.office.post.recipient_reply = reply
    mailed.minute()
    assert mailed.mails() == [expected]
    mailed.office.post.recipient_reply = ""
    mailed.minute(2 * MINUTE)
    again = expected[0] is MailState.WAITING
    assert len(subjects(mailed)) == int(again)


def test_a_line_that_goes_dead_half_way_is_never_sent_twice(mailed):
    mailed.happens(mailed.member())
    mailed.office.post.data_replies = ["hang up"]
    mailed.minute()
    assert mailed.mails() == [(MailState.UNSURE, Problem.CUT_OFF, 1)]
    mailed.minute(3 * MINUTE)
    assert len(subjects(mailed)) == 1


def test_a_sender_that_dies_after_the_server_accepted_never_sends_twice(mailed, monkeypatch):
    class DiedError(BaseException):
        """The process is gone: nothing after this runs."""

    def die(*_args) -> None:
        raise DiedError

    mailed.happens(mailed.member())
    with monkeypatch.context() as patch:
        real = outbox.hand_over
        patch.setattr(outbox, "hand_over", lambda *args: (real(*args), die()))
        with pytest.raises(DiedError):
            mailed.minute()
    assert len(subjects(mailed)) == 1
    assert [state for state, *_rest in mailed.mails()] == [MailState.SENDING]
    mailed.minute()
    assert [state for state, *_rest in mailed.mails()] == [MailState.UNSURE]
    assert len(subjects(mailed)) == 1
    # The next thing brings the next e-mail.
    mailed.happens(mailed.member())
    mailed.minute()
    assert len(subjects(mailed)) == 2


def test_what_is_long_over_is_forgotten_and_what_stands_is_not(mailed):
    sam = mailed.member()
    mailed.happens(sam)
    mailed.minute()
    mailed.answered(sam)
    mailed.happens(mailed.member())
    mailed.minute()
    with transaction(mailed.engine) as session:
        assert forget_notifications.run(session=session, now=mailed.now + 27 * DAYS)[0] == "0"
    with transaction(mailed.engine) as session:
        later = mailed.now + 28 * DAYS + MINUTE
        assert forget_notifications.run(session=session, now=later)[0] == "2"
    assert len(mailed.told()) == 1
    assert len(mailed.mails()) == 1

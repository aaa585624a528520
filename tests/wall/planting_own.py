"""Canaries in what people keep and ask for themselves: self-checks, requests for support with what
is shared, questions without a name, and requests about one's own data."""

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from sqlmodel import select

from app.accounts.models import Account
from app.checks import drafts as begun_checks
from app.checks import queries as checks
from app.checks import service as kept_checks
from app.checks.answers import Answers, Kept
from app.checks.models import CheckDraft
from app.checks.questions import QUESTIONS, Change
from app.checks.wording import said
from app.people.models import Posting, UnitAncestor
from app.people.queries import is_current
from app.referrals import wishes
from app.referrals.cases import fence_of
from app.referrals.fences import of_person
from app.referrals.models import (
    SERVICES,
    Referral,
    ReferralShare,
    ReferralState,
    ServicePractitioner,
    ShareState,
    Support,
    Urgency,
)
from app.referrals.sealing import SHARED, seal_share
from app.referrals.wishes import AVOIDED, CONTACT, Contact, Means, Wish
from app.rights.models import Decision, Part, Right, RightsRequest, State
from app.rights.queries import REPLY, WORDS
from app.security.key_store import Purpose
from app.security.permissions import Role
from app.security.viewer import Viewer
from app.support import drafts as begun_requests
from app.support import questions
from app.support.contents import Content
from app.support.models import AnonymousMessage, AnonymousQuestion, SupportDraft
from tests.conftest import NOW
from tests.wall.world import TODAY, Canary, Sealed, World, word

NOBODY_KNOWS = 0
"""Whose a question without a name is."""
OF_EACH_SERVICE = 3
"""So many questions are asked of each."""


def viewer(person_id: int, account_id: int = 0) -> Viewer:
    """Somebody who keeps something."""
    return Viewer(account_id, person_id, "", ())


def kept(world: World) -> Iterator[Canary]:
    """A self-check of everybody's: for the person alone."""
    column = "self_check.sealed"
    for person_id in world.people:
        token = word(column, person_id)
        answers = Answers(after=token, chosen="")
        what = Kept(
            kept_at=NOW, answers=answers, sections=tuple(said(answers, None)), note=f"Note {token}"
        )
        row = kept_checks.store(world.session, person_id=person_id, keys=world.keys, kept=what)
        how = Sealed(row.id, person_id, checks.field_of(row.public_id), Purpose.ANSWERS)
        yield Canary(token, column, person_id, world.own(person_id), how)


def begun(world: World) -> Iterator[Canary]:
    """A self-check under way of everybody's: for the person alone."""
    column, session = "check_draft.sealed", world.session
    changes = {one.code: Change.SAME for one in QUESTIONS}
    for person_id in world.people:
        token = word(column, person_id)
        begun_checks.keep(
            session,
            viewer=viewer(person_id),
            keys=world.keys,
            # Everything is answered, so that all of it is there to be read over.
            answers=Answers(after=token, changes=changes, chosen=""),
            now=NOW,
        )
        row = session.exec(select(CheckDraft).where(CheckDraft.person_id == person_id)).one()
        how = Sealed(row.id, person_id, begun_checks.FIELD, Purpose.ANSWERS)
        yield Canary(token, column, person_id, world.own(person_id), how)


def half_asked(world: World) -> Iterator[Canary]:
    """A request for support that everybody who signs in has begun: for its author alone."""
    column = "support_draft.sealed"
    for person_id, accounts in world.accounts.items():
        for account_id in accounts:
            me, token = viewer(person_id, account_id), word(column, account_id)
            typed = {
                "whom": {"whom": [Support.PEER_SUPPORT.value]},
                "urgency": {"urgency": [Urgency.TODAY.value]},
                "contact": {"means": [Means.PHONE.value], Means.PHONE.value: [token]},
                "people": {"outside": []},
            }
            begun_requests.keep(world.session, keys=world.keys, viewer=me, answers=typed, now=NOW)
            row = world.session.get_one(SupportDraft, account_id)
            how = Sealed(row.account_id, person_id, begun_requests._field(me), Purpose.RECORD)
            yield Canary(token, column, person_id, frozenset({account_id}), how)


# --- Requests for support -------------------------------------------------------------------------


class Works(NamedTuple):
    """Who works for a service, and for which part of the force."""

    account_id: int
    person_id: int | None
    unit_id: int | None


class Services:
    """Who may meet a referral, said again without the queries that say it for the site."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.of: dict[Support, list[Works]] = defaultdict(list)
        found = world.session.exec(
            select(ServicePractitioner, Account)
            .join(Account, Account.id == ServicePractitioner.account_id)
            .where(ServicePractitioner.active, Account.active)
            .order_by(ServicePractitioner.id)
        )
        for row, account in found:
            self.of[row.service].append(Works(account.id, account.person_id, row.unit_id))

    def near(self, person_id: int, service: Support) -> list[Works]:
        """Those whose part of the force somebody is in."""
        above = set(
            self.world.session.exec(
                select(UnitAncestor.ancestor_id)
                .join(Posting, Posting.unit_id == UnitAncestor.unit_id)
                .where(Posting.person_id == person_id, is_current(TODAY))
            )
        )
        return [one for one in self.of[service] if one.unit_id is None or one.unit_id in above]

    def readers(self, row: Referral) -> frozenset[int]:
        """Whoever has it; where nobody does, whoever may take it on."""
        session, keys = self.world.session, self.world.keys
        fence = fence_of(session, row=row, day=TODAY, keys=keys)

        def free(works: list[Works]) -> frozenset[int]:
            return frozenset(
                one.account_id
                for one in works
                if one.person_id != row.person_id
                and not fence.keeps_out(account_id=one.account_id, person_id=one.person_id)
            )

        holder = free(self.of[row.service]) & {row.practitioner_account_id}
        return holder or free(self.near(row.person_id, row.service))


def requests(world: World) -> Iterator[Canary]:
    """A request of everybody's own, with what they wish and what they share.

    How to reach them is for whoever has it or may take it on; what they share is for the one who
    has it; whom they avoid is compared, and for nobody to read.
    """
    services = Services(world)
    for number, person_id in enumerate(world.people):
        row = _request(world, services, number, person_id)
        token, own = word(CONTACT, person_id), world.own(person_id)
        readers = own | services.readers(row)
        how = Sealed(row.id, person_id, f"{CONTACT}.{row.public_id}", Purpose.RECORD)
        yield Canary(token, CONTACT, person_id, readers, how)
        if number % 2:
            token = word(AVOIDED, person_id)
            how = Sealed(row.id, person_id, f"{AVOIDED}.{row.public_id}", Purpose.RECORD)
            yield Canary(token, AVOIDED, person_id, frozenset(), how)
        if row.practitioner_account_id:
            yield _share(world, row, own, preview=number % 7 == 0)
    for row in world.session.exec(select(Referral)).all():
        # Whoever reaches somebody knows their name.
        world.named[row.person_id] |= services.readers(row)


def _request(world: World, services: Services, number: int, person_id: int) -> Referral:
    """Three of four somebody has; every other one keeps a colleague of the service out, and the
    rest avoid an account that there is not, whose number is a canary."""
    session, service = world.session, SERVICES[number % len(SERVICES)]
    fence = of_person(session, person_id=person_id, day=TODAY)
    able = [
        one
        for one in services.of[service]
        if one.person_id != person_id
        and not fence.keeps_out(account_id=one.account_id, person_id=one.person_id)
    ]
    holder = able[number % len(able)] if able and number % 4 else None
    others = [one.account_id for one in services.of[service] if one != holder]
    row = Referral(
        person_id=person_id,
        service=service,
        state=ReferralState.ACCEPTED if holder else ReferralState.SENT,
        agreed_at=NOW,
        sent_at=NOW,
        supervisor_sees=False,
        practitioner_account_id=holder.account_id if holder else None,
        accepted_at=NOW if holder else None,
    )
    session.add(row)
    session.flush()
    avoided = {word(AVOIDED, person_id)} if number % 2 else set(others[:1])
    contact = Contact(Means.PHONE, word(CONTACT, person_id))
    wish = Wish(Urgency.TODAY, contact, outside_line=number % 5 == 0, avoided=frozenset(avoided))
    wishes.keep(session, world.keys, row, wish=wish)
    return row


def _share(world: World, row: Referral, own: frozenset[int], *, preview: bool) -> Canary:
    column, session = SHARED, world.session
    token = word(column, row.person_id)
    share = ReferralShare(
        referral_id=row.id,
        recipient_account_id=row.practitioner_account_id,
        state=ShareState.PREVIEW if preview else ShareState.SHARED,
        prepared_at=NOW,
        shared_at=None if preview else NOW,
    )
    told = Content(note=token).model_dump(mode="json")
    share.sealed = seal_share(world.keys, row, share=share.public_id, content=told)
    session.add(share)
    session.flush()
    field, purpose = f"{SHARED}.{share.public_id}", Purpose.ANSWERS
    how = Sealed(share.id, row.person_id, field, purpose, share=share.public_id)
    # A preview is for its author; and somebody who may not have the request reads nothing of it.
    readers = (
        own if preview else own | (Services(world).readers(row) & {row.practitioner_account_id})
    )
    return Canary(token, column, row.person_id, readers, how)


def without_a_name(world: World) -> Iterator[Canary]:
    """Questions to every service: for whoever works for it, and nobody else."""
    column, session, services = "anonymous_message.sealed", world.session, Services(world)
    for number in range(OF_EACH_SERVICE * len(SERVICES)):
        service, token = SERVICES[number % len(SERVICES)], word(column, number)
        asked = AnonymousQuestion(service=service, receipt_hash=f"{number:064}", last_on=TODAY)
        session.add(asked)
        session.flush()
        message = AnonymousMessage(
            question_id=asked.id, from_service=False, written_on=TODAY, sealed=b""
        )
        message.sealed = questions.sealed(world.keys, message=message.public_id, text=token)
        session.add(message)
        session.flush()
        readers = frozenset(one.account_id for one in services.of[service])
        how = Sealed(message.id, NOBODY_KNOWS, questions._name(message.public_id), None)
        yield Canary(token, column, NOBODY_KNOWS, readers, how)


# --- Requests about one's own data ----------------------------------------------------------------


def data_requests(world: World) -> Iterator[Canary]:
    """What everybody wrote to the data protection officer, and was answered: for the two of them.

    The officer's own is for a colleague to answer, and not for themself as the officer.
    """
    session, officer = world.session, world.of_role[Role.DATA_PROTECTION_OFFICER]
    columns = {"rights_request.sealed_words": WORDS, "rights_request.sealed_reply": REPLY}
    sealed = [
        world.seal(name, [(one, word(column, one)) for one in world.people], Purpose.RECORD)
        for column, name in columns.items()
    ]
    for person_id, words, reply in zip(world.people, *sealed, strict=True):
        row = RightsRequest(
            person_id=person_id,
            kind=Right.COMPLAINT,
            part=Part.WHO_LOOKED,
            sealed_words=words,
            sealed_reply=reply,
            received_at=NOW,
            due_on=TODAY,
            state=State.DECIDED,
            acknowledged_at=NOW,
            decision=Decision.DONE,
            ended_at=NOW,
            decided_by_account_id=officer,
        )
        session.add(row)
        session.flush()
        world.named[person_id].add(officer)
        readers = world.own(person_id) | {officer}
        for column, name in columns.items():
            how = Sealed(row.id, person_id, name, Purpose.RECORD)
            yield Canary(word(column, person_id), column, person_id, readers, how)

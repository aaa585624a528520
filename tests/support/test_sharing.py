"""Sharing with whoever has one's request: what they see, and when they no longer do."""

from datetime import timedelta

import pytest
from sqlmodel import select

from app.audit import queries as audit
from app.referrals import service as referrals
from app.referrals import staffing
from app.referrals.models import (
    Outcome,
    ReferralShare,
    ServicePractitioner,
    ShareEnd,
    ShareState,
)
from app.referrals.service import ConflictError, Ending
from app.security import sealing
from app.security.encryption import SealedError
from app.security.key_store import Purpose
from app.support import queries, sharing
from app.support.contents import Content
from tests.conftest import NOW

NOTE = Content(note="Evenings are hard")


@pytest.fixture
def held(asking):
    """Sam's request, which Ada has; Bo works for the service too."""
    asking.ada, asking.bo = asking.peer("Ada Moss"), asking.peer("Bo Lee")
    asking.row = asking.taken(asking.ada, asking.ask())
    return asking


def prepare(held):
    return sharing.prepare(
        held.session, keys=held.keys, viewer=held.sam, row=held.row, content=NOTE, now=NOW
    )


def confirm(held, share):
    return sharing.confirm(
        held.session, keys=held.keys, viewer=held.sam, public_id=share.public_id, now=NOW
    )


def read_by(held, viewer, share):
    """What somebody sees of it; ``None``: nothing."""
    found = queries.shared_with(
        viewer, held.session, keys=held.keys, now=NOW, public_id=share.public_id
    )
    return sharing.content_of(keys=held.keys, share=share, row=held.row) if found else None


def test_a_preview_is_for_its_author_alone_until_they_confirm(held):
    share = prepare(held)
    assert read_by(held, held.ada, share) is None
    confirm(held, share)
    assert read_by(held, held.ada, share) == NOTE
    assert read_by(held, held.bo, share) is None
    assert read_by(held, held.lead, share) is None
    assert b"Evenings" not in share.sealed
    assert confirm(held, share).id == held.row.id


def test_nothing_can_be_shared_before_somebody_has_it(asking):
    asking.peer("Ada Moss")
    asking.row = asking.ask()
    with pytest.raises(ConflictError):
        prepare(asking)


def test_only_the_person_can_confirm_or_withdraw(held):
    share = prepare(held)
    asked = {"keys": held.keys, "public_id": share.public_id, "now": NOW}
    for act in (sharing.confirm, sharing.withdraw):
        with pytest.raises(ConflictError):
            act(held.session, viewer=held.ada, **asked)


def destroyed(held, share) -> bool:
    """Whether its key is gone, so that no copy opens."""
    owner = f"share:{share.public_id}"
    return held.keys.find([owner], Purpose.ANSWERS) == {}


def withdraw(held, share):
    sharing.withdraw(
        held.session, keys=held.keys, viewer=held.sam, public_id=share.public_id, now=NOW
    )


def take_back_the_request(held, _share):
    referrals.withdraw(
        held.session, viewer=held.sam, public_id=held.row.public_id, now=NOW, keys=held.keys
    )


def hand_over(held, _share):
    referrals.hand_over(
        held.session,
        viewer=held.ada,
        public_id=held.row.public_id,
        revision=held.row.revision,
        to_account_id=held.bo.account_id,
        now=NOW,
        keys=held.keys,
    )


def close(held, _share):
    referrals.close(
        held.session,
        viewer=held.ada,
        public_id=held.row.public_id,
        revision=held.row.revision,
        ending=Ending(Outcome.DECLINED),
        now=NOW,
        keys=held.keys,
    )


def leave_the_service(held, _share):
    seat = held.session.exec(
        select(ServicePractitioner).where(ServicePractitioner.account_id == held.ada.account_id)
    ).one()
    staffing.remove_practitioner(
        held.session, viewer=held.lead, public_id=seat.public_id, now=NOW, keys=held.keys
    )


@pytest.mark.parametrize(
    ("end", "why"),
    [
        (withdraw, ShareEnd.WITHDRAWN),
        (take_back_the_request, ShareEnd.CLOSED),
        (hand_over, ShareEnd.HANDED_OVER),
        (close, ShareEnd.CLOSED),
        (leave_the_service, ShareEnd.HANDED_OVER),
    ],
)
def test_it_ends_for_good(held, end, why):
    share = prepare(held)
    confirm(held, share)
    assert not destroyed(held, share)
    copy = share.sealed
    end(held, share)
    assert (share.state, share.ended_why, share.sealed) == (ShareState.ENDED, why, None)
    assert read_by(held, held.ada, share) is None
    assert read_by(held, held.bo, share) is None
    assert destroyed(held, share)
    # A copy from a backup opens no more.
    share.sealed, share.state, share.ended_why = copy, ShareState.SHARED, None
    with pytest.raises(SealedError):
        sharing.content_of(keys=held.keys, share=share, row=held.row)
    held.session.rollback()


def test_whoever_comes_to_lead_the_person_reads_it_no_more(held):
    share = prepare(held)
    confirm(held, share)
    held.force.lead(held.ada.person_id, held.team)
    assert read_by(held, held.ada, share) is None


def test_a_new_share_takes_the_place_of_the_old_one(held):
    first = prepare(held)
    confirm(held, first)
    second = prepare(held)
    assert read_by(held, held.ada, first) == NOTE
    confirm(held, second)
    assert first.state is ShareState.ENDED
    assert read_by(held, held.ada, second) == NOTE


def test_a_preview_does_not_outlive_the_one_it_was_for(held):
    share = prepare(held)
    hand_over(held, share)
    with pytest.raises(ConflictError):
        confirm(held, share)


def test_previews_are_forgotten_after_a_day_and_shares_are_not(held):
    kept = prepare(held)
    confirm(held, kept)
    prepare(held)
    later = NOW + timedelta(days=1, minutes=1)
    assert sharing.forget_previews(held.session, now=NOW) == 0
    assert sharing.forget_previews(held.session, now=later) == 1
    assert [row.id for row in held.session.exec(select(ReferralShare))] == [kept.id]


def test_erasing_their_answers_erases_what_they_shared(held):
    share = prepare(held)
    confirm(held, share)
    sealing.destroy(held.session, held.keys, owner=held.person, purpose=Purpose.ANSWERS, now=NOW)
    with pytest.raises(SealedError):
        sharing.content_of(keys=held.keys, share=share, row=held.row)


def test_each_opening_is_written_down_without_saying_what_was_in_it(held):
    from app.audit import service as log  # noqa: PLC0415

    share = prepare(held)
    confirm(held, share)
    entry = sharing.opened(held.ada, share, held.row, NOW)
    log.append(held.session, [entry])
    assert set(entry.details) == {"share", "service"}
    found = audit.openings_of(held.session, share=share.public_id)
    assert found == [(NOW, held.ada.account_id)]
    looks = audit.who_looked(held.sam, held.session, unit_ids=[])
    assert ("share:opened", held.ada.account_id) in [(one.event, one.account_id) for one in looks]

"""What somebody kept and asked for themself: self-checks, wishes, shares, what is half written."""

from collections.abc import Iterable, Iterator

from sqlmodel import col

from app.accounts.models import Account
from app.checks import drafts as begun_checks
from app.checks import queries as checks
from app.checks.answers import Section
from app.checks.wording import readable, said
from app.database import columns
from app.instruments import library
from app.referrals import wishes
from app.referrals.models import Referral, ReferralShare, ReferralWish
from app.referrals.wording import LIMITS, MEANS, SUPPORT, TIMES, URGENCY
from app.rights.sections import Collector, Row, Subject
from app.security.encryption import SealedError
from app.support import drafts as begun_requests
from app.support.contents import Content
from app.support.sharing import content_of
from app.support.wording import ENDED

ERASED = "It has been erased."


def _checks(subject: Subject) -> Iterator[Row]:
    for one in checks.kept_of(subject.viewer, subject.session, subject.keys):
        yield one.kept.kept_at, _lines(readable(one)), one.kept.note or None


def _lines(sections: Iterable[Section]) -> tuple[str, ...]:
    return tuple(f"{asked} {answer}" for one in sections for asked, answer in one.rows)


def _begun_check(subject: Subject) -> Iterator[Row]:
    found = begun_checks.find(subject.viewer, subject.session, subject.keys, now=subject.now)
    if found is not None:
        yield (_lines(said(found, library.load().get(found.chosen or ""))),)


def _wishes(subject: Subject) -> Iterator[Row]:
    found = subject.session.exec(
        columns(ReferralWish, Referral)
        .join(Referral, col(Referral.id) == col(ReferralWish.referral_id))
        .where(subject.theirs(Referral.person_id), subject.counts(Referral.agreed_at))
        .order_by(col(Referral.agreed_at).desc(), col(Referral.id).desc())
    ).all()
    for wish, row in found:
        contact = wishes.contact_of(subject.session, subject.keys, row)
        avoided = wishes.avoided_by(subject.keys, row, wish)
        yield (
            SUPPORT[row.service],
            row.agreed_at,
            URGENCY[wish.urgency],
            wish.outside_line,
            f"{MEANS[contact.means]}: {contact.where}" if contact else None,
            tuple(TIMES[one] for one in contact.times) if contact else (),
            tuple(LIMITS[one] for one in contact.limits) if contact else (),
            (ERASED,) if avoided is None else _named(subject, avoided),
        )


def _named(subject: Subject, accounts: Iterable[int]) -> tuple[str, ...]:
    wanted = sorted(accounts)
    name = subject.names(wanted)
    return tuple(name(number) or "" for number in wanted)


def _shares(subject: Subject) -> Iterator[Row]:
    found = subject.session.exec(
        columns(ReferralShare, Referral, Account.display_name)
        .join(Referral, col(Referral.id) == col(ReferralShare.referral_id))
        .join(Account, col(Account.id) == col(ReferralShare.recipient_account_id))
        .where(subject.theirs(Referral.person_id), subject.counts(Referral.agreed_at))
        .order_by(col(ReferralShare.prepared_at).desc(), col(ReferralShare.id).desc())
    ).all()
    for share, row, recipient in found:
        yield (
            SUPPORT[row.service],
            recipient,
            share.shared_at,
            _shared(subject, share, row),
            share.ended_at,
            ENDED[share.ended_why] if share.ended_why else None,
        )


def _shared(subject: Subject, share: ReferralShare, row: Referral) -> tuple[str, ...]:
    try:
        content = content_of(keys=subject.keys, share=share, row=row)
    except SealedError:
        return (ERASED,)
    return _told(content) if content else ()


def _told(content: Content) -> tuple[str, ...]:
    counts = [
        f"{name}: {counted[-1]} in all"
        for name, counted in (content.counts.rows if content.counts else ())
    ]
    answers = [
        f"{asked} {answer}"
        for section in (content.check.sections if content.check else ())
        for asked, answer in section.rows
    ]
    return (*counts, *answers, *([content.note] if content.note else []))


def _begun_request(subject: Subject) -> Iterator[Row]:
    found = begun_requests.find(subject.viewer, subject.session, keys=subject.keys, now=subject.now)
    if found:
        typed = (value for form in found.values() for values in form.values() for value in values)
        yield (tuple(filter(None, typed)),)


COLLECTORS = (
    Collector(
        "self_checks",
        "Self-checks you kept",
        "So that you can see how you are over time. They are sealed with a key for your answers "
        "alone, and nobody else can open them.",
        (("kept_at", "Kept"), ("answers", "What you answered"), ("note", "Your own note")),
        ("self_check",),
        _checks,
    ),
    Collector(
        "self_check_begun",
        "A self-check you have not finished, or not said that you want kept",
        "So that you can go on where you stopped. It goes by itself within 7 days.",
        (("answers", "What you answered"),),
        ("check_draft",),
        _begun_check,
    ),
    Collector(
        "wishes",
        "What you asked for when you asked for support yourself",
        "So that whoever has your request can reach you as you wish, and nobody else is given it. "
        "How to reach you is sealed, and removed when the request is closed.",
        (
            ("service", "Service"),
            ("asked_at", "You asked"),
            ("urgency", "How soon"),
            ("outside_line", "Somebody outside your line"),
            ("contact", "How to reach you"),
            ("times", "When"),
            ("limits", "What they must not do"),
            ("avoided", "Not to be given to"),
        ),
        ("referral_wish",),
        _wishes,
    ),
    Collector(
        "shares",
        "What you shared",
        "So that somebody you chose can read it, for as long as you let them.",
        (
            ("service", "Service"),
            ("with", "With"),
            ("shared_at", "Shared"),
            ("content", "What they can read"),
            ("ended_at", "Ended"),
            ("ended_why", "Why it ended"),
        ),
        ("referral_share",),
        _shares,
    ),
    Collector(
        "request_begun",
        "A request for support you have not sent",
        "So that you can go on where you stopped. It goes by itself within a day.",
        (("typed", "What you typed"),),
        ("support_draft",),
        _begun_request,
    ),
)

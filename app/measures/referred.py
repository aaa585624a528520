"""Referrals, and whether the service made contact in time. For the engine."""

from datetime import date
from typing import NamedTuple

from sqlmodel import col

from app.common.clock import local_date
from app.database import columns
from app.measures.asked import Asked, Found
from app.measures.catalogue import ANY, kind_code
from app.people.models import Person
from app.people.queries import counts_since
from app.referrals.models import SERVICES, Outcome, Referral, Support
from app.referrals.queries import limits
from app.referrals.rules import INSTANT, after

LONGEST_DAYS = 120
"""No service has longer than this to make contact, weekends included."""


class _Referred(NamedTuple):
    person_id: int
    service: Support
    in_period: bool
    due: bool
    """Contact fell due in the period."""
    in_time: bool


def referrals(asked: Asked) -> Found:
    """Who was referred to each service, by themselves too, and who was contacted in time each time
    that contact fell due. Whoever took a request back before that is in no base."""
    found = _referrals(asked)
    flags = asked.staff.flags
    for kind, services in {ANY: SERVICES, **{one.value: (one,) for one in SERVICES}}.items():
        theirs = [one for one in found if one.service in services]
        yield (
            kind_code("referred", kind),
            (asked.everybody, flags(one.person_id for one in theirs if one.in_period)),
        )
        due = {one.person_id for one in theirs if one.due}
        late = {one.person_id for one in theirs if one.due and not one.in_time}
        yield kind_code("contacted", kind), (flags(due), flags(due - late))


def _referrals(asked: Asked) -> list[_Referred]:
    held = limits(asked.session)
    earliest = date.fromordinal(asked.staff.first.toordinal() - LONGEST_DAYS)
    statement = (
        columns(
            Referral.person_id,
            Referral.service,
            Referral.sent_at,
            Referral.contacted_on,
            Referral.closed_at,
            Referral.outcome,
        )
        .join(Person, col(Person.id) == col(Referral.person_id))
        .where(
            col(Referral.sent_at) >= asked.since - (asked.staff.first - earliest),
            col(Referral.sent_at) < asked.at,
            counts_since(col(Referral.agreed_at)),
        )
    )
    found = []
    for person_id, service, sent_at, contacted_on, closed_at, outcome in asked.session.exec(
        statement
    ):
        rule = held[Support(service)]
        due_at = after(sent_at, rule.contact_hours, works_weekends=rule.works_weekends)
        taken_back = outcome == Outcome.WITHDRAWN and contacted_on is None and closed_at < due_at
        found.append(
            _Referred(
                person_id,
                Support(service),
                sent_at >= asked.since,
                asked.since <= due_at < asked.at and not taken_back,
                contacted_on is not None and contacted_on <= local_date(due_at - INSTANT),
            )
        )
    return found

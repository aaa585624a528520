"""For wellbeing leads: how many requests each service can expect, and whether it has the room."""

from typing import NamedTuple

from flask import Blueprint
from flask.typing import ResponseReturnValue

from app.common.clock import local_date, utc_now
from app.database import request_session
from app.measures import demand
from app.measures.demand import Demand, Load
from app.referrals import demand as asked
from app.referrals.demand import Work
from app.referrals.models import Support
from app.referrals.wording import SUPPORT
from app.security.access import current_viewer, requires
from app.security.permissions import Permission
from app.web import replies

blueprint = Blueprint("demand", __name__)
SERVICES = (Support.PEER_SUPPORT, Support.TRIM, Support.OCCUPATIONAL_HEALTH)
WEEKS_A_MONTH = 365.25 / 12 / 7


class Expected(NamedTuple):
    """One service: what comes, if there is enough to say it from, and how full it would be."""

    work: Work
    demand: Demand | None
    load: Load | None
    weeks_open: int


@blueprint.get("/force/demand")
@requires(Permission.REFERRALS_SCOPE_OVERSEE)
def expected() -> ResponseReturnValue:
    """The next three months of each service, in the viewer's part of the force."""
    found = asked.work(
        current_viewer(),
        request_session(),
        services=SERVICES,
        months=demand.MOST_MONTHS,
        day=local_date(utc_now()),
    )
    return replies.page(
        "force/demand.html",
        services=[_expected(work) for work in found],
        names=SUPPORT,
        told=demand,
        fewest_closed=asked.FEWEST_CLOSED,
    )


def _expected(work: Work) -> Expected:
    found = demand.forecast(work.counts, last=work.last)
    load = None
    if found and work.months_open is not None:
        load = demand.load(found, months_open=work.months_open, places=work.places)
    return Expected(work, found, load, round((work.months_open or 0) * WEEKS_A_MONTH))

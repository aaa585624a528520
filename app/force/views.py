"""Counts for named wellbeing roles over their own part of the force."""

from datetime import timedelta

from flask.typing import ResponseReturnValue

from app.common.clock import local_date, utc_now
from app.database import request_session
from app.debriefs import statistics, wording
from app.debriefs.models import SupportStatus
from app.force import filter_views, lens_views, purpose_views
from app.force.pages import blueprint
from app.referrals.models import Support
from app.referrals.wording import SUPPORT
from app.security.access import current_viewer, requires
from app.security.permissions import Permission
from app.web import replies

__all__ = ["blueprint", "filter_views", "lens_views", "purpose_views"]

PERIOD = timedelta(days=365)
ALWAYS_SHOWN = (
    Support.LINE_MANAGER,
    Support.PEER_SUPPORT,
    Support.TRIM,
    Support.OCCUPATIONAL_HEALTH,
    Support.NONE,
)
"""Shown even at nothing: that no one reached occupational health is worth seeing."""


@blueprint.get("/support")
@requires(Permission.SUPPORT_SCOPE_READ)
def support() -> ResponseReturnValue:
    """Conversations and support in the last year, with every base said."""
    viewer, last = current_viewer(), local_date(utc_now())
    first = last - PERIOD
    counts = statistics.support_counts(
        request_session(), unit_ids=viewer.wide_units(), first=first, last=last
    )
    return replies.page(
        "force/support.html",
        counts=counts,
        first=first,
        last=last,
        words=wording,
        names=SUPPORT,
        supports=list(Support),
        main_supports=[
            support for support in Support if counts.primary[support] or support in ALWAYS_SHOWN
        ],
        statuses=list(SupportStatus),
    )

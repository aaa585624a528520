"""The service navigation, as data, and the values every page's frame needs."""

from typing import NamedTuple

from flask import Flask, current_app, request
from flask_login import current_user

from app.security.permissions import Permission
from app.security.viewer import Viewer
from app.web.addresses import address


class Item(NamedTuple):
    """One entry: everyone signed in sees it, unless it asks for a permission."""

    endpoint: str
    label: str
    permission: Permission | None = None


class Link(NamedTuple):
    """An entry on the page. ``here``: this very page; ``within``: a page below it."""

    label: str
    address: str
    here: bool
    within: bool


ITEMS = (
    Item("teams.home", "Home"),
    Item("today.today", "Today", Permission.DEBRIEF_TEAM_RECORD),
    Item("teams.my_teams", "Teams", Permission.TEAM_CURRENT_READ),
    Item("self_referral.my_record", "My record", Permission.RECORD_OWN_READ),
    Item("support.ask", "Ask for support", Permission.SUPPORT_OWN_ASK),
    Item("major.majors", "Major incidents", Permission.MAJOR_SCOPE_MANAGE),
    Item("referrals.inbox", "Referrals", Permission.REFERRALS_SERVICE_WORK),
    Item("referrals.overview", "Services", Permission.REFERRALS_SCOPE_OVERSEE),
    Item("force.support", "Support", Permission.SUPPORT_SCOPE_READ),
    Item("feeds.desk", "Feeds", Permission.FEEDS_ALL_READ),
    Item("data_requests.inbox", "Data requests", Permission.RIGHTS_ALL_ANSWER),
    Item("retention.overview", "Retention", Permission.RETENTION_ALL_MANAGE),
    Item("releases.overview", "Releases", Permission.RELEASES_ALL_APPROVE),
    Item("accounts.people_who_sign_in", "Accounts", Permission.ACCOUNTS_ALL_READ),
    Item("framework.active", "Framework", Permission.FRAMEWORK_ALL_READ),
    Item("publishing.guidance", "Guidance", Permission.GUIDANCE_ALL_READ),
)


def viewer_or_none() -> Viewer | None:
    """The signed-in viewer, on pages that are also open to people who have not signed in."""
    return current_user.viewer if current_user.is_authenticated else None


def links(section: str = "") -> list[Link]:
    """The entries this viewer sees. ``section``: the endpoint of the entry a page lies below."""
    viewer = viewer_or_none()
    if viewer is None:
        return []
    return [
        Link(
            label=item.label,
            address=address(item.endpoint),
            here=item.endpoint == request.endpoint,
            within=item.endpoint == section,
        )
        for item in ITEMS
        if item.permission is None or viewer.may(item.permission)
    ]


def _frame() -> dict[str, object]:
    return {"viewer": viewer_or_none(), "nav": links, "settings": current_app.config["SETTINGS"]}


def init_app(app: Flask) -> None:
    """Give every template ``viewer``, ``nav(section)`` and ``settings``."""
    app.context_processor(_frame)

"""Trauma Tracker: what the site is made of."""

from flask import Flask

from app import commands, database
from app.accounts import views as accounts
from app.checks import views as checks
from app.config import Settings, read_settings
from app.disclosure import store as release_store
from app.disclosure import views as releases
from app.extensions import csrf, htmx, login_manager
from app.feeds import api as feeds_api
from app.feeds import record_views as fed_records
from app.feeds import views as feeds
from app.force import views as force
from app.framework import views as framework
from app.major import views as major
from app.notifications import views as notifications
from app.packs import views as packs
from app.publishing import views as publishing
from app.referrals import views as referrals
from app.retention import views as retention
from app.rights import inbox_views as data_requests
from app.rights import notice_views as notice
from app.rights import views as rights
from app.security import access, headers, sessions
from app.self_referral import views as self_referral
from app.support import views as support
from app.teams import away_views as away
from app.teams import today_views as today
from app.teams import views as teams
from app.web import addresses, assets, errors, filters, navigation, sealing


def create_app(settings: Settings | None = None) -> Flask:
    """Assemble the site."""
    settings = settings or read_settings()
    app = Flask(__name__)
    app.config.from_mapping(settings.for_flask())

    # Replies are finished in the reverse order of this list: commit first, headers last.
    headers.init_app(app)
    database.init_app(app)
    release_store.init_app(app)
    sessions.init_app(app)
    sealing.init_app(app)

    login_manager.init_app(app)
    access.init_app(app)
    csrf.init_app(app)
    htmx.init_app(app)

    addresses.init_app(app)
    assets.init_app(app)
    filters.init_app(app)
    navigation.init_app(app)
    errors.init_app(app)

    app.config["DEMO_ACCOUNTS"] = demo_accounts(settings)
    areas = (accounts, teams, packs, self_referral, feeds, force, framework, major, publishing)
    for area in (*areas, notifications, releases, retention):
        app.register_blueprint(area.blueprint)
    app.register_blueprint(checks.blueprint)
    app.register_blueprint(today.blueprint)
    app.register_blueprint(away.blueprint)
    app.register_blueprint(referrals.blueprint)
    app.register_blueprint(support.blueprint)
    for area in (rights, data_requests, notice):
        app.register_blueprint(area.blueprint)
    app.register_blueprint(feeds_api.blueprint)
    app.register_blueprint(fed_records.blueprint)
    commands.init_app(app)
    return app


def demo_accounts(settings: Settings) -> tuple[object, ...]:
    """The accounts listed on the sign-in page: none, unless this is a demo."""
    if settings.demo == "off":
        return ()
    # Imported only when wanted: a real force's site never loads the demo.
    from app.demo.accounts import DEMO_ACCOUNTS  # noqa: PLC0415

    return tuple(DEMO_ACCOUNTS)

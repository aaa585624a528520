"""Signing in and out, the tour of who sees what, and who may sign in."""

from flask import Blueprint, Response, current_app, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_user, logout_user

from app.accounts import queries, service
from app.accounts.forms import SignInForm
from app.accounts.models import Account
from app.accounts.tour import PROMISES, TOUR
from app.audit import service as audit
from app.audit.events import Entry, Event
from app.common.clock import local_date, utc_now
from app.database import keep_changes, reading, request_engine, request_session
from app.extensions import csrf, login_manager
from app.security.access import current_viewer, local_path, open_to_everyone, requires
from app.security.permissions import ROLE_NAMES, Permission
from app.security.sessions import end, renew
from app.security.viewer import SignedIn
from app.web import replies

blueprint = Blueprint("accounts", __name__)
REFUSALS = {
    service.Refusal.WRONG: "The user name or password is not right. Check both and try again.",
    service.Refusal.WAIT: "Too many wrong tries for this name. Wait a little and try again.",
}


@login_manager.user_loader  # type: ignore[untyped-decorator]
def load_signed_in(account_id: str) -> SignedIn | None:
    """Who the session belongs to, with the roles they hold at this moment."""
    viewer = queries.viewer_for(
        request_session(), account_id=int(account_id), day=local_date(utc_now())
    )
    return SignedIn(viewer) if viewer else None


@blueprint.get("/sign-in")
@open_to_everyone(reason="It is where people sign in.")
def sign_in() -> ResponseReturnValue:
    """The sign-in page; in demo mode it lists the demo accounts."""
    if current_user.is_authenticated:
        return redirect(url_for("teams.home"))
    return _sign_in_page(SignInForm())


def _sign_in_page(form: SignInForm, status: int = 200) -> ResponseReturnValue:
    return replies.page(
        "accounts/sign_in.html",
        status=status,
        form=form,
        next=local_path(request.args.get("next")),
        demo_accounts=current_app.config.get("DEMO_ACCOUNTS", ()),
        role_names=ROLE_NAMES,
    )


@blueprint.post("/sign-in")
@open_to_everyone(reason="It is where people sign in.")
def check_sign_in() -> ResponseReturnValue:
    """Check the name and password, and start a fresh session."""
    form = SignInForm()
    if not form.validate_on_submit():
        return _sign_in_page(form, 422)
    username, now = form.username.data.strip(), utc_now()
    with reading(request_engine()) as looking:
        matched = service.compare(looking, username=username, password=form.password.data, now=now)
    found = service.authenticate(request_session(), username=username, matched=matched, now=now)
    if not isinstance(found, Account):
        keep_changes()
        form.username.errors = [REFUSALS[found]]
        return _sign_in_page(form, 422)
    return _start(found)


def _start(account: Account) -> ResponseReturnValue:
    viewer = queries.viewer_for(
        request_session(), account_id=account.id or 0, day=local_date(utc_now())
    )
    if viewer is None:
        return redirect(url_for("accounts.sign_in"))
    session.clear()
    login_user(SignedIn(viewer))
    renew(session)
    return redirect(local_path(request.args.get("next")) or url_for("teams.home"), 303)


@blueprint.post("/sign-out")
@requires(Permission.RECORD_OWN_READ)
def sign_out() -> ResponseReturnValue:
    """End the session on the server and clear what the browser kept."""
    return _end(url_for("accounts.sign_in"))


@blueprint.post("/exit")
@open_to_everyone(reason="Whoever has to leave at once is let go, signed in or not.")
def leave() -> ResponseReturnValue:
    """End the session, if there is one, and go to a page that says nothing of where one was."""
    return _end(url_for("accounts.left"))


# A page that was left open for hours must let somebody go as well, so no form token is asked for.
# Another site cannot use that: its forms come without the session's cookie.
csrf.exempt(leave)


def _end(go_to: str) -> Response:
    if current_user.is_authenticated:
        who = current_viewer().account_id
        entry = Entry(Event.ACCOUNT_SIGNED_OUT, utc_now(), actor_account_id=who)
        audit.append(request_session(), [entry])
    logout_user()
    end(session)
    reply = replies.saved(go_to)
    reply.headers["Clear-Site-Data"] = '"cache", "storage"'
    return reply


@blueprint.get("/left")
@open_to_everyone(reason="It is where somebody lands who left at once. It says nothing.")
def left() -> ResponseReturnValue:
    """A page that says nothing."""
    return replies.page("accounts/left.html")


@blueprint.get("/who-sees-what")
@open_to_everyone(reason="Anyone may know what each role can and cannot see.")
def tour() -> ResponseReturnValue:
    """The guided tour of who sees what."""
    return replies.page("accounts/tour.html", roles=TOUR, promises=PROMISES)


@blueprint.get("/accounts")
@requires(Permission.ACCOUNTS_ALL_READ)
def people_who_sign_in() -> ResponseReturnValue:
    """Who may sign in, in which role, over which part of the force."""
    viewer, now = current_viewer(), utc_now()
    found, page = queries.accounts(
        viewer, request_session(), day=local_date(now), asked=request.args.get("page")
    )
    audit.append_now(
        request_engine(), Entry(Event.ACCOUNTS_VIEWED, now, actor_account_id=viewer.account_id)
    )
    return replies.page("accounts/people_who_sign_in.html", accounts=found, page=page)

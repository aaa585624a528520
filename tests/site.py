"""A running site and the people who use it, as tests see them."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Response
from flask_login import login_user
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import event
from sqlmodel import Session, select

from app.accounts.models import Account
from app.config import Settings
from app.database import reading, transaction
from app.demo.accounts import DEMO_ACCOUNTS
from app.extensions import login_manager
from app.factory import create_app
from app.security.permissions import Role
from tests.page import Form, Fragment, Markup, Page

CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')


class Compiled(BytecodeCache):
    """Templates are compiled once for the run, not once for each site."""

    def __init__(self) -> None:
        self.held: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Jinja asks for what it compiled before; the key covers the source."""
        found = self.held.get(bucket.key + bucket.checksum)
        if found:
            bucket.bytecode_from_string(found)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Jinja hands over what it compiled."""
        self.held[bucket.key + bucket.checksum] = bucket.bytecode_to_string()


COMPILED = Compiled()


class Reply:
    """One reply; ``page`` is its HTML, already held to the rules of the house."""

    def __init__(self, response, address: str, *, htmx: bool) -> None:
        self.response = response
        self.status = response.status_code
        self.headers = response.headers
        packed = "Content-Encoding" in response.headers
        packed = packed or response.headers.get("Content-Disposition", "").startswith("attachment")
        self.text = "" if packed else response.get_data(as_text=True)
        self.location = response.headers.get("Location", "")
        response.close()
        self._markup: Markup | None = None
        if response.mimetype == "text/html" and self.text and not 300 <= self.status < 400:
            whole = self.text.lstrip()[:9].lower() == "<!doctype"
            kind = Page if whole or not htmx else Fragment
            self._markup = kind(self.text, address)
            self._markup.check()

    @property
    def page(self) -> Markup:
        """The HTML of the reply."""
        assert self._markup is not None, f"status {self.status}, no HTML"
        return self._markup


class Client:
    """A browser: keeps cookies, sends forms with what is in them, and checks what comes back."""

    def __init__(self, site: "Site") -> None:
        self.site = site
        self.http = site.app.test_client()
        self._csrf = ""

    def get(self, path: str, *, status: int | None = 200, htmx: bool = False, **more) -> Reply:
        """Fetch an address. ``status=None`` takes any answer."""
        return self._send("GET", path, status, htmx=htmx, **more)

    def post(
        self,
        path: str,
        data: dict | None = None,
        *,
        status: int | None = 303,
        htmx: bool = False,
        **more,
    ) -> Reply:
        """Send data with a valid token, whatever the page would have offered."""
        data = {"csrf_token": self.csrf_token(), **(data or {})}
        return self._send("POST", path, status, htmx=htmx, data=data, **more)

    def submit(
        self, form: Form, *, status: int | None = 303, htmx: bool = False, **values: object
    ) -> Reply:
        """Send a form found on a page, some of its fields filled in. Unknown fields are refused."""
        unknown = sorted(set(values) - set(form.values) - set(form.choices))
        assert not unknown, (
            f"the form has no field {unknown}; it has {sorted(form.values | form.choices)}"
        )
        data = {name: value for name, value in (form.values | values).items() if value is not None}
        return self._send(form.method, form.action, status, htmx=htmx, data=data)

    def follow(self, reply: Reply) -> Reply:
        """Go where a redirect leads."""
        assert reply.location, f"status {reply.status} leads nowhere"
        return self.get(reply.location)

    def csrf_token(self) -> str:
        """This session's token, as any page with a form carries it."""
        for path in ("/sign-in", "/", "/privacy-notice"):
            text = "" if self._csrf else self.http.get(path).get_data(as_text=True)
            found = CSRF.search(text)
            self._csrf = self._csrf or (found.group(1) if found else "")
        assert self._csrf, "no page carries a csrf_token"
        return self._csrf

    def _send(self, method: str, path: str, status: int | None, *, htmx: bool, **more) -> Reply:
        headers = {**({"HX-Request": "true"} if htmx else {}), **more.pop("headers", {})}
        response = self.http.open(path, method=method, headers=headers, **more)
        reply = Reply(response, path, htmx=htmx)
        if status is not None:
            told = "" if reply.status == status else f": {reply.location or reply.text[:600]}"
            assert reply.status == status, f"{method} {path} answered {reply.status}{told}"
        return reply


class Site:
    """The application on a database of its own."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.app = create_app(settings)
        self.app.testing = True
        self.app.jinja_env.bytecode_cache = COMPILED
        self.engine = self.app.extensions["engine"]
        self.keys = self.app.extensions["key_store"]

    def close(self) -> None:
        """Give back connections."""
        self.engine.dispose()
        self.keys.engine.dispose()
        self.app.extensions["releases"].dispose()

    def client(self) -> Client:
        """Somebody who has not signed in."""
        return Client(self)

    def account(self, role: Role) -> Account:
        """The first demo account of a role, as the sign-in page lists them."""
        return self.named(next(one.username for one in DEMO_ACCOUNTS if one.role is role))

    def named(self, username: str) -> Account:
        """An account by its user name."""
        with reading(self.engine) as session:
            return session.exec(select(Account).where(Account.username == username)).one()

    def sign_in_as(self, role: Role) -> Client:
        """Somebody signed in who holds a role."""
        return self.sign_in(self.account(role))

    def sign_in(self, account: Account) -> Client:
        """Start a session for an account without the cost of its password."""
        client = Client(self)
        interface = self.app.session_interface
        # The same address and browser as the test client's: Flask-Login ties a session to them.
        with self.app.test_request_context(environ_base=client.http.environ_base):
            from flask import session  # noqa: PLC0415

            user = login_manager._user_callback(str(account.id))
            assert user is not None, f"{account.username} may not sign in"
            login_user(user)
            stored = session._get_current_object()
            interface.save_session(self.app, stored, Response())
        client.http.set_cookie(interface.name, stored.token, secure=self.settings.secure_cookies)
        return client

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A transaction on the site's database, committed at the end."""
        with transaction(self.engine) as session:
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session on the site's database that only reads."""
        with reading(self.engine) as session:
            yield session

    @contextmanager
    def statements(self) -> Iterator[list[str]]:
        """Every SQL statement sent while this lasts."""
        sent: list[str] = []

        def note(_connection, _cursor, statement, *_rest) -> None:
            sent.append(statement)

        event.listen(self.engine, "before_cursor_execute", note)
        try:
            yield sent
        finally:
            event.remove(self.engine, "before_cursor_execute", note)

"""``flask feeds token``: the keys with which the force's systems send rows."""

import re
from datetime import datetime, timedelta

import click
from flask.cli import AppGroup
from rich.console import Console
from rich.table import Table
from sqlmodel import Session

from app.audit.events import Entry, Event
from app.audit.service import append
from app.common.clock import local, utc_now
from app.database import reading, request_engine, transaction
from app.feeds.models import FeedKind
from app.feeds.submission import SYSTEM
from app.security import tokens
from app.security.models import FeedToken
from app.security.tokens import TokenError

token_cli = AppGroup("token", help="Tokens with which the force's systems send rows.")

NAME = re.compile(r"[a-z][a-z0-9-]{1,59}")
PERIOD = re.compile(r"^(\d{1,4})([dh])$")
YEAR = "365d"


class Period(click.ParamType[timedelta]):
    """A length of time, such as 7d or 12h."""

    name = "PERIOD"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta:
        """Read it."""
        found = PERIOD.match(value)
        if not found:
            self.fail(
                f"{value} is no length of time. Write days or hours, as in 7d or 12h.", param, ctx
            )
        number, unit = found.groups()
        return timedelta(days=int(number)) if unit == "d" else timedelta(hours=int(number))


def _matching(pattern: re.Pattern[str], value: str, what: str) -> str:
    if not pattern.fullmatch(value):
        message = f"{what} {value} cannot be used. Write small letters, digits and hyphens."
        raise click.ClickException(message)
    return value


@token_cli.command("create")
@click.argument("name")
@click.option("--system", required=True, help="The system it speaks for, such as hr or cad.")
@click.option(
    "--kind",
    "kinds",
    required=True,
    multiple=True,
    type=click.Choice([kind.value for kind in FeedKind]),
    help="What it may send; give it once for each kind.",
)
@click.option("--life", type=Period(), default=YEAR, help="How long it works.")
def create(name: str, system: str, kinds: tuple[str, ...], life: timedelta) -> None:
    """Make a token called NAME. It is shown once."""
    _matching(NAME, name, "The name")
    _matching(SYSTEM, system, "The system")
    now = utc_now()
    with transaction(request_engine()) as session:
        try:
            row, token = tokens.make(
                session, name=name, system=system, kinds=list(kinds), life=life, now=now
            )
        except TokenError as error:
            raise click.ClickException(str(error)) from error
        _write_down(session, Event.FEED_KEY_MADE, row, now)
    _show(row, token)


@token_cli.command("rotate")
@click.argument("name")
@click.option("--overlap", type=Period(), default="7d", help="How long the old one still works.")
@click.option("--life", type=Period(), default=YEAR, help="How long the new one works.")
def rotate(name: str, overlap: timedelta, life: timedelta) -> None:
    """Make a new token in place of the one called NAME, which works on for a while."""
    now = utc_now()
    with transaction(request_engine()) as session:
        try:
            row, token = tokens.rotate(session, name=name, overlap=overlap, life=life, now=now)
        except TokenError as error:
            raise click.ClickException(str(error)) from error
        _write_down(session, Event.FEED_KEY_ROTATED, row, now)
    _show(row, token)
    click.echo(f"The old token works until {_moment(row.previous_until)}.", err=True)


@token_cli.command("revoke")
@click.argument("name")
def revoke(name: str) -> None:
    """End the token called NAME at once."""
    now = utc_now()
    with transaction(request_engine()) as session:
        try:
            row = tokens.revoke(session, name=name, now=now)
        except TokenError as error:
            raise click.ClickException(str(error)) from error
        _write_down(session, Event.FEED_KEY_REVOKED, row, now)
    click.echo(f"{name} is revoked: the next request with it is refused.")


@token_cli.command("list")
def list_all() -> None:
    """List every token, never the tokens themselves."""
    now = utc_now()
    table = Table()
    for heading in ("Name", "System", "May send", "Made", "Works until", "Last used"):
        table.add_column(heading)
    with reading(request_engine()) as session:
        for row in tokens.every(session):
            table.add_row(
                row.name,
                row.system,
                ", ".join(row.kinds),
                _moment(row.created_at),
                _until(row, now),
                str(row.last_used_on or "never"),
            )
    Console().print(table)


def _write_down(session: Session, event: Event, row: FeedToken, now: datetime) -> None:
    append(session, [Entry(event, now, details={"token": row.id})])


def _show(row: FeedToken, token: str) -> None:
    until = _moment(row.expires_at)
    click.echo(f"Works until {until}. Keep it now: it is not shown again.", err=True)
    click.echo(token)


def _until(row: FeedToken, now: datetime) -> str:
    if row.revoked_at:
        return f"revoked {_moment(row.revoked_at)}"
    return _moment(row.expires_at) if row.expires_at > now else f"ended {_moment(row.expires_at)}"


def _moment(moment: datetime | None) -> str:
    return f"{local(moment):%Y-%m-%d %H:%M}" if moment else ""

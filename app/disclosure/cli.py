"""The ``flask releases`` commands."""

import click
from flask import current_app
from flask.cli import AppGroup

from app.accounts.queries import by_username, viewer_for
from app.common.clock import local_date, utc_now
from app.database import reading
from app.disclosure import queries, service, wording
from app.disclosure.attacking import attack
from app.disclosure.attacks.cli import attack as attack_command
from app.disclosure.logins import reader_rights
from app.disclosure.parameters import read_parameters
from app.disclosure.queries import Release
from app.disclosure.service import DecisionError, Places
from app.disclosure.store import open_writer
from app.security.permissions import Permission
from app.security.viewer import Viewer
from app.web.sealing import keys

releases_cli = AppGroup("releases", help="Figures that are published.")
releases_cli.add_command(attack_command)


def places() -> Places:
    """Where this site's releases are made and kept."""
    releases = open_writer(current_app.config["SETTINGS"].releases_writer)
    return Places(current_app.extensions["engine"], releases, keys())


def _who(username: str, permission: Permission) -> Viewer:
    with reading(current_app.extensions["engine"]) as session:
        account = by_username(session, username=username)
        today = local_date(utc_now())
        number = account.id if account else None
        found = viewer_for(session, account_id=number, day=today) if number else None
    if found is None or not found.may(permission):
        message = f"{username} may not do that."
        raise click.ClickException(message)
    return found


@releases_cli.command("prepare")
@click.option("--as", "username", required=True, help="Who prepares it: a data steward.")
def prepare_release(username: str) -> None:
    """Make the next release and attack it. Somebody else then approves it."""
    # It loads numpy and scipy, which no other command and no page needs.
    from app.disclosure.preparing import Preparer, prepare  # noqa: PLC0415

    who = _who(username, Permission.RELEASES_ALL_PREPARE)
    rules = current_app.config["SETTINGS"].release_rules
    try:
        with places() as opened:
            found = prepare(
                opened,
                preparer=Preparer(who.account_id, who.role_names, who.name),
                parameters=read_parameters(rules),
                attack=attack(),
                now=utc_now(),
            )
    except DecisionError as error:
        raise click.ClickException(str(error)) from error
    _say(found)


@releases_cli.command("list")
def list_all() -> None:
    """Say what became of each release, newest first."""
    with places() as opened, reading(opened.releases) as session:
        for one in queries.releases(session):
            click.echo(f"{one.number}  {one.public_id}  {one.day}  {wording.STATES[one.state]}")


@releases_cli.command("show")
@click.argument("public_id")
def show(public_id: str) -> None:
    """Say what one release changes, and what its tests found."""
    with places() as opened, reading(opened.releases) as session:
        found = queries.release(session, public_id=public_id)
    if found is None:
        message = "There is no such release."
        raise click.ClickException(message)
    _say(found)


@releases_cli.command("approve")
@click.argument("public_id")
@click.option("--as", "username", required=True, help="Who approves it: not who prepared it.")
def approve(public_id: str, username: str) -> None:
    """Publish what waits."""
    who = _who(username, Permission.RELEASES_ALL_APPROVE)
    try:
        with places() as opened:
            service.approve(opened, viewer=who, public_id=public_id, now=utc_now())
    except DecisionError as error:
        raise click.ClickException(str(error)) from error
    click.echo("It is published.")


@releases_cli.command("rights")
@click.argument("login")
def rights(login: str) -> None:
    """Write the SQL that lets a PostgreSQL login read what is published, and nothing else."""
    for line in reader_rights(login):
        click.echo(line)


def _say(found: Release) -> None:
    click.echo(f"Release {found.number} ({found.public_id}): {wording.STATES[found.state]}")
    for name, label in wording.CHANGES.items():
        click.echo(f"  {label}: {found.changes.get(name, 0):,}")
    tested = "not tested" if found.report is None else "withstood" if found.withstood else "failed"
    click.echo(f"  Tests: {tested}")

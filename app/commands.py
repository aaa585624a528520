"""Command-line tasks for operators."""

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from app.audit.service import first_broken_link
from app.common.clock import utc_now
from app.database import reading, transaction
from app.exposure import service as exposure
from app.feeds.cli import feeds_cli
from app.feeds.token_cli import token_cli

audit_cli = AppGroup("audit", help="The audit log.")
exposure_cli = AppGroup("exposure", help="Exposures, counts and prompts.")


@audit_cli.command("verify")
def verify_audit() -> None:
    """Check every link of the audit log's hash chain."""
    with reading(current_app.extensions["engine"]) as session:
        broken = first_broken_link(session)
    if broken is not None:
        message = f"The audit log has been changed at entry {broken}."
        raise click.ClickException(message)
    click.echo("The audit log is whole.")


@exposure_cli.command("rebuild")
def rebuild_exposure() -> None:
    """Recount everything from the rows. What named humans answered is kept."""

    def show(step: str, done: int, total: int) -> None:
        click.echo(f"{step}: {done} of {total}")

    with transaction(current_app.extensions["engine"]) as session:
        exposure.rebuild(session, now=utc_now(), progress=show)


@exposure_cli.command("check")
def check_exposure() -> None:
    """Compare what is stored with a full recount; fails if they differ."""
    with reading(current_app.extensions["engine"]) as session:
        found = exposure.differences(session)
    for line in found[:50]:
        click.echo(line)
    if found:
        message = f"{len(found)} differences."
        raise click.ClickException(message)
    click.echo("No difference from a full recount.")


def init_app(app: Flask) -> None:
    """Register the commands."""
    feeds_cli.add_command(token_cli)
    for group in (audit_cli, exposure_cli, feeds_cli):
        app.cli.add_command(group)

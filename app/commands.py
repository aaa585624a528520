"""Command-line tasks for operators."""

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from app.audit.service import first_broken_link
from app.custody.cli import keys_cli
from app.database import reading
from app.disclosure.cli import releases_cli
from app.exposure.cli import exposure_cli
from app.feeds.cli import feeds_cli
from app.feeds.token_cli import token_cli
from app.framework.cli import framework_cli
from app.retention.cli import career_cli

audit_cli = AppGroup("audit", help="The audit log.")


@audit_cli.command("verify")
def verify_audit() -> None:
    """Check every link of the audit log's hash chain."""
    with reading(current_app.extensions["engine"]) as session:
        broken = first_broken_link(session)
    if broken is not None:
        message = f"The audit log has been changed at entry {broken}."
        raise click.ClickException(message)
    click.echo("The audit log is whole.")


def init_app(app: Flask) -> None:
    """Register the commands."""
    feeds_cli.add_command(token_cli)
    own = (audit_cli, career_cli, exposure_cli, feeds_cli, framework_cli, keys_cli, releases_cli)
    for group in own:
        app.cli.add_command(group)

"""``flask career``: looking at a record that somebody brings."""

import json
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from app.retention.signing import fingerprint, load_key, signer

career_cli = AppGroup("career", help="Records that people take with them.")


@career_cli.command("check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check(file: Path) -> None:
    """Say whether a record is as it was when a force signed it, and by which key."""
    try:
        found = signer(json.loads(file.read_text(encoding="utf-8")))
    except ValueError:
        found = None
    if found is None:
        message = "This file is not a record as a force signed it. It may have been changed."
        raise click.ClickException(message)
    click.echo(f"Whole, and signed by the key {found}.")


@career_cli.command("key")
def key() -> None:
    """Show the fingerprint of this force's key, for whoever wants to compare."""
    own = load_key(current_app.config["SETTINGS"].instance)
    click.echo(fingerprint(own.public_key().public_bytes_raw()))

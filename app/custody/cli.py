"""The ``flask keys`` commands."""

import click
from flask import current_app
from flask.cli import AppGroup

from app.common.clock import utc_now
from app.custody import service
from app.database import transaction
from app.security.key_store import KeyStore
from app.security.sealing import make_ready

keys_cli = AppGroup("keys", help="The key ring and the key store.")


def _keys() -> KeyStore:
    found: KeyStore = current_app.extensions["key_store"]
    return found


@keys_cli.command("create")
def create() -> None:
    """Make an empty key store, where the old one is lost for good."""
    _keys().create()
    click.echo("There is a key store. What was sealed with keys that are lost stays unreadable.")


@keys_cli.command("restore-check")
def restore_check() -> None:
    """Destroy again the keys that a restored backup has brought back."""
    back = make_ready(current_app.extensions["engine"], _keys(), now=utc_now())
    click.echo(f"{back} destroyed keys were back, and are destroyed again.")


@keys_cli.command("rotate")
def rotate() -> None:
    """Add a key to the ring and use it from now on."""
    with transaction(current_app.extensions["engine"]) as session:
        name = service.rotate(session, keys=_keys(), now=utc_now())
    click.echo(f"{name} is the current key. Put key_ring.json on every other node now.")

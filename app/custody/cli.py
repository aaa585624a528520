"""The ``flask keys`` commands."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy.exc import SQLAlchemyError

from app.common.clock import utc_now
from app.custody import recovery, service
from app.custody.splitting import Code, CodeError, read_code
from app.database import reading, transaction
from app.security.sealing import make_ready
from app.web.sealing import keys as key_store

keys_cli = AppGroup("keys", help="The key ring and the key store.")


@keys_cli.command("create")
def create() -> None:
    """Make an empty key store, where the old one is lost for good."""
    key_store().create()
    click.echo("There is a key store. What was sealed with keys that are lost stays unreadable.")


@keys_cli.command("restore-check")
def restore_check() -> None:
    """Destroy again the keys that a restored backup has brought back."""
    back = make_ready(current_app.extensions["engine"], key_store(), now=utc_now())
    click.echo(f"{back} destroyed keys were back, and are destroyed again.")


@keys_cli.command("status")
def status() -> None:
    """Say what each key of the ring wraps, and who could restore the ring."""
    keys = key_store()
    with reading(current_app.extensions["engine"]) as session:
        found = service.status(session, keys=keys)
    for one in found:
        told = "current" if one.current else "" if one.there else "not in the ring: unreadable"
        click.echo(f"{one.name}: {one.data_keys} keys, {one.files} files {told}".rstrip())
    click.echo(recovery.split_state(keys))


@keys_cli.command("rotate")
def rotate() -> None:
    """Add a key to the ring and use it from now on."""
    keys = key_store()
    with transaction(current_app.extensions["engine"]) as session:
        name = service.rotate(session, keys=keys, now=utc_now())
    click.echo(f"{name} is the current key. Put key_ring.json on every other node now.")
    click.echo(recovery.split_state(keys))


@keys_cli.command("rewrap")
def rewrap() -> None:
    """Wrap everything again with the current key, now instead of by the job."""
    done = service.rewrap(current_app.extensions["engine"], keys=key_store())
    click.echo(f"{done} keys wrapped again.")


@keys_cli.command("retire")
@click.argument("name")
def retire(name: str) -> None:
    """Take a key that wraps nothing any more out of the ring, for good."""
    keys = key_store()
    try:
        with transaction(current_app.extensions["engine"]) as session:
            service.retire(session, keys=keys, name=name, now=utc_now())
    except service.InUseError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{name} is gone. Put key_ring.json on every other node and in the safe.")
    click.echo(recovery.split_state(keys))


@keys_cli.command("split")
@click.argument("custodians", nargs=-1, required=True)
def split(custodians: tuple[str, ...]) -> None:
    """Give each of three or more CUSTODIANS a code; any two codes restore the ring."""
    try:
        with transaction(current_app.extensions["engine"]) as session:
            codes = recovery.hand_out(
                session, keys=key_store(), custodians=custodians, now=utc_now()
            )
    except CodeError as error:
        raise click.ClickException(str(error)) from error
    for name, code in zip(custodians, codes, strict=True):
        click.pause(f"{name}: come to the screen alone, then press a key.")
        click.echo(code.printed())
        click.pause("Write it down. It is not kept. Press a key to clear the screen.")
        click.clear()
    click.echo(f"Keep a copy of {recovery.SPLIT_FILE} in another place. It is no secret.")


@keys_cli.command("recover")
@click.option("--from", "path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def recover(path: Path | None) -> None:
    """Restore the key ring with the codes of two custodians."""
    instance = key_store().instance
    try:
        codes = (_asked("First"), _asked("Second"))
        ring = recovery.restore(path or instance / recovery.SPLIT_FILE, instance, codes)
    except (CodeError, recovery.OtherRingError, FileNotFoundError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"The key ring is there: {', '.join(ring.keys)}; {ring.current} is current.")
    try:
        with transaction(current_app.extensions["engine"]) as session:
            recovery.note_restored(session, ring=ring, codes=codes, now=utc_now())
    except SQLAlchemyError:
        click.echo("There is no database to write this down in. Write it down elsewhere.")


def _asked(which: str) -> Code:
    return read_code(click.prompt(f"{which} custodian's code", hide_input=True))

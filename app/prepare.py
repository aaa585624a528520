"""``python -m app.prepare``: what must be there before the site starts.

Makes the secrets (once), brings the database up to date, installs the shipped framework, and in
demo mode fills an empty database with an invented force. Safe to run at every start.
"""

import sys
from typing import Literal

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from sqlalchemy import Engine, inspect, text
from sqlmodel import select

from app.common.clock import utc_now
from app.config import (
    Settings,
    UnsafeConfigurationError,
    instance_folder,
    make_secrets,
    read_settings,
)
from app.database import make_engine, reading, transaction
from app.disclosure.store import open_writer
from app.incidents.service import install_shipped_framework
from app.instruments import library
from app.instruments.library import InstrumentError
from app.migrate import current, head, migrate
from app.people.models import Person
from app.security.encryption import load_key_ring
from app.security.key_store import KeyStore, open_store
from app.security.sealing import make_ready


def prepare(settings: Settings, console: Console) -> None:
    """Bring the instance to the point where the site can start."""
    # A questionnaire that cannot be read stops the start, and not a person at night.
    library.load(settings.instance / "instruments")
    engine = make_engine(settings.database_url)
    keys = _key_store(engine, settings)
    releases = open_writer(settings.releases_writer)
    if current(engine) != head():
        console.print("Bringing the database up to date")
        migrate(engine, keys=keys.engine)
    make_ready(engine, keys, now=utc_now())
    load_key_ring(settings.instance)
    with reading(engine) as session:
        empty = session.exec(select(Person.id).limit(1)).first() is None
    if settings.demo != "off" and empty:
        _load_demo(engine, keys, settings.demo, console)
        _publish_figures(engine, releases, keys, settings.demo, console)
    with transaction(engine) as session:
        install_shipped_framework(session, now=utc_now())
    engine.dispose()
    keys.engine.dispose()
    releases.dispose()


def _key_store(engine: Engine, settings: Settings) -> KeyStore:
    keys = open_store(settings.keys_address, settings.instance)
    if not keys.exists():
        _refuse_to_lose_keys(engine, keys)
        keys.create()
    return keys


def _refuse_to_lose_keys(engine: Engine, keys: KeyStore) -> None:
    """A store that has gone is not to be replaced with an empty one by itself."""
    tables = inspect(engine)
    if not tables.has_table("erasure"):
        return
    with engine.connect() as connection:
        for table in tables.get_table_names():
            sealed = [c for c in tables.get_columns(table) if c["name"].startswith("sealed")]
            if sealed and connection.execute(select(1).select_from(text(table)).limit(1)).first():
                keys.check()


def _load_demo(
    engine: Engine, keys: KeyStore, size: Literal["tiny", "slice", "full"], console: Console
) -> None:
    # Imported only when wanted: a real force's site never loads the demo.
    from app.demo.service import build  # noqa: PLC0415

    console.print(f"Inventing the demo force ({size})")
    columns = (TextColumn("  {task.description:<28}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bars:
        tasks: dict[str, int] = {}

        def show(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = int(bars.add_task(step, total=total))
            bars.update(tasks[step], completed=done, total=total)  # type: ignore[arg-type]

        build(
            engine,
            size=size,
            now=utc_now(),
            keys=keys,
            progress=show,
        )


def _publish_figures(
    engine: Engine, releases: Engine, keys: KeyStore, size: str, console: Console
) -> None:
    if size == "tiny":
        return
    # As above.
    from app.demo.published import publish_figures  # noqa: PLC0415

    console.print("Publishing figures about it")
    publish_figures(engine, releases, keys, now=utc_now())


def main() -> int:
    """Prepare, or say in a sentence why not."""
    console = Console(stderr=True)
    try:
        make_secrets(instance_folder())
        prepare(read_settings(), console)
    except (UnsafeConfigurationError, InstrumentError) as error:
        console.print(f"[red]{error}[/red]")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""``flask feeds``: importing files from the command line."""

from datetime import datetime
from pathlib import Path

import click
from flask.cli import AppGroup
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from sqlalchemy.exc import SQLAlchemyError

from app.common.clock import LONDON, utc_now
from app.database import request_engine
from app.feeds import service
from app.feeds.mapping import MappingError, load_mapping
from app.feeds.models import FeedKind, ImportRun, RunState

feeds_cli = AppGroup("feeds", help="Import files from force systems.")

WORDS: tuple[tuple[str, str], ...] = (
    ("read", "Rows read"),
    ("stored", "New"),
    ("updated", "Changed"),
    ("unchanged", "Already known"),
    ("superseded", "Older than what is known"),
    ("ignored", "Not relevant by the mapping"),
    ("quarantined", "Set aside"),
    ("released", "Set aside earlier, used now"),
)


@feeds_cli.command("import")
@click.argument("kind", type=click.Choice([kind.value for kind in FeedKind]))
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--map",
    "map_path",
    required=True,
    type=click.Path(path_type=Path),
    help="The mapping: a YAML file that says which column means what.",
)
@click.option(
    "--extracted",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]),
    help="When the file was made, for rows without a version: a later file's rows then count.",
)
def import_file(kind: str, file: Path, map_path: Path, extracted: datetime | None) -> None:
    """Import FILE, whose rows are about KIND. Safe to repeat."""
    try:
        mapping = load_mapping(map_path)
    except MappingError as error:
        raise click.ClickException(str(error)) from error
    made = extracted.replace(tzinfo=LONDON) if extracted else None
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as bars:
        task = bars.add_task(f"Importing {kind}", total=None)
        try:
            run = service.load_file(
                request_engine(),
                kind=FeedKind(kind),
                path=file,
                mapping=mapping,
                now=utc_now(),
                progress=lambda done, total: bars.update(task, completed=done, total=total),
                extracted=made,
            )
        except SQLAlchemyError as error:
            message = f"{service.STOPPED} The database said: {error.__class__.__name__}."
            raise click.ClickException(message) from error
    if run.state is RunState.REFUSED:
        message = f"{file.name} was refused; nothing of it was stored. {run.message}"
        raise click.ClickException(message)
    _show(run)


def _show(run: ImportRun) -> None:
    table = Table(title=f"{run.kind.value.capitalize()}: import {run.id}", show_header=False)
    table.add_column()
    table.add_column(justify="right")
    for name, words in WORDS:
        table.add_row(words, f"{getattr(run, name):,}")
    console = Console()
    console.print(table)
    if run.quarantined:
        console.print("See under Feeds on the site which rows were set aside, and why.")

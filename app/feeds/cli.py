"""``flask feeds``: importing, checking and beginning files from the command line."""

from datetime import datetime
from pathlib import Path

import click
from flask.cli import AppGroup
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from sqlalchemy.exc import SQLAlchemyError

from app.common.clock import LONDON, utc_now
from app.database import reading, request_engine
from app.feeds import freshness, service
from app.feeds.freshness import State
from app.feeds.mapping import FeedMapping, MappingError, load_mapping
from app.feeds.models import FeedKind, ImportRun, RunState
from app.feeds.reader import FileRefusedError
from app.feeds.templates import example_file, example_mapping

feeds_cli = AppGroup("feeds", help="Import files from force systems.")

MOST_SHOWN = 200
KIND = click.Choice([kind.value for kind in FeedKind])
MAP = click.option(
    "--map",
    "map_path",
    required=True,
    type=click.Path(path_type=Path),
    help="The mapping: a YAML file that says which column means what.",
)
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
@click.argument("kind", type=KIND)
@click.argument("file", type=click.Path(path_type=Path))
@MAP
@click.option(
    "--extracted",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]),
    help="When the file was made, for rows without a version: a later file's rows then count.",
)
def import_file(kind: str, file: Path, map_path: Path, extracted: datetime | None) -> None:
    """Import FILE, whose rows are about KIND. Safe to repeat."""
    mapping = _mapping(map_path)
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


@feeds_cli.command("check")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--kind", required=True, type=KIND, help="What the rows are about.")
@MAP
def check_file(file: Path, kind: str, map_path: Path) -> None:
    """Say which rows of FILE would be set aside, and store nothing. Ends with 1 if there are any.

    Rows that would wait for a person or an incident are not found: who is known may have changed
    by the time the file is imported.
    """
    delivery = service.delivery_of(file, kind=FeedKind(kind), mapping=_mapping(map_path))
    found = 0
    try:
        for one in service.set_aside_of(request_engine(), delivery, now=utc_now()):
            found += 1
            if found <= MOST_SHOWN:
                click.echo(f"Row {one.number:,}, {one.field}: {one.reason}")
    except (FileRefusedError, MappingError) as error:
        message = f"{file.name} would be refused. {error}"
        raise click.ClickException(message) from error
    if found:
        more = f" The first {MOST_SHOWN} are shown." if found > MOST_SHOWN else ""
        message = f"{found:,} rows would be set aside.{more}"
        raise click.ClickException(message)
    click.echo("Every row can be read.")


@feeds_cli.command("template")
@click.argument("kind", type=KIND)
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="The folder to write to, instead of this one.",
)
def write_template(kind: str, into: Path) -> None:
    """Write an example file of KIND and the mapping that reads it."""
    texts = {
        f"{kind}.csv": example_file(FeedKind(kind)),
        f"{kind}.yaml": example_mapping(FeedKind(kind)),
    }
    there = [name for name in texts if (into / name).exists()]
    if there:
        message = f"There is a file {there[0]} already. Move it, or choose a folder with --into."
        raise click.ClickException(message)
    into.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (into / name).write_text(text, encoding="utf-8")
        click.echo(into / name)


@feeds_cli.command("status")
def status() -> None:
    """Say when each feed last came. Ends with 1 if one is later than agreed."""
    with reading(request_engine()) as session:
        found = freshness.ages(session, now=utc_now())
    for one in found:
        came = f"{one.delivered_at.astimezone(LONDON):%Y-%m-%d %H:%M}"
        agreed = (
            f"agreed: every {one.limit} h"
            if one.state is not State.NOT_EXPECTED
            else "agreed: none"
        )
        state = one.state.value.replace("_", " ")
        click.echo(f"{one.kind.value:12} {one.system:16} {came}  {agreed:20} {state}")
    if not found:
        click.echo("No feed has come yet.")
    late = [one for one in found if one.state is State.STALE]
    if late:
        message = f"Later than agreed: {', '.join(freshness.names(late))}."
        raise click.ClickException(message)


def _mapping(path: Path) -> FeedMapping:
    try:
        return load_mapping(path)
    except MappingError as error:
        raise click.ClickException(str(error)) from error


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

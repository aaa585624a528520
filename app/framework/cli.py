"""``flask framework``: bringing a force's own list into a draft."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup
from pydantic import ValidationError

from app.common.clock import utc_now
from app.database import transaction
from app.framework import loading, service
from app.framework.editing import faults
from app.incidents.framework import Framework

framework_cli = AppGroup("framework", help="The framework of types, factors and rules.")


@framework_cli.command("load")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--wording", required=True, help="Whose words these are, and on what terms.")
@click.option("--replace", is_flag=True, help="Where the draft says something else, take the file.")
def load(file: Path, *, wording: str, replace: bool) -> None:
    """Bring a CSV or YAML list of types and factors into the draft; begins one if there is none.

    Nothing that holds changes until somebody activates the draft on the site.
    """
    listed = _read(file)
    outcomes: list[loading.Outcome] = []

    def how(framework: Framework) -> Framework:
        outcomes.append(loading.load(framework, listed, replace=replace))
        return loading.credited(outcomes[-1].framework, wording)

    with transaction(current_app.extensions["engine"]) as session:
        now = utc_now()
        try:
            service.draft_or_new(session, actor=None, now=now)
            service.edit(session, actor=None, revision=None, part="load", how=how, now=now)
        except ValidationError as error:
            message = f"{faults(error)[0].sentence}."
            raise click.ClickException(message) from error
    _report(outcomes[-1])


def _read(file: Path) -> loading.Listed:
    try:
        listed = loading.read(file.name, file.read_bytes())
    except loading.FileError as error:
        message = f"{error}."
        raise click.ClickException(message) from error
    for row in listed.bad:
        click.echo(f"line {row.line}: {row.reason}")
    if listed.bad:
        message = f"{len(listed.bad)} rows cannot be used, so nothing was brought in."
        raise click.ClickException(message)
    return listed


def _report(outcome: loading.Outcome) -> None:
    groups = {
        "added": outcome.added,
        "changed": outcome.changed,
        "left as the draft has it": outcome.kept,
    }
    for what, lines in groups.items():
        for line in lines:
            click.echo(f"{what}: {line}")
    click.echo(
        f"{len(outcome.added)} added, {len(outcome.changed)} changed, {len(outcome.kept)} left, "
        f"{outcome.same} already the same. {outcome.absent} other entries of the draft are not in "
        "the file and were left alone."
    )

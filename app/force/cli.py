"""``flask geography``: bringing a force's own districts in, for maps."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from app.database import reading
from app.force import queries
from app.web.geography import LARGEST, UNIT, ShapesRefusedError, read_shapes
from app.web.maps import keep_shapes

geography_cli = AppGroup("geography", help="The outlines of districts, for maps.")


@geography_cli.command("load")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--names",
    default=UNIT,
    show_default=True,
    help="The property that says which unit a shape is, by its reference or its name.",
)
def load(file: Path, *, names: str) -> None:
    """Check a GeoJSON file of districts, and draw maps from it from now on."""
    if file.stat().st_size > LARGEST:
        message = f"The file is larger than {LARGEST // 1024 // 1024} MB. Simplify its outlines."
        raise click.ClickException(message)
    try:
        shapes = read_shapes(file.read_text(encoding="utf-8"), names=names)
    except (ShapesRefusedError, UnicodeDecodeError) as fault:
        raise click.ClickException(str(fault)) from fault
    with reading(current_app.extensions["engine"]) as session:
        known = queries.unit_names(session)
    strangers = [shape.unit for shape in shapes if shape.unit.casefold() not in known]
    for unit in strangers:
        click.echo(f"No unit has the reference or the name {unit}.")
    if len(strangers) == len(shapes):
        message = "No shape names a unit of this force, so nothing was kept."
        raise click.ClickException(message)
    keep_shapes(current_app.config["SETTINGS"].instance, shapes)
    click.echo(f"Maps are drawn from now on. Districts: {len(shapes) - len(strangers)}.")

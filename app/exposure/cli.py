"""``flask exposure``: recounting, checking, and saying why somebody's numbers are what they are."""

import getpass

import click
from flask import current_app
from flask.cli import AppGroup
from sqlmodel import Session

from app.audit import service as audit
from app.audit.events import Entry, Event
from app.common.clock import local, local_date, utc_now
from app.database import reading, snapshot, transaction
from app.exposure import behind, explaining, facts, queries, service
from app.exposure.wording import (
    ORIGIN,
    STATE,
    WORK,
    before_sentence,
    counted_sentence,
    reported_sentence,
)
from app.incidents.queries import frameworks

exposure_cli = AppGroup("exposure", help="Exposures, counts and prompts.")
REASONS = ("asked-by-the-person", "asked-by-their-supervisor", "suspected-fault", "complaint")
LISTED = 50


@exposure_cli.command("rebuild")
@click.option("--restart", is_flag=True, help="Begin again instead of going on.")
@click.option("--size", default=200, show_default=True, help="How many people at a time.")
def rebuild(*, restart: bool, size: int) -> None:
    """Recount everything from the rows, a few people at a time, while the site goes on.

    Stop it whenever you like: run again, it goes on where it was. What named humans answered is
    kept.
    """
    engine = current_app.extensions["engine"]
    with reading(engine) as session:
        total = facts.people_count(session)
    with click.progressbar(length=total, label="Counting exposures") as bar:
        while True:
            with transaction(engine) as session:
                step = service.rebuild_step(session, now=utc_now(), size=size, restart=restart)
            restart = False
            bar.update(step.done - bar.pos)
            if step.finished_at is not None:
                break
    click.echo(f"Counted {step.done} people.")


@exposure_cli.command("check")
def check() -> None:
    """Compare what is stored with a full recount; fails if they differ."""
    with snapshot(current_app.extensions["engine"]) as session:
        found = service.differences(session)
    for line in found[:LISTED]:
        click.echo(line)
    if found:
        message = f"{len(found)} differences."
        raise click.ClickException(message)
    click.echo("No difference from a full recount.")


@exposure_cli.command("explain")
@click.argument("person_ref")
@click.option("--reason", required=True, type=click.Choice(REASONS), help="Why you look.")
def explain(person_ref: str, reason: str) -> None:
    """Say what counts for the person with this staff reference, and why there are prompts.

    That you looked, why, and the name you are signed in to this machine with are written down,
    and the person can see them.
    """
    engine, now = current_app.extensions["engine"], utc_now()
    with reading(engine) as session:
        found = facts.person_numbers(session, ref=person_ref)
    if len(found) != 1:
        message = f"{len(found)} people have the staff reference {person_ref}."
        raise click.ClickException(message)
    details: dict[str, object] = {"operator": getpass.getuser(), "reason": reason}
    audit.append_now(
        engine,
        Entry(
            Event.RECORD_EXPLAINED,
            now,
            actor_role="Support staff",
            subject_person_id=found[0],
            details=details,
        ),
    )
    with reading(engine) as session:
        _say_counts(session, found[0])
        _say_prompts(session, found[0])


def _say_counts(session: Session, person_id: int) -> None:
    day, versions = local_date(utc_now()), frameworks(session)
    windows, names = versions.on(day).windows, versions.type_names()
    rows = queries.type_windows(session, person_id=person_id, windows=windows, day=day)
    for window in (*windows, 0):
        total = sum(row[window] for row in rows.values())
        click.echo(counted_sentence(total, window, day))
    click.echo("\nThe newest:")
    for item in behind.exposures_of(session, person_id=person_id, limit=LISTED):
        near = WORK[item.work] if item.work else ("Remotely" if item.remote else "At the scene")
        click.echo(
            f"  {local(item.occurred_at):%d %b %Y %H:%M}  {names.get(item.type_code)}  "
            f"{near}. {ORIGIN[item.origin]}. Framework version {item.framework_number}."
        )
        for sentence in (reported_sentence(item), before_sentence(item, names)):
            if sentence:
                click.echo(f"    {sentence}")
    for dispute in behind.disputed_of(session, person_id=person_id):
        click.echo(
            f"  {local(dispute.occurred_at):%d %b %Y %H:%M}  {names.get(dispute.type_code)}  "
            f"Disputed by the person on {local(dispute.said_at):%d %b %Y}, not counted."
        )


def _say_prompts(session: Session, person_id: int) -> None:
    click.echo("\nPrompts:")
    for found in explaining.explained_prompts(session, person_id=person_id):
        card = found.card
        click.echo(f"  “{card.why}”  {STATE[card.state]}.")
        click.echo(
            f"    Due {local(card.due_at):%d %b %Y %H:%M}, {found.hours} hours after the incident. "
            f"Framework version {card.framework_number}."
        )
        for reason in found.reasons:
            met = ", ".join(f"{local(item.occurred_at):%d %b %Y}" for item in reason.seen)
            click.echo(f"    {reason.because.words} Met by: {met}.")
        if not found.reasons:
            click.echo("    The records behind it no longer ask for it.")

"""The ``flask releases attack`` command."""

import click

from app.disclosure.attacks.findings import Report

MUST_WIN = {"A0", "A3", "A5", "A6", "A8", "A9", "A10"}
"""Every kind of attack that is tried on figures without protection."""


@click.command("attack")
@click.option("--unprotected", is_flag=True, help="On the true numbers: attacks have to win.")
@click.option("--seeds", default=5, show_default=True, help="How many invented forces.")
@click.option("--people", default=10_000, show_default=True, help="How many people in each.")
def attack(*, unprotected: bool, seeds: int, people: int) -> None:
    """Attack invented forces' figures; fails unless protection holds, or attacks have teeth."""
    # They load numpy and scipy, which no other command needs.
    from app.disclosure.attacks.trials import (  # noqa: PLC0415
        protected_trials,
        unprotected_trials,
    )

    run = unprotected_trials if unprotected else protected_trials
    report = run(range(1, seeds + 1), people=people)
    for line in table(report, unprotected=unprotected):
        click.echo(line)
    if not (has_teeth(report) if unprotected else report.passed):
        message = "Attacks won too little." if unprotected else "An attack won."
        raise click.ClickException(message)


def has_teeth(report: Report) -> bool:
    """Whether attacks on unprotected figures found what there is to find. A0 says itself whether
    it found enough; every other kind has to break its limit."""
    won = {found.code for found in report.failed if found.code != "A0"}
    return won >= MUST_WIN - {"A0"} and all(
        found.passed for found in report.findings if found.code == "A0"
    )


def table(report: Report, *, unprotected: bool) -> list[str]:
    """A report as a Markdown table, as it is in docs/disclosure.md."""
    lines = ["| | attack | tried | found | limit | | |", "|---|---|---:|---:|---:|---|---|"]
    for found in report.findings:
        won = found.passed if found.code == "A0" else not found.passed
        told = ("wins" if won else "finds nothing") if unprotected else _held(won=won)
        lines.append(
            f"| {found.code} | {found.title} | {found.tried:,} | {_number(found.found)} | "
            f"{_number(found.limit)} {found.unit} | {told} | {found.detail} |"
        )
    return [*lines, f"In {report.seconds:.0f} seconds."]


def _held(*, won: bool) -> str:
    return "WINS" if won else "withstood"


def _number(number: float) -> str:
    return f"{number:,.0f}" if float(number).is_integer() else f"{number:.3f}"

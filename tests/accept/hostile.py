"""Files and texts made to break importers: each one is read right, or refused with a reason."""

import csv
import json
from pathlib import Path

from sqlmodel import select

from app.database import reading
from app.feeds.models import QuarantinedRow
from app.feeds.reader import Table
from app.people.models import Person
from tests.accept.check import Check, check
from tests.accept.database import fresh_engine, run_import

MAPPING = """
kind: people
version: 1
system: hostile
columns: {ref: ref, family_name: name}
"""


def run(data: Path, folder: Path) -> list[Check]:
    """Every file and every text."""
    return [*_files(data / "csv-spectrum", folder), *_texts(data, folder)]


def _files(data: Path, folder: Path) -> list[Check]:
    return [
        check(
            f"{path.name} says",
            "what its JSON says",
            "what its JSON says" if _rows(path, folder) == _expected(path) else _rows(path, folder),
        )
        for path in sorted(data.glob("*.csv"))
    ]


def _rows(path: Path, folder: Path) -> list[dict[str, str]]:
    if path.stem.endswith("_crlf"):
        # Made to end its lines as Windows does; a copy through git may have lost that.
        plain = path.read_bytes().replace(b"\r\n", b"\n")
        path = folder / path.name
        path.write_bytes(plain.replace(b"\n", b"\r\n"))
    table = Table(path)
    rows = [dict(zip(table.header, record.cells, strict=True)) for record in table]
    table.close()
    return rows


def _expected(path: Path) -> list[dict[str, str]]:
    return json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))


def _texts(data: Path, folder: Path) -> list[Check]:
    texts = [
        text
        for name in ("blns.json", "csv-injection.json")
        for text in json.loads((data / name).read_text(encoding="utf-8"))
    ]
    names = {f"T{number:04}": text for number, text in enumerate(texts)}
    file, mapping = folder / "hostile.csv", folder / "hostile.yaml"
    mapping.write_text(MAPPING, encoding="utf-8")
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, quoting=csv.QUOTE_ALL)
        writer.writerow(["ref", "name"])
        writer.writerows(names.items())
    with fresh_engine(folder / "hostile.db") as engine:
        run_import(engine, "people", file, mapping)
        with reading(engine) as session:
            stored = dict(session.exec(select(Person.source_ref, Person.family_name)).all())
            aside = {
                row.record_ref: row.reason for row in session.exec(select(QuarantinedRow)).all()
            }
    changed = [ref for ref, name in stored.items() if name != names[ref].strip()]
    return [
        check("Texts as family names: stored or set aside", len(names), len(stored | aside)),
        check("Texts both stored and set aside", 0, len(stored.keys() & aside.keys())),
        check("Texts changed on the way", 0, len(changed)),
        check("Texts set aside without a reason", 0, sum(not reason for reason in aside.values())),
        check("Formulas kept as plain text", "yes", _formulas(names, stored)),
    ]


def _formulas(names: dict[str, str], stored: dict[str, str]) -> str:
    formulas = {ref for ref, name in names.items() if name.strip()[:1] in {"=", "+", "-", "@"}}
    return "yes" if formulas & stored.keys() else "no"

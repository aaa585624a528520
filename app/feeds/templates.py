"""An example file of each kind, and the mapping that reads it, for a force to start from. Pure."""

import csv
import io

from app.feeds.models import FeedKind
from app.feeds.specification import KINDS, SOURCES, Field, Kind

HEAD = """\
# How to read a file of {kind}: {says}
# On the left our field, on the right the column of your file. Take out lines that you have no
# column for, and put the version up by one with each change. See docs/feeds.md.
kind: {kind}
version: 1
system: {system}
"""
OTHER_SYSTEM = "person_system: hr\n"


def example_file(kind: FeedKind) -> str:
    """Two rows with a header, as CSV."""
    fields = KINDS[kind].for_programs
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([field.name for field in fields])
    for at in range(2):
        writer.writerow([field.examples[at] for field in fields])
    return text.getvalue()


def example_mapping(kind: FeedKind) -> str:
    """The mapping of that file, as YAML, with what each field means."""
    spec = KINDS[kind]
    lines = [_line(spec, field) for field in spec.for_programs]
    head = HEAD.format(kind=kind, says=spec.says, system=SOURCES[kind])
    other = OTHER_SYSTEM if "person_ref" in spec.names and SOURCES[kind] != "hr" else ""
    return f"{head}{other}columns:\n{''.join(lines)}"


def _line(spec: Kind, field: Field) -> str:
    needed = "Needed. " if any(field.name in group for group in spec.needed) else ""
    words = f" One of: {', '.join(field.words)}." if field.words else ""
    return f"  # {needed}{field.says}{words}\n  {field.name}: {field.name}\n"

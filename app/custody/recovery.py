"""Handing the key ring to custodians, and restoring it with two of them."""

import json
import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlmodel import Session

from app.audit import service as audit
from app.audit.events import Entry, Event
from app.custody.splitting import Code, fingerprint, join, split
from app.security.encryption import RING_FILE, KeyRing, change_key_ring, write_key_ring
from app.security.key_store import KeyStore

SPLIT_FILE = "key_ring_split.json"
"""In the instance's folder, and wherever else the force keeps a copy: it is no secret."""


class OtherRingError(Exception):
    """There is another key ring where one was to be restored."""


def hand_out(
    session: Session, *, keys: KeyStore, custodians: Sequence[str], now: datetime
) -> list[Code]:
    """Split the ring as it is; returns a code for each, which is kept nowhere.

    Codes of before open the file of before and not this one.

    Raises:
        CodeError: there are fewer than three custodians, or two of one name.
    """
    made, codes = split(keys.ring, custodians)
    path = keys.instance / SPLIT_FILE
    temporary = path.with_suffix(".new")
    temporary.write_text(json.dumps(made, indent=1))
    os.chmod(temporary, 0o600)  # noqa: PTH101 - beside the other files of the ring
    temporary.replace(path)
    details: dict[str, object] = {"key": keys.ring.current, "custodians": len(codes)}
    audit.append(session, [Entry(Event.KEYS_SPLIT, now, details=details)])
    return codes


def split_state(keys: KeyStore) -> str:
    """In a sentence: whether two custodians could restore the ring as it is."""
    path = keys.instance / SPLIT_FILE
    if not path.exists():
        return "Nobody could restore the key ring: use `flask keys split`."
    made = _read(path)
    people = ", ".join(made["custodians"])
    if made["ring"] == fingerprint(keys.ring):
        return f"Any two of these can restore the key ring: {people}."
    held = ", ".join(made["holds"])
    return f"The split is out of date: any two of {people} restore {held} alone. Split again."


def restore(path: Path, instance: Path, codes: tuple[Code, Code]) -> KeyRing:
    """Put the ring that two custodians can open into the instance's folder.

    A ring that is there keeps its keys and gets those it lacks.

    Raises:
        CodeError: the codes do not open it.
        OtherRingError: the ring that is there has a different key of the same name.
    """
    found = join(_read(path), *codes)
    if not (instance / RING_FILE).exists():
        instance.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_key_ring(instance, found)
        return found
    return change_key_ring(instance, lambda there: _together(there, found))


def note_restored(
    session: Session, *, ring: KeyRing, codes: tuple[Code, Code], now: datetime
) -> None:
    """Write down that the ring was restored, and with the codes of which custodians."""
    numbers = sorted(code.number for code in codes)
    details: dict[str, object] = {"key": ring.current, "custodians": numbers}
    audit.append(session, [Entry(Event.KEYS_RECOVERED, now, details=details)])


def _together(there: KeyRing, found: KeyRing) -> KeyRing:
    if any(there.keys.get(name, key) != key for name, key in found.keys.items()):
        message = f"There is another key ring in INSTANCE. Put {RING_FILE} aside first."
        raise OtherRingError(message)
    # Whichever knows of more keys is the newer one.
    current = there.current if there.keys.keys() >= found.keys.keys() else found.current
    return KeyRing(found.keys | there.keys, current)


def _read(path: Path) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(path.read_text())
    return made

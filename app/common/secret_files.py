"""Files that hold a secret: readable by this user alone, and never half written."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path


def written_beside(path: Path, text: str) -> Path:
    """A new file in the same folder that holds a text, safely on the disk."""
    temporary = path.with_suffix(f".{secrets.token_hex(4)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return temporary


def read_or_make(path: Path, make: Callable[[], str]) -> str:
    """What a file holds; it is made first if it is not there. Two who start at once share one."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        temporary = written_beside(path, make())
        try:
            # A link fails when another process was first.
            os.link(temporary, path)
        except FileExistsError:
            pass
        finally:
            temporary.unlink()
    return path.read_text()

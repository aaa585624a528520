"""A key ring for several custodians, any two of whom can put it together, and one alone cannot.

Each custodian has a code of 160 random bits. For every two of them there is a copy of the ring,
encrypted (AES-256-GCM) with a key that scrypt makes of both codes. The copies may lie anywhere.
Nothing is made up here: whoever has one code still has all of the other's to guess.
"""

import hashlib
import json
import secrets
from base64 import b32decode, b32encode
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from app.security.encryption import KEY_BYTES, KeyRing, SealedError, decrypt, encrypt

FEWEST = 3
CODE_BYTES = 20
CHECK_BYTES = 5
"""With which a slip of the pen is told from a wrong code. It is made from the code alone."""
GROUP = 4
SALT_BYTES = 16
WORK = 2**14


class CodeError(Exception):
    """A code, or two of them, cannot be used: the message says why."""


@dataclass(frozen=True)
class Code:
    """What one custodian keeps: their number and a secret."""

    number: int
    secret: bytes

    def printed(self) -> str:
        """The code as it is written on paper."""
        text = b32encode(self.secret + _check(self.number, self.secret)).decode()
        parts = [text[start : start + GROUP] for start in range(0, len(text), GROUP)]
        return "-".join([str(self.number), *parts])


def read_code(printed: str) -> Code:
    """A code as somebody typed it, in capitals or not, with hyphens or spaces or neither.

    Raises:
        CodeError: it is not a code, or there is a slip in it.
    """
    number, _, rest = printed.strip().replace(" ", "-").partition("-")
    try:
        both = b32decode(rest.replace("-", "").upper())
        code = Code(int(number), both[:CODE_BYTES])
    except ValueError:
        code, both = Code(0, b""), b""
    if len(code.secret) != CODE_BYTES or both[CODE_BYTES:] != _check(code.number, code.secret):
        message = "That is not a code, or there is a slip in it."
        raise CodeError(message)
    return code


def _check(number: int, secret: bytes) -> bytes:
    return hashlib.sha256(b"code %d " % number + secret).digest()[:CHECK_BYTES]


def fingerprint(ring: KeyRing) -> str:
    """What tells two rings apart and says nothing of their keys."""
    told = json.dumps([ring.current, sorted((n, k.hex()) for n, k in ring.keys.items())])
    return hashlib.sha256(told.encode()).hexdigest()


def split(ring: KeyRing, custodians: Sequence[str]) -> tuple[dict[str, Any], list[Code]]:
    """The copies, as what goes into the file, and a code for each custodian.

    Raises:
        CodeError: there are fewer than three, or two of one name.
    """
    if len(set(custodians)) < max(FEWEST, len(custodians)):
        message = f"Name at least {FEWEST} custodians, each once."
        raise CodeError(message)
    codes = [Code(n, secrets.token_bytes(CODE_BYTES)) for n in range(1, len(custodians) + 1)]
    salt = secrets.token_bytes(SALT_BYTES)
    clear = {
        "current": ring.current,
        "keys": {name: key.hex() for name, key in ring.keys.items()},
    }
    copies = {
        _pair(one, other): encrypt(
            _key(one, other, salt), name=_pair(one, other), value=clear
        ).hex()
        for one, other in combinations(codes, 2)
    }
    made = {
        "custodians": list(custodians),
        "ring": fingerprint(ring),
        "holds": sorted(ring.keys),
        "salt": salt.hex(),
        "copies": copies,
    }
    return made, codes


def join(made: dict[str, Any], one: Code, other: Code) -> KeyRing:
    """The ring, from two custodians' codes.

    Raises:
        CodeError: they are one person's, or do not open it.
    """
    if one.number == other.number:
        message = "Two codes of two people are needed."
        raise CodeError(message)
    try:
        sealed = bytes.fromhex(made["copies"][_pair(one, other)])
        key = _key(one, other, bytes.fromhex(made["salt"]))
        found: Any = decrypt(key, name=_pair(one, other), sealed=sealed)
    except (KeyError, SealedError) as error:
        message = "These two codes do not open this file."
        raise CodeError(message) from error
    keys = {name: bytes.fromhex(value) for name, value in found["keys"].items()}
    return KeyRing(keys, found["current"])


def _pair(one: Code, other: Code) -> str:
    return "-".join(map(str, sorted((one.number, other.number))))


def _key(one: Code, other: Code, salt: bytes) -> bytes:
    first, second = sorted((one, other), key=lambda code: code.number)
    derive = Scrypt(salt=salt, length=KEY_BYTES, n=WORK, r=8, p=1)
    return derive.derive(first.secret + second.secret)

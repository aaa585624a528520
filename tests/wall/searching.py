"""Finding canaries in anything: text, files, databases, in every way a word may be written."""

import base64
import gzip
import io
import re
import zipfile
from collections.abc import Iterable
from pathlib import Path

from pypdf import PdfReader

from tests.wall.world import MARK

LETTERS = rb"[0-9a-f]{16}"
PLAIN = re.compile(MARK.encode() + LETTERS, re.IGNORECASE)
WIDE = re.compile(
    # The last zero belongs to the next letter where the high byte comes first.
    b"".join(bytes([letter]) + b"\0" for letter in MARK.encode()) + b"(?:[0-9a-f]\0){15}[0-9a-f]"
)
HEX = re.compile(MARK.encode().hex().encode() + b"(?:3[0-9]|6[1-6]){16}", re.IGNORECASE)
JSON = re.compile(rb"(?:\\u00[0-9a-f]{2}){19}", re.IGNORECASE)
BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{24,}")
STARTS = tuple(
    # How the mark begins, wherever in a group of three bytes it starts.
    base64.b64encode(b"\0" * shift + MARK.encode())[:4][(shift * 8 + 5) // 6 :]
    for shift in range(3)
)


def words_in(data: bytes) -> set[str]:
    """Every canary in some bytes: as UTF-8 or UTF-16, in hexadecimal, base64 or JSON escapes."""
    found = {hit.lower() for hit in PLAIN.findall(data)}
    found |= {hit.replace(b"\0", b"") for hit in WIDE.findall(data)}
    found |= {bytes.fromhex(hit.decode()) for hit in HEX.findall(data)}
    for hit in JSON.findall(data):
        found |= set(PLAIN.findall(hit.decode().encode().decode("unicode_escape").encode()))
    for run in BASE64.findall(data):
        if any(start in run for start in STARTS):
            found |= _in_base64(run)
    return {hit.decode() for hit in found}


def _in_base64(run: bytes) -> set[bytes]:
    plain = run.translate(bytes.maketrans(b"-_", b"+/"))
    found: set[bytes] = set()
    for shift in range(4):
        part = plain[shift:]
        found |= set(PLAIN.findall(base64.b64decode(part + b"A" * (-len(part) % 4))))
    return found


def words_in_reply(response) -> set[str]:
    """Every canary in a reply: its headers, cookies among them, and its body, unpacked."""
    body = response.get_data()
    if response.headers.get("Content-Encoding") == "gzip":
        body = gzip.decompress(body)
    head = "\n".join(f"{name}: {value}" for name, value in response.headers).encode()
    return words_in(head) | words_in(body) | words_in_file(body)


def words_in_file(body: bytes) -> set[str]:
    """Every canary in the text of a PDF or the parts of a workbook."""
    if body.startswith(b"%PDF-"):
        pages = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(body)).pages)
        return words_in(re.sub(r"-\n|[\n\u200b]", "", pages).encode())
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as parts:
            return set().union(*(words_in(parts.read(name)) for name in parts.namelist()))
    return set()


ADDRESS = re.compile(rb"""(?:href|src|action|hx-[a-z-]+)\s*=\s*["']([^"']*)["']""")


def words_in_addresses(response) -> set[str]:
    """Every canary in an address that a reply leads to."""
    found = [value for name, value in response.headers if name in {"Location", "HX-Redirect"}]
    told = ADDRESS.findall(response.get_data())
    return words_in(b"\n".join([*told, *(value.encode() for value in found)]))


def words_in_folder(files: Iterable[Path]) -> set[str]:
    """Every canary in some files."""
    return set().union(*(words_in(path.read_bytes()) for path in files if path.is_file()))

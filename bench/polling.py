"""Browsers that poll, as light as can be: raw HTTP/1.1 on connections that stay open."""

import asyncio
from typing import NamedTuple

END = b"\r\n\r\n"


class Reply(NamedTuple):
    """One answer: its status, its headers as they came, its body."""

    status: int
    head: bytes
    body: bytes

    def header(self, name: bytes) -> bytes:
        """The value of one header, or nothing."""
        _, found, rest = self.head.lower().partition(b"\r\n" + name.lower() + b":")
        return rest.split(b"\r\n", 1)[0].strip() if found else b""


class Connection(asyncio.Protocol):
    """One connection, one question at a time."""

    def __init__(self) -> None:
        self.held = bytearray()
        self.answer: asyncio.Future[Reply] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way out."""
        self.transport = transport

    def connection_lost(self, error: Exception | None) -> None:
        """Whoever waits is told."""
        if self.answer and not self.answer.done():
            self.answer.set_exception(error or ConnectionError("closed"))

    def data_received(self, data: bytes) -> None:
        """Collect, until a whole answer is there."""
        self.held += data
        end = self.held.find(END)
        if end < 0 or self.answer is None:
            return
        head = bytes(self.held[:end])
        reply = Reply(int(head[9:12]), head, b"")
        length = int(reply.header(b"content-length") or 0) if reply.status != 304 else 0
        if len(self.held) < end + len(END) + length:
            return
        body = bytes(self.held[end + len(END) : end + len(END) + length])
        self.held.clear()
        self.answer.set_result(reply._replace(body=body))

    async def ask(self, request: bytes) -> Reply:
        """Send a request and wait for the answer."""
        self.answer = asyncio.get_running_loop().create_future()
        self.transport.write(request)  # type: ignore[attr-defined]
        return await self.answer


async def connect(port: int) -> Connection:
    """A connection to this machine."""
    loop = asyncio.get_running_loop()
    _, connection = await loop.create_connection(Connection, "127.0.0.1", port)
    return connection


def get(path: str, **headers: str) -> bytes:
    """A GET request, as bytes."""
    return _request(f"GET {path} HTTP/1.1", headers)


def post(path: str, body: bytes, **headers: str) -> bytes:
    """A POST request with a body, as bytes."""
    return _request(f"POST {path} HTTP/1.1", headers | {"Content-Length": str(len(body))}) + body


def _request(first: str, headers: dict[str, str]) -> bytes:
    named = {"Host": "localhost", **headers}
    lines = [first, *(f"{name.replace('_', '-')}: {value}" for name, value in named.items())]
    return "\r\n".join(lines).encode() + END

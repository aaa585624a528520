"""A force mail server of one's own, on this machine, that keeps what it is handed."""

import asyncio
import socket
import ssl
from dataclasses import dataclass, field, replace
from datetime import timedelta
from email import message_from_bytes
from email.message import Message
from email.policy import default
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.config import MailServer
from tests.conftest import NOW

PASSWORD = "only for this test"


@dataclass
class Post:
    """What the mail server was handed, and how it answers."""

    letters: list[Message] = field(default_factory=list)
    recipient_reply: str = ""
    data_replies: list[str] = field(default_factory=list)
    """What to answer to the next e-mails; accepted when there are no more."""

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if self.recipient_reply:
            return self.recipient_reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        reply = self.data_replies.pop(0) if self.data_replies else "250 OK"
        if reply.startswith(("250", "hang up")):
            letter = message_from_bytes(envelope.content, policy=default)
            letter["X-Went-To"] = ", ".join(envelope.rcpt_tos)
            self.letters.append(letter)
        if reply == "hang up":
            # Accepted, and the line goes dead before the client hears of it.
            server.transport.abort()
            await asyncio.sleep(0)
        return reply


@pytest.fixture(scope="session")
def certificate(tmp_path_factory) -> tuple[Path, Path]:
    """A certificate for localhost that nobody trusts unless told to, and its key."""
    folder = tmp_path_factory.mktemp("certificate")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=3650))
        .not_valid_after(NOW + timedelta(days=3650))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "certificate.pem", folder / "key.pem"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return paths


@dataclass
class Office:
    """A running mail server: where it is, and what it was handed."""

    server: MailServer
    post: Post
    controller: Controller


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.create_server(("localhost", 0)) as listening:
        return int(listening.getsockname()[1])


@pytest.fixture
def open_office():
    """Starts a mail server on a port of its own: ``open_office(tls="off")``."""
    running: list[Controller] = []

    def start(*, tls="off", files=None, **more) -> Office:
        post, options = Post(), dict(more)
        if files:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*files)
            options |= {"ssl_context": context} if tls == "tls" else {"tls_context": context}
        controller = Controller(post, hostname="localhost", port=free_port(), **options)
        controller.start()
        running.append(controller)
        server = MailServer(
            host="localhost",
            port=controller.port,
            tls=tls,
            user="",
            password_file=None,
            sender="Trauma Tracker <tracker@northmoor.example>",
            site_url="https://tracker.northmoor.example",
        )
        return Office(server, post, controller)

    yield start
    for controller in running:
        controller.stop()


@pytest.fixture
def office(open_office) -> Office:
    """A mail server on this machine that asks for nothing."""
    return open_office()


@pytest.fixture
def trusted(certificate, monkeypatch) -> tuple[Path, Path]:
    """The certificate, trusted as a force trusts its own."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    return certificate


@pytest.fixture
def password_file(tmp_path) -> Path:
    """Where the password of the mail server is kept."""
    path = tmp_path / "smtp_password"
    path.write_text(PASSWORD + "\n")
    return path


def knows_password(_server, _session, _envelope, _mechanism, data) -> AuthResult:
    """The mail server's own check."""
    return AuthResult(success=data.password == PASSWORD.encode(), handled=False)


def signing_in(server: MailServer, password_file: Path) -> MailServer:
    """The same server, for somebody with a password."""
    return replace(server, user="tracker", password_file=password_file)

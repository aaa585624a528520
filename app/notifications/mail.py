"""Handing e-mails to the force's mail server, with the standard library.

What an e-mail says follows from a number and a random identifier: nothing about anybody can be in
it. Nothing a mail server answers is kept or logged, because it may repeat an address.
"""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import NamedTuple

from app.config import MailServer
from app.notifications.models import Problem
from app.notifications.wording import email_body, email_subject

TIMEOUT_SECONDS = 10
ACCEPTED, PERMANENT = range(200, 300), range(500, 600)


class UnavailableError(Exception):
    """The mail server cannot be used now; every e-mail waits."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(problem.value)


class Letter(NamedTuple):
    """One e-mail: where to, the identifier in its link, and how many things there are."""

    address: str
    public_id: str
    things: int


def compose(server: MailServer, letter: Letter, now: datetime) -> EmailMessage:
    """The whole e-mail, in plain text."""
    message = EmailMessage(policy=SMTP)
    message["From"] = server.sender
    message["To"] = letter.address
    message["Subject"] = email_subject(letter.things)
    message["Date"] = format_datetime(now)
    # Always the same for one e-mail, so that a mailbox can tell a copy from another.
    domain = server.sender.rpartition("@")[2].rstrip(">")
    message["Message-ID"] = f"<{letter.public_id}@{domain}>"
    # Nobody's absence message is to come back.
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    link = f"{server.site_url}/notifications/e-mail/{letter.public_id}"
    choices = f"{server.site_url}/notifications/choices"
    message.set_content(email_body(letter.things, link=link, choices=choices), cte="7bit")
    return message


@contextmanager
def connected(server: MailServer) -> Iterator[smtplib.SMTP]:
    """A connection that is encrypted, unless the server is on this machine, and signed in to.

    Raises:
        UnavailableError: there is none to be had. Nothing was sent.
    """
    smtp = _connect(server)
    try:
        _prepare(smtp, server)
        yield smtp
    finally:
        with suppress(smtplib.SMTPException, OSError):
            smtp.quit()
        smtp.close()


def _connect(server: MailServer) -> smtplib.SMTP:
    try:
        if server.tls == "tls":
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(
                server.host, server.port, timeout=TIMEOUT_SECONDS, context=context
            )
        return smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_SECONDS)
    except ssl.SSLError:
        raise UnavailableError(Problem.NOT_ENCRYPTED) from None
    except (smtplib.SMTPException, OSError):
        raise UnavailableError(Problem.UNREACHABLE) from None


def _prepare(smtp: smtplib.SMTP, server: MailServer) -> None:
    problem = Problem.UNREACHABLE
    try:
        if server.tls == "starttls":
            problem = Problem.NOT_ENCRYPTED
            smtp.starttls(context=ssl.create_default_context())
        if server.user and server.password_file:
            problem = Problem.NOT_SIGNED_IN
            smtp.login(server.user, server.password_file.read_text().strip())
        problem = Problem.UNREACHABLE
        smtp.ehlo_or_helo_if_needed()
    except (smtplib.SMTPException, OSError, ValueError):
        # Never on without encryption, nor with what the server says: it may repeat the password.
        raise UnavailableError(problem) from None


def hand_over(smtp: smtplib.SMTP, message: EmailMessage) -> Problem | None:
    """Give one e-mail to the mail server; what came of it, ``None`` when it was accepted.

    ``CUT_OFF`` means that the connection broke while the e-mail itself was on its way: the server
    may have accepted it. A connection that broke before that is ``UNREACHABLE``: it has not.
    """
    sender, address = (parseaddr(str(message[field]))[1] for field in ("From", "To"))
    before = Problem.UNREACHABLE
    try:
        code, _words = smtp.mail(sender)
        if code in ACCEPTED:
            code, _words = smtp.rcpt(address)
        if code not in ACCEPTED:
            return _refused(smtp, code)
        before = Problem.CUT_OFF
        code, _words = smtp.data(message.as_bytes())
    except smtplib.SMTPDataError as error:
        return _refused(smtp, error.smtp_code)
    except (smtplib.SMTPException, OSError):
        smtp.close()
        return before
    return None if code in ACCEPTED else _refused(smtp, code)


def _refused(smtp: smtplib.SMTP, code: int) -> Problem:
    with suppress(smtplib.SMTPException, OSError):
        smtp.rset()
    # 421 and its like: later perhaps. Whatever is no reply at all is not a refusal either.
    return Problem.REFUSED if code in PERMANENT else Problem.BUSY

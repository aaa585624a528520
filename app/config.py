"""Settings, read from the environment. Every default is safe for a real force; the demo asks for
less by saying so (``DEMO=slice``)."""

import os
import secrets
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Literal

from app.common.secret_files import read_or_make

ROOT = Path(__file__).resolve().parent.parent
Demo = Literal["off", "slice", "full", "tiny"]
DEMO_SIZES: tuple[Demo, ...] = ("off", "slice", "full", "tiny")
SHORTEST_SECRET = 32
MailTls = Literal["starttls", "tls", "off"]
MAIL_PORTS: dict[MailTls, int] = {"starttls": 587, "tls": 465, "off": 25}
THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})


class UnsafeConfigurationError(Exception):
    """The site refuses to start: the message says which setting and what to do."""


@dataclass(frozen=True)
class MailServer:
    """How e-mails go out. ``password_file`` is read at each use, so that it can be changed."""

    host: str
    port: int
    tls: MailTls
    user: str
    password_file: Path | None
    sender: str
    site_url: str
    """Where the site is, without a slash at the end: links in e-mails begin with it."""
    domains: tuple[str, ...] = ()
    """Where people may have e-mails sent; none named: anywhere."""


@dataclass(frozen=True)
class Settings:
    """What the site was started with. ``instance`` holds the database, keys and logs."""

    instance: Path
    database_url: str
    secret_key: str
    demo: Demo
    force_name: str
    secure_cookies: bool
    idle_limit: timedelta
    absolute_limit: timedelta
    keys_database_url: str = ""
    """Where the data keys are; nothing: in a file of their own in ``instance``."""
    releases_database_url: str = ""
    """Where published figures are, for pages, which only read; nothing: a file in ``instance``."""
    releases_writer_url: str = ""
    """The same for whoever prepares and approves releases; nothing: the same address."""
    release_rules: str = ""
    """Where figures are to be protected more strongly than by default: ``smallest_group=40``."""
    mail: MailServer | None = None
    """No mail server: people are told on the site alone."""

    @property
    def keys_address(self) -> str:
        """Where the data keys are, as an address of a database."""
        return self.keys_database_url or f"sqlite:///{self.instance / 'keys.db'}"

    @property
    def releases_reader(self) -> str:
        """Where pages read published figures."""
        return self.releases_database_url or f"sqlite:///{self.instance / 'releases.db'}"

    @property
    def releases_writer(self) -> str:
        """Where releases are written."""
        return self.releases_writer_url or self.releases_reader

    def for_flask(self) -> dict[str, object]:
        """The settings Flask and its extensions read."""
        return {
            "DATABASE_URL": self.database_url,
            "SECRET_KEY": self.secret_key,
            "SETTINGS": self,
            # Flask-WTF: the token lives as long as the session it belongs to.
            "WTF_CSRF_TIME_LIMIT": None,
            "MAX_CONTENT_LENGTH": 2 * 1024 * 1024,
            "MAX_FORM_PARTS": 2000,
        }


def read_settings(environ: dict[str, str] | None = None) -> Settings:
    """Read the environment.

    Raises:
        UnsafeConfigurationError: a value is missing or would make a real force's site unsafe.
    """
    env = dict(os.environ) if environ is None else environ
    demo = _demo(env.get("DEMO", "off"))
    instance = instance_folder(env)
    secure = env.get("SECURE_COOKIES", "no" if demo != "off" else "yes")
    if secure == "no" and demo == "off":
        message = "SECURE_COOKIES=no is only for the demo. Put the site behind HTTPS and remove it."
        raise UnsafeConfigurationError(message)
    return Settings(
        instance=instance,
        database_url=env.get("DATABASE_URL") or f"sqlite:///{instance / 'tracker.db'}",
        secret_key=_secret(env, instance),
        demo=demo,
        force_name=env.get("FORCE_NAME", "Northmoor Police" if demo != "off" else "Your force"),
        secure_cookies=secure == "yes",
        idle_limit=timedelta(minutes=int(env.get("IDLE_MINUTES", "30"))),
        absolute_limit=timedelta(hours=int(env.get("ABSOLUTE_HOURS", "10"))),
        keys_database_url=keys_address(env),
        releases_database_url=env.get("RELEASES_DATABASE_URL", ""),
        releases_writer_url=releases_address(env),
        release_rules=release_rules(env),
        mail=read_mail_server(env),
    )


def keys_address(environ: dict[str, str] | None = None) -> str:
    """Where the data keys are, as an address of a database.

    Raises:
        UnsafeConfigurationError: it is where the tracker's data are, too.
    """
    env = dict(os.environ) if environ is None else environ
    address = env.get("KEYS_DATABASE_URL", "")
    if address and address == env.get("DATABASE_URL", ""):
        message = (
            "KEYS_DATABASE_URL has to be another database than DATABASE_URL: whoever has a backup "
            "of one must not have the other."
        )
        raise UnsafeConfigurationError(message)
    return address or f"sqlite:///{instance_folder(env) / 'keys.db'}"


def releases_address(environ: dict[str, str] | None = None) -> str:
    """Where releases are written, as an address of a database.

    Raises:
        UnsafeConfigurationError: rows about people, or keys, are there too.
    """
    env = dict(os.environ) if environ is None else environ
    addresses = {env.get("RELEASES_DATABASE_URL", ""), env.get("RELEASES_WRITER_URL", "")} - {""}
    if addresses & {env.get("DATABASE_URL", ""), env.get("KEYS_DATABASE_URL", "")}:
        message = (
            "RELEASES_DATABASE_URL has to be a database of its own: whoever reads figures must not "
            "be able to reach rows about people."
        )
        raise UnsafeConfigurationError(message)
    return env.get("RELEASES_WRITER_URL") or figures_address(env)


def figures_address(environ: dict[str, str] | None = None) -> str:
    """Where published figures are read, as an address of a database."""
    env = dict(os.environ) if environ is None else environ
    return env.get("RELEASES_DATABASE_URL") or f"sqlite:///{instance_folder(env) / 'releases.db'}"


def release_rules(environ: dict[str, str] | None = None) -> str:
    """Where figures are to be protected more strongly than by default: ``smallest_group=40``."""
    env = dict(os.environ) if environ is None else environ
    return env.get("RELEASE_RULES", "")


def read_mail_server(environ: dict[str, str] | None = None) -> MailServer | None:
    """Read how e-mails go out; ``None`` while ``SMTP_HOST`` is not set.

    Raises:
        UnsafeConfigurationError: a value is missing, or e-mails or passwords would be readable on
            the way.
    """
    env = dict(os.environ) if environ is None else environ
    host = env.get("SMTP_HOST", "")
    if not host:
        return None
    tls, user = _mail_tls(env.get("SMTP_TLS", "starttls")), env.get("SMTP_USER", "")
    password = env.get("SMTP_PASSWORD_FILE", "")
    site_url, sender = env.get("SITE_URL", "").rstrip("/"), env.get("MAIL_FROM", "")
    secure = site_url.startswith("https://") or env.get("DEMO", "off") != "off"
    refusals = {
        "SMTP_TLS=off is only for a mail server on this machine.": tls == "off"
        and host not in THIS_MACHINE,
        "SMTP_USER and SMTP_PASSWORD_FILE go together.": bool(user) != bool(password),
        "SMTP_HOST needs MAIL_FROM, the address that e-mails come from.": "@" not in sender,
        "SMTP_HOST needs SITE_URL, such as https://tracker.example.police.uk.": not secure
        or "://" not in site_url,
    }
    for message, holds in refusals.items():
        if holds:
            raise UnsafeConfigurationError(message)
    return MailServer(
        host=host,
        port=int(env.get("SMTP_PORT") or MAIL_PORTS[tls]),
        tls=tls,
        user=user,
        password_file=Path(password) if password else None,
        sender=sender,
        site_url=site_url,
        domains=tuple(env.get("MAIL_DOMAINS", "").lower().replace(",", " ").split()),
    )


def _mail_tls(value: str) -> MailTls:
    for way in MAIL_PORTS:
        if value == way:
            return way
    message = f"SMTP_TLS={value} is not known. Use one of: {', '.join(MAIL_PORTS)}."
    raise UnsafeConfigurationError(message)


def instance_folder(environ: dict[str, str] | None = None) -> Path:
    """Where the database, the keys and the logs of this installation live."""
    env = dict(os.environ) if environ is None else environ
    return Path(env.get("INSTANCE", ROOT / "instance")).resolve()


def _demo(value: str) -> Demo:
    for size in DEMO_SIZES:
        if value == size:
            return size
    message = f"DEMO={value} is not known. Use one of: {', '.join(DEMO_SIZES)}."
    raise UnsafeConfigurationError(message)


def _secret(env: dict[str, str], instance: Path) -> str:
    path = instance / "secret_key"
    secret = env.get("SECRET_KEY") or (path.read_text().strip() if path.exists() else "")
    if len(secret) < SHORTEST_SECRET:
        message = (
            "No secret key of at least 32 characters was found. "
            "Run `python -m app.prepare`, which makes one, or set SECRET_KEY."
        )
        raise UnsafeConfigurationError(message)
    return secret


def make_secrets(instance: Path) -> None:
    """Make the secret key on a first start, readable by this user alone. Keeps one that exists."""
    read_or_make(instance / "secret_key", lambda: secrets.token_urlsafe(48))

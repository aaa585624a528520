"""Settings, read from the environment. Every default is safe for a real force; the demo asks for
less by saying so (``DEMO=slice``)."""

import os
import secrets
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Literal

ROOT = Path(__file__).resolve().parent.parent
Demo = Literal["off", "slice", "full", "tiny"]
DEMO_SIZES: tuple[Demo, ...] = ("off", "slice", "full", "tiny")
SHORTEST_SECRET = 32


class UnsafeConfigurationError(Exception):
    """The site refuses to start: the message says which setting and what to do."""


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
    )


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
    instance.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = instance / "secret_key"
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))

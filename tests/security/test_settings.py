"""The site starts safely or not at all, and says which setting is to blame."""

import stat

import pytest

from app.config import UnsafeConfigurationError, make_secrets, read_settings

SECRET = "x" * 48


def settings(tmp_path, **changes: str):
    """Settings from an environment of a real force, and what a test changes in it."""
    return read_settings({"INSTANCE": str(tmp_path), "SECRET_KEY": SECRET, **changes})


def test_left_alone_it_is_a_real_force_behind_https(tmp_path):
    left_alone = settings(tmp_path)
    assert left_alone.demo == "off"
    assert left_alone.secure_cookies
    assert left_alone.database_url == f"sqlite:///{tmp_path / 'tracker.db'}"


def test_plain_http_is_for_the_demo_only(tmp_path):
    with pytest.raises(UnsafeConfigurationError, match="SECURE_COOKIES"):
        settings(tmp_path, SECURE_COOKIES="no")
    assert not settings(tmp_path, DEMO="slice").secure_cookies


@pytest.mark.parametrize("secret", ["", "short", "x" * 31])
def test_a_missing_or_short_secret_is_refused(tmp_path, secret):
    with pytest.raises(UnsafeConfigurationError, match="32 characters"):
        settings(tmp_path, SECRET_KEY=secret)


def test_a_demo_nobody_knows_is_refused(tmp_path):
    with pytest.raises(UnsafeConfigurationError, match="DEMO=huge"):
        settings(tmp_path, DEMO="huge")


def test_secrets_are_made_once_and_for_this_user_alone(tmp_path):
    make_secrets(tmp_path / "new")
    path = tmp_path / "new" / "secret_key"
    first = path.read_text()
    make_secrets(tmp_path / "new")
    assert path.read_text() == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read_settings({"INSTANCE": str(tmp_path / "new")}).secret_key == first


MAIL = {
    "SMTP_HOST": "mail.northmoor.example",
    "MAIL_FROM": "tracker@northmoor.example",
    "SITE_URL": "https://tracker.northmoor.example/",
}


def test_without_a_mail_server_nothing_is_sent(tmp_path):
    assert settings(tmp_path).mail is None


def test_a_mail_server_is_encrypted_unless_it_is_on_this_machine(tmp_path):
    server = settings(tmp_path, **MAIL).mail
    assert (server.tls, server.port, server.site_url) == (
        "starttls",
        587,
        "https://tracker.northmoor.example",
    )
    assert settings(tmp_path, **MAIL, SMTP_TLS="tls").mail.port == 465
    local = settings(tmp_path, **(MAIL | {"SMTP_HOST": "localhost", "SMTP_TLS": "off"})).mail
    assert local.port == 25


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"SMTP_TLS": "off"}, "on this machine"),
        ({"SMTP_TLS": "maybe"}, "SMTP_TLS=maybe"),
        ({"SMTP_USER": "tracker"}, "go together"),
        ({"SMTP_PASSWORD_FILE": "/etc/tracker"}, "go together"),
        ({"MAIL_FROM": ""}, "MAIL_FROM"),
        ({"SITE_URL": ""}, "SITE_URL"),
        ({"SITE_URL": "http://tracker.northmoor.example"}, "SITE_URL"),
        ({"SITE_URL": "tracker.northmoor.example"}, "SITE_URL"),
    ],
    ids=str,
)
def test_a_mail_server_that_would_give_something_away_is_refused(tmp_path, wrong, words):
    with pytest.raises(UnsafeConfigurationError, match=words):
        settings(tmp_path, **(MAIL | wrong))


def test_a_port_and_domains_may_be_named(tmp_path):
    server = settings(
        tmp_path, **MAIL, SMTP_PORT="2525", MAIL_DOMAINS="Northmoor.example, pnn.example"
    ).mail
    assert (server.port, server.domains) == (2525, ("northmoor.example", "pnn.example"))

"""0011: accounts of before have no e-mail address and lose nothing; what is newer goes."""

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from app import migrate
from app.accounts.models import Account
from app.database import writing
from app.notifications.models import Delivery, Kind, Mail, Notification, NotificationChoice
from tests.factories import account, at

TABLES = {"notification", "notification_choice", "mail_outbox"}
NOW = at("2026-11-23")


def test_accounts_are_kept_and_what_they_were_told_goes(engine):
    migrate.migrate(engine, to="0006")
    with engine.connect() as connection:
        connection.execute(
            text(
                "INSERT INTO account (id, public_id, username, display_name, password_hash, "
                "active, created_at) VALUES "
                "(7, 'a', 'jo', 'Jo', '!', true, '2026-03-01 04:05:00+00:00')"
            )
        )
        connection.commit()
    migrate.migrate(engine)
    with Session(writing(engine)) as session:
        jo = session.get_one(Account, 7)
        assert jo.email is None
        jo.email = "jo@northmoor.example"
        mail = Mail(account_id=7, planned_at=NOW, next_try_at=NOW)
        session.add_all([jo, mail])
        session.flush()
        session.add(
            Notification(
                account_id=7, kind=Kind.DUE, subject="s", topic="t", told_at=NOW, mail_id=mail.id
            )
        )
        session.add(NotificationChoice(account_id=7, delivery=Delivery.DIGEST, digest_hour=6))
        session.commit()
    migrate.migrate(engine, to="0006")
    assert not TABLES & set(inspect(engine).get_table_names())
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT * FROM account")).mappings().all()
    assert [(row["username"], "email" in row) for row in rows] == [("jo", False)]
    migrate.migrate(engine)
    with Session(engine) as session:
        assert session.exec(select(Account.email)).all() == [None]


@pytest.mark.parametrize(
    "wrong",
    [
        {"digest_hour": 24},
        {"quiet_from": 22},
        {"quiet_to": 7},
        {"quiet_from": 7, "quiet_to": 7},
        {"quiet_from": -1, "quiet_to": 7},
    ],
    ids=str,
)
def test_hours_that_are_none_are_refused_by_the_database_itself(session, wrong):
    fine = {"account_id": account(session), "delivery": Delivery.DIGEST, "digest_hour": 6}
    session.add(NotificationChoice(**(fine | wrong)))
    with pytest.raises(IntegrityError):
        session.flush()

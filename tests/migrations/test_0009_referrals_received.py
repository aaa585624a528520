"""0009: referrals of before say what is known of them and nothing else, both ways."""

import pytest
from sqlalchemy import text
from sqlmodel import Session, select

from app import migrate
from app.database import writing
from app.debriefs.models import Debrief, DebriefPerson, Setting
from app.referrals.models import Outcome, Referral, ReferralState, ReferralStep, StepKind, Support
from tests.factories import Force, account, at

AGREED = at("2026-03-02")


@pytest.fixture
def older(engine):
    """A database of before with a referral in every state, each from one conversation."""
    with Session(writing(engine)) as session:
        who, person = account(session), Force(session).person("Sam Field")
        talk = Debrief(
            held_on=AGREED.date(),
            setting=Setting.PHONE,
            recorded_at=AGREED,
            recorded_by_account_id=who,
        )
        session.add(talk)
        session.flush()
        part = DebriefPerson(
            debrief_id=talk.id,
            person_id=person,
            primary_support=Support.TRIM,
            sealed_factors=b"x",
        )
        session.add(part)
        session.commit()
        part_id = part.id
    migrate.migrate(engine, to="0006")
    with engine.execution_options(writes=True).begin() as connection:
        for number, state in enumerate(ReferralState, 1):
            connection.execute(
                text(
                    "INSERT INTO referral (public_id, person_id, debrief_person_id, service, "
                    "state, agreed_at) VALUES (:name, :person, :part, 'trim', :state, :agreed)"
                ),
                {
                    "name": str(number),
                    "person": person,
                    "part": part_id if number == 1 else None,
                    "state": state.value,
                    "agreed": "2026-03-02 12:00:00",
                },
            )
    return engine, who


def kept(engine):
    with Session(engine) as session:
        return session.exec(select(Referral).order_by(Referral.public_id)).all()


def test_referrals_of_before_get_what_is_known_of_them(older):
    engine, who = older
    migrate.migrate(engine)
    found = kept(engine)
    assert [row.state for row in found] == list(ReferralState)
    assert [row.outcome for row in found] == [None, None, None, Outcome.NOT_RECORDED]
    assert {row.sent_at for row in found} == {row.agreed_at for row in found}
    assert [row.agreement_by_account_id for row in found] == [who, None, None, None]
    assert {row.practitioner_account_id for row in found} == {None}
    assert all(row.supervisor_sees and row.revision == 0 for row in found)


def test_going_back_keeps_the_referral_and_forgets_the_rest(older):
    engine, _who = older
    migrate.migrate(engine)
    with Session(writing(engine)) as session:
        row = session.exec(select(Referral).where(Referral.public_id == "1")).one()
        session.add(
            ReferralStep(referral_id=row.id, kind=StepKind.MONTH_MEETING, due_on=AGREED.date())
        )
        session.commit()
    migrate.migrate(engine, to="0006")
    with engine.connect() as connection:
        left = connection.execute(text("SELECT state FROM referral ORDER BY public_id")).all()
    assert [state for (state,) in left] == [state.value for state in ReferralState]
    migrate.migrate(engine)
    assert len(kept(engine)) == len(ReferralState)

"""Two people press the button at the same moment, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlmodel import Session, col, select

from app.database import transaction, writing
from app.referrals import service
from app.referrals.agreeing import Agreement, refer
from app.referrals.models import Referral, ReferralState, Support
from app.referrals.service import ConflictError, FullError
from tests.conftest import NOW
from tests.referrals.conftest import Services


def both(engine, first, second):
    """Run two pieces of work in transactions of their own, at once; what each of them came to."""
    ready = Barrier(2)

    def run(work):
        ready.wait()
        try:
            with transaction(engine) as session:
                work(session)
        except (ConflictError, FullError) as refused:
            return type(refused).__name__
        return "done"

    with ThreadPoolExecutor(2) as pool:
        return sorted(pool.map(run, (first, second)))


def taking(viewer, row):
    def work(session):
        service.take_on(session, viewer=viewer, public_id=row.public_id, revision=0, now=NOW)

    return work


def test_one_of_two_practitioners_gets_it(engine):
    with Session(writing(engine), expire_on_commit=False) as session:
        made = Services(session)
        people = [made.practitioner("Ada Moss"), made.practitioner("Bo Lee")]
        row = made.refer()
        session.commit()
    assert both(engine, *(taking(one, row) for one in people)) == ["ConflictError", "done"]


def test_one_practitioner_in_two_windows_stays_within_the_limit(engine):
    with Session(writing(engine), expire_on_commit=False) as session:
        made = Services(session)
        trim = made.practitioner("Ada Moss", limit=1)
        rows = [made.refer(), made.refer(made.force.person("Kit Vale", team=made.team))]
        session.commit()
    assert both(engine, *(taking(trim, row) for row in rows)) == ["FullError", "done"]


def test_two_forms_saved_at_once_make_one_referral(engine):
    with Session(writing(engine), expire_on_commit=False) as session:
        made = Services(session)
        session.commit()

    def work(session):
        refer(
            session,
            person_id=made.person,
            service=Support.TRIM,
            agreed=Agreement(NOW, made.lead),
            now=NOW,
        )

    assert both(engine, work, work) == ["done", "done"]
    with Session(engine) as session:
        open_ = select(Referral).where(col(Referral.state) != ReferralState.CLOSED)
        assert len(session.exec(open_).all()) == 1

"""What people of the demo asked about their own data: one waits, one is a complaint that is being
looked at, one was answered."""

from datetime import timedelta

from sqlmodel import Session

from app.common.clock import local_date
from app.demo.chance import Chance
from app.demo.incidents import World
from app.demo.people import Everyone
from app.demo.story import demo_members
from app.rights.models import Decision, Part, Right, RightsRequest, State
from app.rights.queries import REPLY, WORDS
from app.rights.rules import due_on
from app.security.key_store import KeyStore, Purpose
from app.security.sealing import seal

POSTED = "It says that I moved to this team on the 3rd. I moved on the 1st."
SKILL = "My family liaison role ended in the spring. It should say so."
LOOKED = "Somebody from another team opened my record in October. Please look into why."
ANSWER = "You are right. HR has changed it, and the next rows they send will say so."


def write_requests(
    session: Session,
    everyone: Everyone,
    world: World,
    accounts: dict[int, int],
    keys: KeyStore,
    chance: Chance,
) -> None:
    """Store them. ``accounts``: the account of each person who has one."""
    staff, second, *_rest = demo_members(everyone, world)
    officer = accounts[everyone.acting("dpo@demo").id]

    def ask(person_id: int, kind: Right, part: Part, words: str, days: int) -> RightsRequest:
        at = world.now - timedelta(days=days)
        row = RightsRequest(
            public_id=chance.public_id(),
            person_id=person_id,
            kind=kind,
            part=part,
            sealed_words=seal(
                keys, purpose=Purpose.RECORD, owner=person_id, field=WORDS, value=words
            ),
            received_at=at,
            due_on=due_on(kind, local_date(at)),
        )
        session.add(row)
        return row

    answered = ask(staff.id, Right.CORRECTION, Part.POSTINGS, POSTED, 41)
    answered.state, answered.decision = State.DECIDED, Decision.DONE
    answered.sealed_reply = seal(
        keys, purpose=Purpose.RECORD, owner=staff.id, field=REPLY, value=ANSWER
    )
    answered.acknowledged_at = answered.ended_at = world.now - timedelta(days=30)
    answered.decided_by_account_id, answered.revision = officer, 1
    ask(staff.id, Right.CORRECTION, Part.SKILLS, SKILL, 6)
    complaint = ask(second.id, Right.COMPLAINT, Part.WHO_LOOKED, LOOKED, 9)
    complaint.state, complaint.revision = State.ACKNOWLEDGED, 1
    complaint.acknowledged_at = world.now - timedelta(days=8)
    session.flush()

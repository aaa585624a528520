"""What supervisors arranged: a day for one conversation, somebody else for another, leave."""

from datetime import timedelta

from sqlalchemy import update
from sqlmodel import Session, col, select

from app.demo.careers import Leading
from app.demo.chance import Chance
from app.demo.incidents import World
from app.demo.people import Everyone, Human
from app.demo.store import write
from app.demo.story import demo_members
from app.exposure.models import WAITING, Prompt, PromptPerson, PromptState
from app.people.models import AwayKind, AwaySpell, SupervisionKind

LEAVE_BEFORE, LEAVE_LEFT = timedelta(days=2), timedelta(days=9)


def arrange(
    session: Session, everyone: Everyone, world: World, accounts: dict[int, int], chance: Chance
) -> None:
    """Plan, hand over and go on leave. ``accounts``: the account of each leader's person."""
    _known_when_they_opened(session)
    sergeant, deputy = everyone.acting("supervisor@demo"), everyone.acting("deputy@demo")
    _staff, _second, third, fourth, _fifth, sixth, *_rest = demo_members(everyone, world)
    by = accounts[sergeant.id]
    _change(session, third, by, planned_on=world.today)
    _change(session, sixth, by, planned_on=world.today + timedelta(days=1))
    handed = {"handed_at": world.now - timedelta(hours=1), "handed_by_account_id": by}
    _change(session, fourth, by, handed_to_id=deputy.id, **handed)
    _on_leave(session, world, sergeant, deputy, accounts, chance)


def _known_when_they_opened(session: Session) -> None:
    """The demo is invented in one go: what still waits has waited since it opened."""
    opened = select(Prompt.opened_at).where(col(Prompt.id) == col(PromptPerson.prompt_id))
    session.connection().execute(
        update(PromptPerson)
        .where(col(PromptPerson.state) == PromptState.OPEN)
        .values(changed_at=opened.correlate(PromptPerson).scalar_subquery())
    )


def _change(session: Session, human: Human, by: int, **values: object) -> None:
    session.connection().execute(
        update(PromptPerson)
        .where(col(PromptPerson.person_id) == human.id, col(PromptPerson.state).in_(WAITING))
        .values(revision=col(PromptPerson.revision) + 1, changed_by_account_id=by, **values)
    )


def _on_leave(
    session: Session,
    world: World,
    sergeant: Human,
    deputy: Human,
    accounts: dict[int, int],
    chance: Chance,
) -> None:
    """A colleague of the demo sergeant is on leave, and her deputy stands in for them too."""
    colleague = next(
        (
            leading.human
            for leading in world.careers.leading
            if _is_beside(leading, sergeant, world)
        ),
        None,
    )
    if colleague is None:
        return
    row = {
        "id": 1,
        "public_id": chance.public_id(),
        "person_id": colleague.id,
        "kind": AwayKind.LEAVE,
        "starts_on": world.today - LEAVE_BEFORE,
        "ends_on": world.today + LEAVE_LEFT,
        "deputy_id": deputy.id,
        "recorded_at": world.now - timedelta(days=20),
        "recorded_by_account_id": accounts[colleague.id],
    }
    write(session, AwaySpell, [row])


def _is_beside(leading: Leading, sergeant: Human, world: World) -> bool:
    """Whether somebody leads another team of the demo sergeant's department today."""
    mine = world.organisation.demo_team
    return (
        leading.kind is SupervisionKind.SUPERVISOR
        and leading.human is not sergeant
        and leading.unit is not mine
        and leading.unit.parent is mine.parent
        and leading.unit.department is mine.department
        and leading.human.post.home is sergeant.post.home
        and leading.covers(world.today)
    )

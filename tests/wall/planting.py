"""A force in which every sensitive field of every person carries a word of its own: a canary.

A planter fills one column for everybody. **Every column whose name begins with ``sealed`` needs
one** (a test compares them with the models); so does whatever else is nobody's business. Each
canary says who may read it, by account; everybody else must never meet it, in any form, anywhere.
"""

from collections.abc import Callable, Iterator

from sqlalchemy import text
from sqlmodel import Session, select

from app.accounts.models import Account
from app.database import metadata
from app.debriefs.drafts import _field
from app.debriefs.models import Debrief, DebriefDraft, DebriefDraftPerson, DebriefPerson, Setting
from app.debriefs.service import FACTORS_FIELD
from app.disclosure.models import ReleaseContributors
from app.disclosure.preparing import FIELD, OWNER
from app.packs.models import FileKind, PackState, TeamPack, TeamPackFile, Version
from app.people.models import Posting, Supervision
from app.people.queries import covers, is_current
from app.referrals.models import Support
from app.referrals.sealing import SHARED
from app.security.encryption import SealedError, seal_file, unseal_file
from app.security.key_store import KeyStore, Purpose
from app.security.permissions import Role
from app.security.sealing import unseal
from tests.conftest import NOW
from tests.wall import planting_own
from tests.wall.world import TODAY, Canary, Sealed, World, word


def factors(world: World) -> Iterator[Canary]:
    """What weighed on everybody: for the person alone."""
    column = "debrief_person.sealed_factors"
    session = world.session
    spoken = set(session.exec(select(DebriefPerson.person_id)))
    talk = Debrief(held_on=TODAY, setting=Setting.PHONE, recorded_at=NOW)
    session.add(talk)
    session.flush()
    session.add_all(
        DebriefPerson(
            debrief_id=talk.id,
            person_id=person_id,
            primary_support=Support.LINE_MANAGER,
            sealed_factors=b"",
        )
        for person_id in world.people
        if person_id not in spoken
    )
    session.flush()
    rows = session.exec(select(DebriefPerson)).all()
    values = [(row.named_id or row.person_id, [word(column, row.person_id)]) for row in rows]
    for row, sealed in zip(rows, world.seal(FACTORS_FIELD, values, Purpose.RECORD), strict=True):
        row.sealed_factors = sealed
        how = Sealed(row.id, row.named_id or row.person_id, FACTORS_FIELD, Purpose.RECORD)
        yield Canary(
            word(column, row.person_id), column, row.person_id, world.own(row.person_id), how
        )


def drafts(world: World) -> Iterator[Canary]:
    """What the supervisor has begun to type about everybody: for that author alone."""
    column, author = "debrief_draft_person.sealed", world.of_role[Role.SUPERVISOR]
    session = world.session
    values = [(number, {"held_on-day": [word(column, number)]}) for number in world.people]
    sealed = world.seal(_field(author), values, Purpose.RECORD)
    for (number, _typed), one in zip(values, sealed, strict=True):
        draft = DebriefDraft(account_id=author, saved_at=NOW)
        session.add(draft)
        session.flush()
        row = DebriefDraftPerson(draft_id=draft.id, person_id=number, sealed=one)
        session.add(row)
        session.flush()
        how = Sealed(row.id, number, _field(author), Purpose.RECORD)
        yield Canary(word(column, number), column, number, frozenset({author}), how)


def pack_files(world: World) -> Iterator[Canary]:
    """A file about the supervisor's team: for whoever leads it."""
    session, author = world.session, world.of_role[Role.SUPERVISOR]
    person_id = session.get_one(Account, author).person_id
    leads = select(Supervision.unit_id).where(
        Supervision.person_id == person_id, covers(Supervision, TODAY)
    )
    for unit_id in session.exec(leads).all():
        leaders = select(Supervision.person_id).where(
            Supervision.unit_id == unit_id, covers(Supervision, TODAY)
        )
        readers = frozenset().union(*(world.own(one) for one in session.exec(leaders)))
        row = TeamPack(
            unit_id=unit_id,
            version=Version.BRIEFING,
            first_on=TODAY,
            last_on=TODAY,
            asked_by_account_id=author,
            asked_at=NOW,
            state=PackState.READY,
            progress="",
            made_at=NOW,
            expires_at=NOW.replace(year=NOW.year + 1),
        )
        session.add(row)
        session.flush()
        for column, name in (
            ("team_pack_file.sealed", f"team_pack|pdf|{row.public_id}"),
            ("team_pack.sealed_members", f"team_pack|members|{row.public_id}"),
        ):
            token = word(column, row.id)
            sealed = seal_file(world.keys.ring, name=name, clear=token.encode())
            if column == "team_pack.sealed_members":
                row.sealed_members = sealed
                # Who a pack names is compared, and never handed out.
                readers = frozenset()
            else:
                session.add(TeamPackFile(pack_id=row.id, kind=FileKind.PDF, sealed=sealed))
                name_of_sheets = f"team_pack|{FileKind.SHEETS.value}|{row.public_id}"
                sheets = seal_file(world.keys.ring, name=name_of_sheets, clear=token.encode())
                session.add(TeamPackFile(pack_id=row.id, kind=FileKind.SHEETS, sealed=sheets))
            how = Sealed(row.id, 0, name, None)
            yield Canary(token, column, person_id, readers, how)


def counted(world: World) -> Iterator[Canary]:
    """Who was counted in published figures: for nobody, the job that makes figures apart."""
    column, session = "release_contributors.sealed", world.session
    token = word(column, 1)
    (sealed,) = world.seal(FIELD, [(OWNER, [token])], Purpose.RECORD)
    row = ReleaseContributors(release=0, period="2026-09", sealed=sealed, made_at=NOW)
    session.add(row)
    session.flush()
    yield Canary(token, column, 0, frozenset(), Sealed(row.id, OWNER, FIELD, Purpose.RECORD))


def names(world: World) -> Iterator[Canary]:
    """Everybody's family name: for whoever may see that they exist (see ``app/README``'s map)."""
    session, column = world.session, "person.family_name"
    change = text("UPDATE person SET family_name = :word WHERE id = :id")
    rows = [{"id": number, "word": word(column, number)} for number in world.people]
    session.connection().execute(change, rows)
    team: dict[int, set[int]] = {}
    for person_id, unit_id in session.exec(
        select(Posting.person_id, Posting.unit_id).where(is_current(TODAY))
    ):
        team.setdefault(unit_id, set()).add(person_id)
    supervisor = world.of_role[Role.SUPERVISOR]
    readers: dict[int, set[int]] = {number: set(world.own(number)) for number in world.people}
    everyone = set(world.of_role.values())
    leading = session.exec(
        select(Supervision.person_id, Supervision.unit_id).where(covers(Supervision, TODAY))
    ).all()
    for leader, unit_id in leading:
        # Who leads a team is no secret.
        readers[leader] |= everyone
        for member in team.get(unit_id, ()):
            readers[member] |= world.own(leader)
    for role in (Role.WELLBEING_LEAD, Role.WELLBEING_PRACTITIONER):
        # In the demo they reach everybody.
        for number in world.people:
            readers[number].add(world.of_role[role])
    for number in asked_of(session, session.get_one(Account, supervisor).person_id):
        readers[number].add(supervisor)
    for number in world.people:
        met = readers[number] | world.named[number]
        yield Canary(word(column, number), column, number, frozenset(met))


def asked_of(session: Session, person_id: int) -> set[int]:
    """People whose prompts were handed to somebody."""
    found = session.connection().execute(
        text("SELECT person_id FROM prompt_person WHERE handed_to_id = :id"), {"id": person_id}
    )
    return set(found.scalars())


PLANTERS: dict[str, Callable[[World], Iterator[Canary]]] = {
    "debrief_person.sealed_factors": factors,
    "debrief_draft_person.sealed": drafts,
    "team_pack_file.sealed": pack_files,
    "team_pack.sealed_members": pack_files,
    "self_check.sealed": planting_own.kept,
    "check_draft.sealed": planting_own.begun,
    "support_draft.sealed": planting_own.half_asked,
    "referral_wish.sealed_contact": planting_own.requests,
    "referral_wish.sealed_avoided": planting_own.requests,
    "referral_share.sealed": planting_own.requests,
    "anonymous_message.sealed": planting_own.without_a_name,
    "release_contributors.sealed": counted,
    "rights_request.sealed_words": planting_own.data_requests,
    "rights_request.sealed_reply": planting_own.data_requests,
    # The last: it asks the others who has met whom.
    "person.family_name": names,
}


def plant(session: Session, keys: KeyStore) -> dict[str, Canary]:
    """Plant everything; returns every canary by its word."""
    world = World(session, keys)
    planters = dict.fromkeys(PLANTERS.values())
    found = [canary for planter in planters for canary in planter(world)]
    session.flush()
    return {canary.word: canary for canary in found}


def opens(session: Session, keys: KeyStore, canary: Canary) -> bool:
    """Whether a sealed canary can be read with these keys."""
    how = canary.sealed
    table, column = canary.column.split(".")
    key = metadata.tables[table].primary_key.columns.keys()[0]
    found = "kind = 'pdf' AND pack_id" if table == "team_pack_file" else key
    sealed = bytes(
        session.connection()
        .execute(text(f"SELECT {column} FROM {table} WHERE {found} = :id"), {"id": how.row_id})
        .scalar_one()
    )
    try:
        if how.purpose is None:
            return unseal_file(keys.ring, name=how.field, sealed=sealed) == canary.word.encode()
        if how.share:
            sealed = _without_its_own_key(keys, how.share, sealed)
        value = unseal(keys, owner=how.owner, purpose=how.purpose, field=how.field, sealed=sealed)
    except SealedError:
        return False
    return canary.word in str(value)


def _without_its_own_key(keys: KeyStore, share: str, sealed: bytes) -> bytes:
    owner = f"share:{share}"
    inner = unseal(keys, owner=owner, purpose=Purpose.ANSWERS, field=SHARED, sealed=sealed)
    return bytes.fromhex(inner)


def sealed_columns(metadata) -> set[str]:
    """Every column of the models that holds something sealed."""
    return {
        f"{table.name}.{column.name}"
        for table in metadata.sorted_tables
        for column in table.columns
        if column.name.startswith("sealed")
    }

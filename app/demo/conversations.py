"""Writing down conversations, the support that followed and every other answer to a prompt."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, update
from sqlmodel import Session, col

from app.debriefs.models import (
    Confidentiality,
    Debrief,
    DebriefPerson,
    DebriefPrompt,
    Setting,
    SupportOffer,
    SupportStatus,
)
from app.debriefs.service import FACTORS_FIELD
from app.demo.chance import Chance
from app.demo.history import Decision, History, Talk
from app.demo.incidents import World
from app.demo.prompts import Asked, Bundle
from app.demo.referred import Referred
from app.demo.store import Row, write
from app.exposure.models import PromptPerson, PromptState
from app.referrals.models import Support
from app.security.key_store import KeyStore, Purpose
from app.security.sealing import seal_all

FACTORS: Mapping[str, float] = {
    "gruesome": 0.22,
    "resonance": 0.2,
    "first_on_scene": 0.18,
    "alone": 0.1,
    "helpless": 0.14,
    "prolonged": 0.12,
    "first_time": 0.07,
    "cumulative": 0.2,
    "organisation": 0.25,
    "distress_of_others": 0.24,
    "own_life": 0.05,
    "scrutiny": 0.03,
    "proceedings": 0.05,
    "repeat_assault": 0.04,
    "outside_work": 0.12,
}
"""How often each is ticked. Invented: nobody has published shares to copy."""
OFFERED_BESIDE: Mapping[Support, float] = {
    Support.PEER_SUPPORT: 0.22,
    Support.TRIM: 0.1,
    Support.EMPLOYEE_ASSISTANCE: 0.12,
    Support.POLICE_CARE_UK: 0.06,
    Support.FEDERATION_OR_UNION: 0.05,
    Support.CRISIS_LINE: 0.04,
    Support.GP: 0.05,
}
"""Talked about beside the main support, and not taken up or already in place. Occupational health
is not among them: the force whose figures these are reported none."""
KEEPS_TO_THEMSELVES = 8
"""One in so many lets others see only that they spoke."""
BY_REFERRAL = (Support.PEER_SUPPORT, Support.TRIM)


@dataclass(slots=True)
class _Part:
    id: int
    debrief_id: int
    talk: Talk
    bundle: Bundle
    support: Support = Support.LINE_MANAGER


def write_down(
    session: Session,
    history: History,
    world: World,
    accounts: Mapping[int, int],
    keys: KeyStore,
    chance: Chance,
) -> list[Referred]:
    """Store everything that was done; returns who agreed to be referred, to what and when.

    ``accounts``: the account of each leader's person.
    """
    talks = sorted(history.talks, key=lambda talk: (talk.recorded_at, talk.bundles[0].human.id))
    parts = _parts(talks)
    _choose_supports(parts, world, chance)
    write(session, Debrief, _debriefs(talks, accounts, chance))
    write(session, DebriefPerson, _person_rows(parts, keys, chance))
    write(
        session,
        DebriefPrompt,
        (
            {"debrief_person_id": part.id, "prompt_person_id": item.id}
            for part in parts
            for item in part.bundle.items
        ),
    )
    write(session, SupportOffer, [row for part in parts for row in _offers(part, chance)])
    _answer(session, parts, history.decisions, accounts)
    return _referred(parts, accounts)


def _parts(talks: Sequence[Talk]) -> list[_Part]:
    parts: list[_Part] = []
    for number, talk in enumerate(talks, 1):
        for bundle in talk.bundles:
            parts.append(_Part(len(parts) + 1, number, talk, bundle))
    return parts


def _choose_supports(parts: Sequence[_Part], world: World, chance: Chance) -> None:
    """Give each person a main support, which add up to the figures. TRiM follows incidents."""
    supports = [
        support
        for support, count in world.plan.figures.supports.items()
        for _ in range(count)
        if support is not Support.TRIM
    ]
    chance.shuffle(supports)
    incidents = [part for part in parts if part.bundle.after_incident]
    trim = chance.sample(incidents, world.plan.figures.supports[Support.TRIM])
    for part in trim:
        part.support = Support.TRIM
    others = [part for part in parts if part.support is not Support.TRIM]
    for part, support in zip(others, supports, strict=True):
        part.support = support


def _debriefs(talks: Sequence[Talk], accounts: Mapping[int, int], chance: Chance) -> Iterator[Row]:
    for number, talk in enumerate(talks, 1):
        yield {
            "id": number,
            "public_id": chance.public_id(),
            "held_on": talk.held_on,
            "setting": _setting(len(talk.bundles), chance),
            "unit_id": talk.unit_id,
            "recorded_at": talk.recorded_at,
            "recorded_by_account_id": accounts[talk.by.id],
        }


def _setting(people: int, chance: Chance) -> Setting:
    if people > 1:
        return Setting.GROUP
    return chance.pick({Setting.IN_PERSON: 74, Setting.PHONE: 19, Setting.VIDEO: 7})


def _person_rows(parts: Sequence[_Part], keys: KeyStore, chance: Chance) -> list[Row]:
    told = [(_person_row(part, chance), sorted(_factors(part.bundle, chance))) for part in parts]
    sealed = seal_all(
        keys,
        purpose=Purpose.RECORD,
        field=FACTORS_FIELD,
        values=[(row["person_id"], factors) for row, factors in told],
    )
    return [
        row | {"sealed_factors": one} for (row, _factors), one in zip(told, sealed, strict=True)
    ]


def _person_row(part: _Part, chance: Chance) -> Row:
    checked = chance.happens(0.9)
    return {
        "id": part.id,
        "public_id": chance.public_id(),
        "debrief_id": part.debrief_id,
        "person_id": part.bundle.human.id,
        "primary_support": part.support,
        "confidentiality": Confidentiality.PRIVATE
        if part.id % KEEPS_TO_THEMSELVES == 0
        else Confidentiality.SHARED,
        "next_contact_on": part.talk.held_on + timedelta(days=chance.choice((21, 28, 28, 28, 30)))
        if checked
        else None,
    }


def _factors(bundle: Bundle, chance: Chance) -> list[str]:
    more = {} if bundle.after_incident else {"cumulative": 0.7, "gruesome": 0.08}
    return [code for code, share in {**FACTORS, **more}.items() if chance.happens(share)]


def _offers(part: _Part, chance: Chance) -> Iterator[Row]:
    said: dict[Support, SupportStatus] = {}
    if part.support is Support.NONE:
        said[Support.LINE_MANAGER] = SupportStatus.DECLINED
    elif part.support is Support.LINE_MANAGER:
        settled = (SupportStatus.ACCEPTED, SupportStatus.IN_PLACE)
        said[Support.LINE_MANAGER] = chance.choice(settled)
    else:
        said[part.support] = SupportStatus.ACCEPTED
        if chance.happens(0.5):
            said[Support.LINE_MANAGER] = SupportStatus.IN_PLACE
    for support, share in OFFERED_BESIDE.items():
        if support not in said and chance.happens(share):
            usual = {SupportStatus.DECLINED: 6, SupportStatus.OFFERED: 3}
            seen = {SupportStatus.IN_PLACE: 6, SupportStatus.DECLINED: 2}
            said[support] = chance.pick(seen if support is Support.GP else usual)
    for support, status in said.items():
        yield {"debrief_person_id": part.id, "support": support, "status": status}


def _referred(parts: Sequence[_Part], accounts: Mapping[int, int]) -> list[Referred]:
    return [
        Referred(
            part.bundle.human,
            part.support,
            part.talk.recorded_at,
            accounts[part.talk.by.id],
            part.id,
        )
        for part in parts
        if part.support in BY_REFERRAL
    ]


def _answer(
    session: Session,
    parts: Sequence[_Part],
    decisions: Sequence[Decision],
    accounts: Mapping[int, int],
) -> None:
    rows = [
        _answered(item, PromptState.HELD, part.talk.recorded_at, accounts[part.talk.by.id])
        for part in parts
        for item in part.bundle.items
    ]
    rows += [
        _answered(item, decided.state, decided.at, accounts[decided.by.id])
        | {"state_reason": decided.reason, "deferred_until": decided.until}
        for decided in decisions
        for item in decided.bundle.items
    ]
    columns: Row = {name: bindparam(name) for name in rows[0] if name != "number"}
    statement = (
        update(PromptPerson)
        .where(col(PromptPerson.id) == bindparam("number"))
        .values(revision=1, **columns)
    )
    session.connection().execute(statement, rows)


def _answered(item: Asked, state: PromptState, at: datetime, by: int) -> Row:
    return {
        "number": item.id,
        "state": state,
        "state_reason": "",
        "deferred_until": None,
        "changed_at": at,
        "changed_by_account_id": by,
    }

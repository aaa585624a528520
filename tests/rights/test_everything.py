"""The download holds each fact about somebody, and no fact about anybody else."""

import json
from datetime import timedelta

from sqlmodel import select

from app.accounts.queries import viewer_for
from app.exposure.service import rebuild
from app.people.models import AbsenceSpell, Person, Posting
from app.rights.collecting import COLLECTORS, everything
from app.rights.files import as_json
from app.rights.sections import subject_of
from tests.conftest import NOW
from tests.rights.planted import TOKEN, plant
from tests.rights.planted_own import plant_own

MANY = 12
WITHOUT_WORDS = {
    "equality_objections": 1,
    "major_incidents": 1,
    "sessions": 1,
    "told": 1,
    "how_to_be_told": 1,
    "mails": 1,
    "drafts_by_me": 1,
}
"""Sections in which nothing can say whose it is, and how many rows each person has."""


def collected(session, keys, one):
    """Everything held about one of those that were planted."""
    viewer = viewer_for(session, account_id=one.account, day=NOW.date())
    return everything(subject_of(viewer, session, keys=keys, now=NOW))


def test_each_fact_of_ones_own_and_none_of_anybody_elses(session, keys):
    planted = plant(session, keys, many=MANY)
    for one in planted:
        plant_own(session, keys, one)
    for one in planted:
        sections = {part.key: part for part in collected(session, keys, one)}
        text = as_json("x", list(sections.values()), NOW).decode()
        assert {found.group(1) for found in TOKEN.finditer(text)} == {f"{one.number:02}"}
        for key, words in one.words.items():
            found = {hit.group(0) for hit in TOKEN.finditer(json.dumps(sections[key].words))}
            assert found == words, key
        for key, rows in WITHOUT_WORDS.items():
            assert len(sections[key].rows) == rows, key
        assert sections["absence"].rows[0][0] == one.day
        assert set(one.words) | set(WITHOUT_WORDS) == {part.key for part in COLLECTORS}


def test_what_is_from_before_their_number_was_theirs_is_not_theirs(session, keys):
    one, _other = plant(session, keys, many=2)
    person = session.get(Person, one.person)
    person.counts_from = NOW + timedelta(days=1)
    session.flush()
    rebuild(session, now=NOW)
    text = as_json("x", collected(session, keys, one), NOW).decode()
    found = {hit.group(0)[3:] for hit in TOKEN.finditer(text)}
    # Who they are, their account and what they do with it; nothing that went before.
    assert found == {
        *("xgiven", "xfamily", "xref", "xrank", "xfaith", "xcollar"),
        *("xdisplay", "xuser", "xmail", "xreach", "xworks", "xasker", "xreason"),
    }


def test_what_is_held_under_a_former_number_is_in_it_too(session, keys):
    one, former = plant(session, keys, many=2)
    session.get(Person, former.person).became_id = one.person
    session.flush()
    sections = {part.key: part for part in collected(session, keys, one)}
    assert former.words["staff"] & set(sections["staff"].words[1])
    skills = {row[0] for row in sections["skills"].rows}
    assert skills == one.words["skills"] | former.words["skills"]
    # What was sealed under it opens with its own key.
    factors = {row[2] for row in sections["conversations"].rows}
    words = one.words["conversations"] | former.words["conversations"]
    assert factors == {(word,) for word in words}


def test_a_row_that_is_taken_back_is_said_to_be(session, keys):
    (one,) = plant(session, keys, many=1)
    for table in (Posting, AbsenceSpell):
        row = session.exec(select(table).where(table.person_id == one.person)).first()
        row.withdrawn = True
    session.flush()
    sections = {part.key: part for part in collected(session, keys, one)}
    assert sections["postings"].words[0][-1] == sections["absence"].words[0][-1] == "Yes"

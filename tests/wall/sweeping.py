"""Every role at every address, with every number and name there is, and what it was answered."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from sqlalchemy import text

from app.retention.career import Part
from app.security.permissions import Role
from tests.house_rules.crawl import Walk, crawl
from tests.page import Markup
from tests.wall.searching import words_in_addresses, words_in_reply
from tests.wall.world import Canary

IDS = {
    "account_id": "account",
    "check_id": "self_check",
    "entry_id": "major_person",
    "hold_id": "incident_hold",
    "incident_id": "incident",
    "mail_id": "mail_outbox",
    "major_id": "major_incident",
    "notification_id": "notification",
    "pack_id": "team_pack",
    "person_id": "person",
    "practitioner_id": "service_practitioner",
    "prompt_id": "prompt_person",
    "question_id": "anonymous_question",
    "referral_id": "referral",
    "request_id": "rights_request",
    "share_id": "referral_share",
    "statement_id": "exposure_statement",
    "unit_id": "unit",
}
"""The table whose public ids an address takes; a parameter that is not here takes what was met."""
NOT_SENT = {"accounts.sign_out", "accounts.leave", "accounts.check_sign_in"}
"""They would end the visit. :func:`_send_forms` fails when another one does."""
FILLED = {
    "retention.look": [{"parts": [part.value for part in Part]}],
    "retention.take": [
        {"parts": [part.value for part in Part], "kind": kind} for kind in ("json", "pdf")
    ],
}
"""Forms that hand over a record and must not be sent empty; others are."""
WHOLE_RECORDS = {"rights.download", *FILLED}
OF_OTHERS = 25
"""How many addresses of an endpoint that is not about a person."""
ENOUGH_REFUSALS = 5
SIGN_IN = "/sign-in"
FORBIDDEN = 403
PART = re.compile(r"<(?:[^:<>]+:)?(\w+)>")
ANY = re.compile(r"<any\(([^()]+)\):\w+>")


@dataclass
class Report:
    """What a sweep met."""

    requests: int = 0
    answers: Counter[int] = field(default_factory=Counter)
    endpoints: set[tuple[str, str]] = field(default_factory=set)
    seen: dict[Role, set[str]] = field(default_factory=lambda: defaultdict(set))
    leaks: list[str] = field(default_factory=list)

    def judge(self, role: Role, account_id: int, asked: str, response, planted) -> None:
        """Note every canary in a reply that this account may not read, or any in an address."""
        self.requests += 1
        self.answers[response.status_code] += 1
        found = words_in_reply(response)
        self.seen[role] |= found
        for one in found:
            canary: Canary = planted[one]
            if account_id not in canary.readers:
                self.leaks.append(f"{role}: {asked}: {canary.column} of person {canary.person_id}")
        self.leaks += [
            f"{role}: {asked}: address says {one}" for one in words_in_addresses(response)
        ]
        if found and "no-store" not in response.headers.get("Cache-Control", ""):
            self.leaks.append(f"{role}: {asked}: may be kept in a cache")


def sweep(
    site, planted: dict[str, Canary], *, of_each: int, roles: Sequence[Role] = tuple(Role)
) -> Report:
    """Every role walks as its person would, then asks for everything by its address.

    ``of_each``: how many people, spread over all there are, are asked for at each endpoint.
    """
    report = Report()
    with pytest.MonkeyPatch.context() as patch:
        # Whether pages are well made is tried elsewhere.
        patch.setattr(Markup, "check", lambda _page: None)
        walks = {role: crawl(_listening(site, role, report, planted)) for role in roles}
    known = _ids(site)
    for role in roles:
        addresses = [
            (endpoint, address)
            for endpoint, address in _addresses(site, walks, known, of_each)
            if not _walked(walks[role], endpoint, address, report)
        ]
        _ask_for_everything(site, role, addresses, report, planted)
    for number, role in enumerate(roles):
        forms = _forms(site, walks, known)
        if of_each == 1:
            # Of each record one kind of file for each role, in turn: reading a PDF takes long.
            forms = _in_turn(forms, number)
        _send_forms(site, role, forms, report, planted)
    return report


def _walked(walk: Walk, endpoint: str, address: str, report: Report) -> bool:
    """Whether this role has met it on its walk, where it was judged."""
    if address in walk.opened:
        report.endpoints.add((endpoint, "GET"))
    return address in walk.opened


def _ask_for_everything(site, role: Role, addresses, report: Report, planted) -> None:
    client, account_id = site.sign_in_as(role), site.account(role).id
    refused: Counter[str] = Counter()
    for endpoint, address in addresses:
        if refused[endpoint] >= ENOUGH_REFUSALS:
            # The role may not use it at all, whoever it is about.
            continue
        response = client.http.get(address)
        report.judge(role, account_id, f"GET {address}", response, planted)
        report.endpoints.add((endpoint, "GET"))
        refused[endpoint] += response.status_code == FORBIDDEN
        response.close()


def _listening(site, role: Role, report: Report, planted):
    """A client whose every reply is judged."""
    client = site.sign_in_as(role)
    account_id, send = site.account(role).id, client.http.open

    def listen(path, *words, **named):
        response = send(path, *words, **named)
        report.judge(role, account_id, f"walk {path}", response, planted)
        return response

    client.http.open = listen
    return client


def _ids(site) -> dict[str, list[str]]:
    with site.reading() as session:
        return {
            name: list(
                session.connection()
                .execute(text(f"SELECT public_id FROM {table} ORDER BY id"))
                .scalars()
            )
            for name, table in IDS.items()
        }


def _spread(values: list[str], most: int, start: int = 0) -> list[str]:
    """So many of them, from the whole length; another ``start`` gives others."""
    step = max(1, len(values) // most)
    return values[start % step :: step][:most]


def _addresses(site, walks, known, of_each: int, method: str = "GET") -> Iterator[tuple[str, str]]:
    for number, rule in enumerate(site.app.url_map.iter_rules()):
        if method in rule.methods and rule.endpoint != "static":
            met = _met(walks, rule.endpoint, method)
            most = of_each if "person_id" in rule.rule else min(of_each, OF_OTHERS)
            for one in _each_choice(rule.rule):
                made = _made(one, met, known, most, number)
                for address in dict.fromkeys([*_spread(met, most), *made]):
                    yield rule.endpoint, address


def _each_choice(rule: str) -> list[str]:
    """A rule with each of the words that a part of it may be; whatever has none, as it is."""
    hit = ANY.search(rule)
    words = [one.strip() for one in hit.group(1).split(",")] if hit else []
    return [rule.replace(hit.group(0), one) for one in words] or [rule]


def _met(walks: dict[Role, Walk], endpoint: str, method: str) -> list[str]:
    found = [one for walk in walks.values() for one in walk.addresses.get((endpoint, method), ())]
    return list(dict.fromkeys(found))


def _made(
    rule: str, met: list[str], known: dict[str, list[str]], most: int, start: int
) -> Iterator[str]:
    """Addresses of a rule from every id there is; other parts are those of addresses met."""
    names = PART.findall(rule)
    if not names:
        yield rule
        return
    shape = re.compile(re.sub(r"\\?<[^<>]+\\?>", "([^/]+)", rule) + "$")
    others: dict[str, list[str]] = defaultdict(list)
    for address in met:
        hit = shape.match(urlsplit(address).path)
        for name, value in zip(names, hit.groups() if hit else (), strict=False):
            others[name].append(value)
    choices = [known.get(name) or list(dict.fromkeys(others[name])) for name in names]
    if not all(choices):
        return
    firsts = _spread(choices[0], most, start)
    for number, first in enumerate(firsts):
        rest = [values[number % len(values)] for values in choices[1:]]
        values = iter([first, *rest])
        yield PART.sub(lambda _hit, values=values: next(values), rule)


def _forms(site, walks, known) -> list[tuple[str, str, dict]]:
    """Endpoints, addresses and what to send there. Whole records come first: what follows deletes
    some of what is in them."""
    found = [
        (endpoint, address, form)
        for endpoint, address in _addresses(site, walks, known, 1, "POST")
        for form in FILLED.get(endpoint, [{}] if endpoint not in NOT_SENT else [])
    ]
    return sorted(found, key=lambda one: one[0] not in WHOLE_RECORDS)


def _in_turn(forms: list[tuple[str, str, dict]], number: int) -> list[tuple[str, str, dict]]:
    found = [one for one in forms if one[0] not in WHOLE_RECORDS]
    for endpoint in sorted(WHOLE_RECORDS):
        kinds = [one for one in forms if one[0] == endpoint]
        found.insert(0, kinds[number % len(kinds)])
    return found


def _send_forms(site, role: Role, forms, report: Report, planted) -> None:
    client = site.sign_in_as(role)
    account_id, token = site.account(role).id, client.csrf_token()
    for endpoint, address, form in forms:
        response = client.http.post(address, data={"csrf_token": token, **form})
        # Else nothing after it is tried.
        assert response.headers.get("Location") != SIGN_IN, f"{address} ended the visit"
        report.judge(role, account_id, f"POST {address}", response, planted)
        report.endpoints.add((endpoint, "POST"))
        response.close()

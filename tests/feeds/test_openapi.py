"""The description of the API is true: of the addresses, of the fields, and of real replies."""

import json
import logging
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from threading import Thread

import jsonschema_rs
import pytest
from sqlmodel import select
from werkzeug.exceptions import HTTPException
from werkzeug.serving import make_server

from app.feeds.mapping import FIELDS
from app.feeds.models import FeedKind, ImportRun
from app.feeds.openapi import PROBLEMS, document, example
from app.feeds.specification import KINDS, Form
from tests.feeds.test_api import Program, install, token

WHOLE = document()


def resolved(schema):
    """A part of the description that can stand alone."""
    return {**schema, "components": WHOLE["components"]}


def valid(value, schema) -> list[str]:
    """What is wrong with a value, by a schema of the description."""
    return [
        error.message
        for error in jsonschema_rs.Draft202012Validator(resolved(schema)).iter_errors(value)
    ]


def test_it_is_served_to_everybody(site):
    reply = site.client().http.get("/api/v1/openapi.json")
    assert reply.status_code == 200
    assert reply.get_json() == json.loads(json.dumps(WHOLE))


def test_it_is_openapi(site):
    assert WHOLE["openapi"] == "3.1.0"
    names = [one["operationId"] for path in WHOLE["paths"].values() for one in path.values()]
    assert len(names) == len(set(names))
    text = json.dumps(WHOLE)
    for target in re.findall(r'"\$ref": "#/([^"]+)"', text):
        found = WHOLE
        for part in target.split("/"):
            found = found[part]


def test_it_names_every_address_and_no_other(app):
    adapter = app.url_map.bind("localhost")
    met = set()
    for path, methods in WHOLE["paths"].items():
        for method in methods:
            endpoint, values = adapter.match(path, method=method.upper())
            met.add((endpoint, method.upper()))
            assert values in ({}, {"kind": path.rsplit("/", 1)[1]})
    there = {
        (rule.endpoint, method)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/")
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    assert met == there
    with pytest.raises(HTTPException):
        adapter.match("/api/v1/feeds/people", method="GET")


@pytest.mark.parametrize("kind", FeedKind)
def test_a_row_may_say_what_a_file_may_say(kind):
    schema = WHOLE["components"]["schemas"][f"{kind}_row"]
    files_only = {field.name for field in KINDS[kind].fields if field.files_only}
    assert set(schema["properties"]) == set(FIELDS[kind]) - files_only
    for field in KINDS[kind].for_programs:
        if field.words:
            assert schema["properties"][field.name]["enum"] == [*field.words, "", None]


@pytest.mark.parametrize("kind", FeedKind)
def test_its_examples_are_as_it_says(kind):
    body = WHOLE["paths"][f"/api/v1/feeds/{kind}"]["post"]["requestBody"]
    content = body["content"]["application/json"]
    assert valid(example(kind), content["schema"]) == []
    assert content["example"] == example(kind)


def test_every_field_says_what_it_is_for():
    for spec in KINDS.values():
        for field in spec.fields:
            assert field.says.endswith("."), field.name
            assert field.form in Form


@pytest.fixture
def hr(make_site, now):
    site = make_site(kind="empty")
    install(site, now)
    return Program(site, token(site, now))


def test_real_replies_are_as_it_says(hr):
    row, rows = {"ref": "P1"}, {"system": "hr", "rows": [{"ref": "P1"}]}
    replies = [
        hr.post("people", rows, status=200),
        hr.post("people", {**rows, "rows": [row, {}]}, status=207),
        hr.post("people", rows, status=401, Authorization="Bearer x"),
        hr.post("people", {**rows, "system": "cad"}, status=403),
        hr.post("people", {**rows, "rows": [row] * 10_001}, status=413),
        hr.post("people", rows, status=415, Content_Type="text/plain"),
        hr.post("people", b"", status=422),
    ]
    described = WHOLE["paths"]["/api/v1/feeds/people"]["post"]["responses"]
    for reply in replies:
        told = described[str(reply.status_code)]
        if "$ref" in told:
            told = WHOLE["components"]["responses"][told["$ref"].rsplit("/", 1)[1]]
        assert reply.mimetype in told["content"]
        assert valid(reply.get_json(), told["content"][reply.mimetype]["schema"]) == []
    assert {str(status) for status in PROBLEMS} | {"200", "207"} == set(described)


# A stranger reads the description and tries everything it allows, and much that it does not.

CONFIGURATION = """
[checks.negative_data_rejection]
# A row that breaks the description is set aside, and the reply says so: 207.
expected-statuses = ["4xx", "207"]
"""


@pytest.fixture
def live(hr):
    """The address of the site, served by threads of this process."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, hr.site.app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.slow
def test_a_stranger_with_a_token_finds_nothing_wrong(hr, live, tmp_path, monkeypatch):
    monkeypatch.setattr("app.feeds.receiving.MOST_A_MINUTE", 10**9)
    # It sends the same few keys with ever new requests, which is what keys are there to refuse.
    monkeypatch.setattr("app.feeds.receiving.REMEMBERED", timedelta(days=-1))
    configuration = tmp_path / "schemathesis.toml"
    configuration.write_text(CONFIGURATION)
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(configuration), "run"]
    description = tmp_path / "openapi.json"
    # The token speaks for one system, which the description cannot know; past it, it knows all.
    known = {**WHOLE["components"]["schemas"], "system": {"type": "string", "enum": ["hr"]}}
    whole = {**WHOLE, "components": {**WHOLE["components"], "schemas": known}}
    description.write_text(json.dumps(whole).replace('"system": "cad"', '"system": "hr"'))
    options = {
        "--url": live,
        "--header": f"Authorization: Bearer {hr.token}",
        "--checks": "all",
        "--max-examples": "15",
        "--max-time": "30",
        "--seed": "1",
        "--generation-database": "none",
    }
    ran = subprocess.run(
        [
            *command,
            *(word for pair in options.items() for word in pair),
            str(description),
        ],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout[-6000:] + ran.stderr[-2000:]
    with hr.site.reading() as session:
        assert len(session.exec(select(ImportRun.id)).all()) > 50


# The documents say the same.


def documented() -> dict[str, set[str]]:
    """The fields of each kind, as the table in the document lists them."""
    text = Path("docs/feeds.md").read_text()
    table = text.split("## What a row may say")[1].split("The moment of an incident")[0]
    rows = [line.strip("|").split("|") for line in table.splitlines() if line.startswith("| `")]
    return {row[0].strip(" `"): set(re.findall(r"`(\w+)`", "".join(row[1:]))) for row in rows}


def test_the_document_names_every_kind_and_field():
    said = documented()
    # Of an incident the table says "a moment, a code" and the text below it which those are.
    said["incidents"] |= {"occurred_at", "occurred_date", "occurred_time"}
    said["incidents"] |= {"closing_code", "opening_code", "type"}
    assert said == {kind.value: set(FIELDS[kind]) for kind in FeedKind}


def test_the_example_in_the_document_is_answered_as_it_says(hr, now):
    text = Path("docs/feeds.md").read_text()
    sent = json.loads(re.search(r"--data '(.+?)'\n", text, re.DOTALL).group(1))
    told = json.loads(re.search(r"```json\n(.+?)```", text, re.DOTALL).group(1))
    cad = Program(hr.site, token(hr.site, now, "cad-live", "cad"))
    hr.send("people", {"ref": "P1001"}, {"ref": "P1002"})
    happened = {"ref": "I-2026-1", "occurred_at": "2026-11-20T23:15", "type": "suicide"}
    cad.send("incidents", happened, system="cad")
    reply = cad.post("attendance", sent, status=207).get_json()
    assert reply == {**told, "run": reply["run"]}

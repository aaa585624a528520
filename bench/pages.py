"""A team's page, beside an empty page of the site of the same size: its frame, signed in, around a
table of as many rows and letters that nobody had to look up."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing

from flask import Flask, render_template
from flask.testing import FlaskClient

from app.demo.accounts import DEMO_ACCOUNTS
from app.factory import create_app
from app.security.access import requires
from app.security.permissions import Permission, Role
from bench.measure import Line, best, ms
from bench.world import World

TABLE = """
<table>{% for row in rows %}
<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>
{% endfor %}</table>"""
EMPTY = f"""{{% extends "layout/page.html" %}}{{% block title %}}Empty{{% endblock %}}
{{% block content %}}{TABLE}{{% endblock %}}"""
PLAIN = f"""<!DOCTYPE html><html lang="en"><head><title>Table</title></head>
<body>{TABLE}</body></html>"""
ROW = '<tr id="row-'
CELL = "cell 12 34"
AT_ONCE = 20
ROUNDS = 12
LARGEST = """SELECT u.public_id FROM posting o JOIN unit u ON u.id = o.unit_id
WHERE u.kind = 'team' AND o.ends_on IS NULL AND NOT o.withdrawn GROUP BY u.id
ORDER BY count(*) DESC, u.id LIMIT 1"""


SIZES: dict[str, object] = {"rows": ()}
"""What the empty page draws: set for each page that it stands beside."""


def pages(world: World) -> Iterator[Line]:
    """The page of the team that the demo's supervisor leads, of the largest, and its rows alone."""
    print("Opening pages", flush=True)
    client = _signed_in(world, Role.SUPERVISOR)
    html = client.get("/teams").get_data(as_text=True)
    address = html.split("/rows", 1)[0].rsplit('"', 1)[1]
    yield from _page(client, address)
    client = _signed_in(world, Role.WELLBEING_LEAD)
    with closing(sqlite3.connect(world.path)) as connection:
        address = f"/teams/{connection.execute(LARGEST).fetchone()[0]}"
    yield from _page(client, address)
    yield from _rows(client, address)


def _page(client: FlaskClient, address: str) -> Iterator[Line]:
    html = client.get(address).get_data(as_text=True)
    people = html.count(ROW)
    _empty_like(client, html)
    ours, empty = _in_turns(lambda: _ask(client, address), lambda: _ask(client, "/empty"))
    name = f"A team's page, {people} people, {len(html):,} letters"
    yield Line(name, ms(ours), ms(empty), f"{ours / empty:.1f}", "at most 3")
    plain = _plain_client()
    ours, bare = _in_turns(lambda: _ask(client, address), lambda: _ask(plain, "/"))
    yield Line("The same beside Flask alone", ms(ours), ms(bare), f"{ours / bare:.1f}")


def _rows(client: FlaskClient, address: str) -> Iterator[Line]:
    """What an open page asks for; it stands beside the whole of the empty page."""
    html = client.get(address).get_data(as_text=True)
    tag = html.split('id="rows"', 1)[1].split('hx-ptag="', 1)[1].split('"', 1)[0]
    rows, htmx = f"{address}/rows", {"HX-Request": "true"}
    ours, empty = _in_turns(lambda: _ask(client, rows, htmx), lambda: _ask(client, "/empty"))
    yield Line("Its rows again, changed", ms(ours), ms(empty), f"{ours / empty:.1f}")
    same = {**htmx, "HX-PTag": tag}
    ours, empty = _in_turns(lambda: _ask(client, rows, same, 304), lambda: _ask(client, "/empty"))
    yield Line("Its rows again, unchanged", ms(ours), ms(empty), f"{ours / empty:.1f}")


def _ask(
    client: FlaskClient, path: str, headers: dict[str, str] | None = None, status: int = 200
) -> None:
    for _ in range(AT_ONCE):
        reply = client.get(path, headers=headers)
        assert reply.status_code == status, reply.status  # noqa: S101


def _in_turns(ours: Callable[[], None], other: Callable[[], None]) -> tuple[float, float]:
    """Seconds for one request of each, the best of several rounds: what else the machine does
    falls on both."""
    ours()
    other()
    rounds = [(best(ours, times=1), best(other, times=1)) for _ in range(ROUNDS)]
    return min(one for one, _ in rounds) / AT_ONCE, min(one for _, one in rounds) / AT_ONCE


def _empty_like(client: FlaskClient, html: str) -> None:
    """Have the empty page draw as many rows and letters as a page, ten letters to a cell."""
    rows, frame = html.count(ROW), client.get("/frame").get_data(as_text=True)
    letters = len(html) - len(frame) - rows * len("<tr></tr>")
    columns = letters // (rows * len(f"<td>{CELL}</td>"))
    SIZES["rows"] = [[CELL] * columns] * rows


def _signed_in(world: World, role: Role) -> FlaskClient:
    app = create_app(world.settings(world.copy()))
    _add_empty(app)
    client = app.test_client()
    account = next(found for found in DEMO_ACCOUNTS if found.role is role)
    page = client.get("/sign-in").get_data(as_text=True)
    token = page.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]
    data = {"csrf_token": token, "username": account.username, "password": account.password}
    reply = client.post("/sign-in", data=data)
    assert reply.status_code == 303, reply.status  # noqa: S101
    return client


def _add_empty(app: Flask) -> None:
    template = app.jinja_env.from_string(EMPTY)

    @app.get("/empty")
    @requires(Permission.GUIDANCE_ALL_READ)
    def empty() -> str:
        return render_template(template, **SIZES)

    @app.get("/frame")
    @requires(Permission.GUIDANCE_ALL_READ)
    def frame() -> str:
        return render_template(template, rows=())


def _plain_client() -> FlaskClient:
    app = Flask("plain")
    template = app.jinja_env.from_string(PLAIN)
    app.add_url_rule("/", "table", lambda: render_template(template, **SIZES))
    return app.test_client()

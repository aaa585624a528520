"""A team's page, beside an empty Flask page with a table of the same size."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

from flask import Flask, render_template, render_template_string
from flask.testing import FlaskClient
from jinja2 import DictLoader

from app.demo.accounts import DEMO_ACCOUNTS
from app.factory import create_app
from app.security.permissions import Role
from bench.measure import Line, best, ms
from bench.world import World

PLAIN = """<!DOCTYPE html><html lang="en"><head><title>Table</title></head><body><table>
{% for row in rows %}<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>{% endfor %}
</table></body></html>"""
AT_ONCE = 20


LARGEST = """SELECT u.public_id FROM posting o JOIN unit u ON u.id = o.unit_id
WHERE u.kind = 'team' AND o.ends_on IS NULL AND NOT o.withdrawn GROUP BY u.id
ORDER BY count(*) DESC, u.id LIMIT 1"""


def pages(world: World) -> Iterator[Line]:
    """The page of the team that the demo's supervisor leads, of the largest, and its rows alone."""
    print("Opening pages", flush=True)
    client = _signed_in(world, Role.SUPERVISOR)
    html = client.get("/teams").get_data(as_text=True)
    address = html.split("/rows", 1)[0].rsplit('"', 1)[1]
    yield _page(client, address)
    yield _as_it_is(client, address)
    client = _signed_in(world, Role.WELLBEING_LEAD)
    with closing(sqlite3.connect(world.path)) as connection:
        address = f"/teams/{connection.execute(LARGEST).fetchone()[0]}"
    yield _page(client, address)
    html, plain = _beside(client, address)
    changed = _each(client, f"{address}/rows", {"HX-Request": "true"})
    yield Line("Its rows again, changed", ms(changed), ms(plain), f"{changed / plain:.1f}")
    rows = html.split('id="rows"', 1)[1]
    tag = rows.split('hx-ptag="', 1)[1].split('"', 1)[0]
    same = _each(client, f"{address}/rows", {"HX-Request": "true", "HX-PTag": tag}, status=304)
    yield Line("Its rows again, unchanged", ms(same), ms(plain), f"{same / plain:.1f}")


def _page(client: FlaskClient, address: str) -> Line:
    html, plain = _beside(client, address)
    ours = _each(client, address)
    people = html.count('<tr id="row-')
    return Line(
        f"A team's page, {people} people", ms(ours), ms(plain), f"{ours / plain:.1f}", "at most 3"
    )


def _as_it_is(client: FlaskClient, address: str) -> Line:
    html = client.get(address).get_data(as_text=True)
    app = Flask("as it is")
    app.jinja_loader = DictLoader({"page.html": f"{{% raw %}}{html}{{% endraw %}}"})
    app.add_url_rule("/", "page", lambda: render_template("page.html"))
    ours, plain = _each(client, address), _each(app.test_client(), "/")
    name = f"The same beside its own {len(html):,} letters of HTML, sent as they are"
    return Line(name, ms(ours), ms(plain), f"{ours / plain:.1f}")


def _beside(client: FlaskClient, address: str) -> tuple[str, float]:
    """The page, and what a plain one with as many rows takes."""
    html = client.get(address).get_data(as_text=True)
    return html, _each(_plain_client(html.count('<tr id="row-')), "/")


def _each(
    client: FlaskClient, path: str, headers: dict[str, str] | None = None, status: int = 200
) -> float:
    def ask() -> None:
        for _ in range(AT_ONCE):
            reply = client.get(path, headers=headers)
            assert reply.status_code == status, reply.status  # noqa: S101

    ask()
    return best(ask, times=7) / AT_ONCE


def _signed_in(world: World, role: Role) -> FlaskClient:
    client = create_app(world.settings(world.copy())).test_client()
    account = next(found for found in DEMO_ACCOUNTS if found.role is role)
    page = client.get("/sign-in").get_data(as_text=True)
    token = page.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]
    data = {"csrf_token": token, "username": account.username, "password": account.password}
    reply = client.post("/sign-in", data=data)
    assert reply.status_code == 303, reply.status  # noqa: S101
    return client


def _plain_client(rows: int) -> FlaskClient:
    app = Flask("plain")
    cells = [[f"cell {row} {column}" for column in range(10)] for row in range(rows)]
    app.add_url_rule("/", "table", lambda: render_template_string(PLAIN, rows=cells))
    return app.test_client()

"""A team's page, beside an empty Flask page with a table of the same size."""

from collections.abc import Iterator

from flask import Flask, render_template_string
from flask.testing import FlaskClient

from app.demo.accounts import DEMO_ACCOUNTS
from app.factory import create_app
from app.security.permissions import Role
from bench.measure import Line, best, ms
from bench.world import World

PLAIN = """<!DOCTYPE html><html lang="en"><head><title>Table</title></head><body><table>
{% for row in rows %}<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>{% endfor %}
</table></body></html>"""
AT_ONCE = 20


def pages(world: World) -> Iterator[Line]:
    """The page of the largest team that the demo's supervisor leads, and its rows alone."""
    print("Opening pages", flush=True)
    client = _signed_in(world)
    start = client.get("/teams")
    html = start.get_data(as_text=True)
    rows = html.count('<tr id="row-')
    address = html.split('hx-get="', 1)[1].split('"', 1)[0].removesuffix("/rows")
    plain = _each(_plain_client(rows), "/")
    for what, path, headers in (
        (f"A team's page, {rows} people", address, {}),
        ("Its rows again, when something changed", f"{address}/rows", {"HX-Request": "true"}),
    ):
        ours = _each(client, path, headers)
        yield Line(what, ms(ours), ms(plain), f"{ours / plain:.1f}", "at most 3")
    tag = html.split('hx-ptag="', 1)[1].split('"', 1)[0]
    quiet = _each(client, f"{address}/rows", {"HX-Request": "true", "HX-PTag": tag}, status=304)
    yield Line("Its rows again, when nothing changed", ms(quiet), ms(plain), f"{quiet / plain:.1f}")


def _each(
    client: FlaskClient, path: str, headers: dict[str, str] | None = None, status: int = 200
) -> float:
    def ask() -> None:
        for _ in range(AT_ONCE):
            reply = client.get(path, headers=headers)
            assert reply.status_code == status, reply.status  # noqa: S101

    ask()
    return best(ask, times=7) / AT_ONCE


def _signed_in(world: World) -> FlaskClient:
    client = create_app(world.settings(world.copy())).test_client()
    account = next(found for found in DEMO_ACCOUNTS if found.role is Role.SUPERVISOR)
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

"""``url_for`` in templates, remembering what it built: a table asks for two addresses a row.

An address is made of an endpoint and the values in it, and of nothing about who asks. One that is
made of more (a list of values, another host, the endpoint of the page itself) is built each time.
"""

from functools import lru_cache
from typing import Any

from flask import Flask, request, url_for

MOST = 8192
SIMPLE = (str, int)


@lru_cache(maxsize=MOST)
def _built(_root: str, endpoint: str, values: tuple[tuple[str, Any], ...]) -> str:
    return url_for(endpoint, **dict(values))


def address(endpoint: str, **values: Any) -> str:
    """The address of an endpoint, below wherever the site is mounted for this request."""
    simple = tuple((name, value) for name, value in values.items() if type(value) in SIMPLE)
    if len(simple) < len(values) or endpoint.startswith(".") or any(n[0] == "_" for n in values):
        return url_for(endpoint, **values)
    return _built(request.script_root, endpoint, simple)


def init_app(app: Flask) -> None:
    """Put it where templates look."""
    app.jinja_env.globals["url_for"] = address

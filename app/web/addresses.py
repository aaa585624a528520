"""``url_for`` in templates, remembering what it built: a table asks for two addresses a row.

An address is made of an endpoint and the values in it, and of nothing about who asks. One that is
made of more (a list of values, another host, the endpoint of the page itself) is built each time.
"""

from functools import lru_cache
from typing import Any

from flask import Flask, request, url_for

MOST = 8192
FLASKS_OWN = frozenset({"_anchor", "_external", "_method", "_scheme"})


@lru_cache(maxsize=MOST, typed=True)
def _built(_root: str, endpoint: str, **values: Any) -> str:
    return url_for(endpoint, **values)


def address(endpoint: str, /, **values: Any) -> str:
    """The address of an endpoint, below wherever the site is mounted for this request."""
    if endpoint[0] != "." and FLASKS_OWN.isdisjoint(values):
        try:
            return _built(request.script_root, endpoint, **values)
        except TypeError:
            # A list of values cannot be remembered.
            pass
    return url_for(endpoint, **values)


def init_app(app: Flask) -> None:
    """Put it where templates look."""
    app.jinja_env.globals["url_for"] = address

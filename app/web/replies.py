"""The three ways a view answers: a whole page, a fragment of one, or "saved"."""

from flask import Response, make_response, redirect, render_template, request


def wants_fragment() -> bool:
    """Whether htmx asked, so that a piece of the page is enough."""
    return "HX-Request" in request.headers


def page(template: str, *, status: int = 200, **values: object) -> Response:
    """A whole page."""
    return make_response(render_template(template, **values), status)


def fragment(template: str, *, status: int = 200, tag: str = "", **values: object) -> Response:
    """A piece of a page. ``tag`` names its version, so that the next poll may be answered 304."""
    response = make_response(render_template(template, **values), status)
    if tag:
        response.headers["HX-PTag"] = tag
    return response


def unchanged(tag: str) -> Response | None:
    """A 304 when the caller already shows this version, else ``None``."""
    if request.headers.get("HX-PTag") != tag:
        return None
    response = make_response("", 304)
    response.headers["HX-PTag"] = tag
    return response


def saved(go_to: str) -> Response:
    """After a change: on to another page, the same for htmx and for a plain form."""
    if wants_fragment():
        response = make_response("", 204)
        response.headers["HX-Redirect"] = go_to
        return response
    return make_response(redirect(go_to, 303))

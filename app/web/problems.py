"""What programs get when something cannot be done: RFC 9457, in a sentence that says what to do."""

from http import HTTPStatus

from flask import Response, json, make_response, request
from werkzeug.exceptions import HTTPException

from app.security.access import API

UNAUTHORISED, WRONG_TYPE = 401, 415
FOR_PROGRAMS = (UNAUTHORISED, WRONG_TYPE)
"""Errors that only programs meet."""
CARRIED = frozenset({"Allow", "Retry-After", "WWW-Authenticate"})

TO_DO: dict[int, str] = {
    400: "The request does not make sense as HTTP. Nothing was stored. Check the program.",
    404: "There is nothing at this address. See /api/v1/openapi.json for what there is.",
    405: "This address does not take this method. See /api/v1/openapi.json for what it takes.",
    413: "This is more than the tracker accepts at once. Nothing was stored. Send smaller parts.",
    500: "The fault is ours. Send the same request again, with the same Idempotency-Key.",
    503: "The tracker cannot reach its records. Send the same request again in a minute.",
}


def wanted() -> bool:
    """Whether a program asks, and not a browser."""
    return request.path.startswith(API)


def problem(status: int, detail: str) -> Response:
    """One problem, in the words of ``detail``."""
    words = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    response = make_response(json.dumps(words, sort_keys=False), status)
    response.mimetype = "application/problem+json"
    return response


def of(error: HTTPException) -> Response:
    """The problem that an error is: in its own words, if it was raised with any."""
    status = error.code or 500
    own = error.description if error.description != type(error).description else None
    response = problem(status, own or TO_DO.get(status) or str(error.description))
    for name, value in error.get_headers():
        if name in CARRIED:
            response.headers[name] = value
    return response


def of_ours(status: int) -> Response:
    """A problem that is not the program's doing."""
    return problem(status, TO_DO[status])

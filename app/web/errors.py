"""What people see when something cannot be done: what happened, and what to do now.

htmx gets the same words as a short message, sent to the page's message area, so that an error never
replaces a row of a table.
"""

from typing import NamedTuple

from flask import Flask, Response, current_app, make_response, render_template, url_for
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import HTTPException, InternalServerError

from app.web import problems
from app.web.replies import wants_fragment

BAD_REQUEST = 400
FORBIDDEN = 403
NOT_FOUND = 404
WRONG_METHOD = 405
CONFLICT = 409
TOO_LARGE = 413
UNPROCESSABLE = 422
TOO_MANY = 429
BROKEN = 500
UNAVAILABLE = 503


class Explanation(NamedTuple):
    """The words of an error page."""

    title: str
    happened: str
    to_do: tuple[str, ...]


EXPLANATIONS: dict[int, Explanation] = {
    BAD_REQUEST: Explanation(
        "Sorry, that request did not make sense",
        "The site could not read what your browser sent. Nothing was saved or changed.",
        ("Go back, load the page again and try once more.",),
    ),
    FORBIDDEN: Explanation(
        "Your role does not include this page",
        "You are signed in, but none of your roles lets you open this page.",
        (
            "If you followed a link on this site, go back to the home page.",
            "If you need this page for your job, ask whoever manages accounts in your force.",
        ),
    ),
    NOT_FOUND: Explanation(
        "Page not found",
        "There is no page at this address that you can open.",
        (
            "If you typed the address, check it.",
            "If somebody has moved team, their record moved with them and old links stop working.",
        ),
    ),
    WRONG_METHOD: Explanation(
        "That page cannot be opened this way",
        "This address only accepts a form. Nothing was saved or changed.",
        ("Go back to the page with the form and send it from there.",),
    ),
    CONFLICT: Explanation(
        "Somebody got there first",
        "This was changed by somebody else while you were looking at it. "
        "Your change was not saved, so that theirs is not lost.",
        ("Load the page again to see how it stands now, then decide what is still needed.",),
    ),
    TOO_LARGE: Explanation(
        "That was too much to send",
        "The form or file is larger than this site accepts. Nothing was saved.",
        ("Go back and send less, or split it into smaller parts.",),
    ),
    UNPROCESSABLE: Explanation(
        "That could not be saved as it is",
        "Something in the form needs another look. Nothing was saved.",
        ("Go back, check the answers and send the form again.",),
    ),
    TOO_MANY: Explanation(
        "Please wait a moment",
        "There were too many tries in a short time, so the site has paused for safety.",
        ("Wait a few minutes, then try again.",),
    ),
    BROKEN: Explanation(
        "Sorry, something went wrong",
        "The fault is ours, not yours. What you just sent may not have been saved.",
        (
            "Try again in a few minutes, and check whether your last change is there.",
            "If it goes on, tell your force's IT service desk what you were doing and when.",
        ),
    ),
    UNAVAILABLE: Explanation(
        "The tracker is not available for the moment",
        "The site cannot reach its records. Nothing you sent just now was saved.",
        (
            "Try again in a few minutes.",
            "A supportive conversation does not need this site: hold it now, record it later.",
        ),
    ),
}
EXPIRED = Explanation(
    "This page was open for too long",
    "To keep your account safe, a form stops working after a while or when you sign in again. "
    "What you just sent was not saved.",
    ("Go back, load the page again and send the form once more.",),
)
OWN_WORDS = frozenset({CONFLICT, UNPROCESSABLE, TOO_MANY})
"""Errors whose description, given to ``abort``, is written for the person who reads the page."""


def _reply(status: int, explanation: Explanation) -> Response:
    values = {"status": status, "explanation": explanation}
    if wants_fragment():
        response = make_response(render_template("errors/_message.html", **values), status)
        return _to_message_area(response)
    return make_response(render_template("errors/explained.html", **values), status)


def _to_message_area(response: Response) -> Response:
    response.headers["HX-Retarget"] = "#messages"
    response.headers["HX-Reswap"] = "innerHTML"
    return response


def _explained(error: HTTPException) -> Response:
    status = error.code or BROKEN
    if problems.wanted():
        return problems.of(error)
    explanation = EXPLANATIONS[status]
    if status in OWN_WORDS and error.description != type(error).description:
        explanation = explanation._replace(happened=str(error.description))
    response = _reply(status, explanation)
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After"}:
            response.headers[name] = value
    return response


def _expired(_error: CSRFError) -> Response:
    return _reply(BAD_REQUEST, EXPIRED)


def _without_records(status: int) -> Response:
    """A page that needs neither the database nor the session, either of which may be what broke."""
    if problems.wanted():
        return problems.of_ours(status)
    values = {"status": status, "explanation": EXPLANATIONS[status]}
    name = "errors/_message.html" if wants_fragment() else "errors/bare.html"
    # Rendered directly: Flask's own way runs context processors, which look up who is signed in.
    text = current_app.jinja_env.get_template(name).render(**values, url_for=url_for)
    response = make_response(text, status)
    return _to_message_area(response) if wants_fragment() else response


def _unavailable(error: OperationalError | PoolTimeoutError) -> Response:
    # The kind of fault only: the text of a database error can quote personal data.
    cause = getattr(error, "orig", None) or error
    current_app.logger.error("The database did not answer: %s", type(cause).__name__)
    response = _without_records(UNAVAILABLE)
    response.headers["Retry-After"] = "30"
    return response


def _broken(error: InternalServerError) -> Response:
    cause = error.original_exception
    if isinstance(cause, OperationalError | PoolTimeoutError):
        return _unavailable(cause)
    return _without_records(BROKEN)


def init_app(app: Flask) -> None:
    """Register the handlers."""
    for status in problems.FOR_PROGRAMS:
        app.register_error_handler(status, problems.of)
    for status in EXPLANATIONS:
        if status not in {BROKEN, UNAVAILABLE}:
            app.register_error_handler(status, _explained)
    app.register_error_handler(CSRFError, _expired)
    app.register_error_handler(OperationalError, _unavailable)
    app.register_error_handler(PoolTimeoutError, _unavailable)
    app.register_error_handler(UNAVAILABLE, lambda _error: _without_records(UNAVAILABLE))
    app.register_error_handler(BROKEN, _broken)

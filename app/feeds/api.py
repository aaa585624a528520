"""The way in for programs: rows as JSON, with a feed token; the reply says what became of each."""

from flask import Blueprint, Response, abort, jsonify, make_response, request
from werkzeug.exceptions import TooManyRequests

from app.common.clock import utc_now
from app.database import request_engine
from app.extensions import csrf
from app.feeds.models import FeedKind
from app.feeds.openapi import document
from app.feeds.receiving import MINUTE, Request, RequestRefusedError, Why, receive
from app.security.access import current_feed, for_feeds, open_to_everyone

LARGEST = 16 * 1024 * 1024
"""Bytes of one request: 10,000 rows of more than 1,600 bytes each."""
REFUSED: dict[Why, int] = {
    Why.NOT_ALLOWED: 403,
    Why.BUSY: 409,
    Why.TOO_MANY_ROWS: 413,
    Why.UNUSABLE: 422,
    Why.TOO_OFTEN: 429,
}
USED, PARTLY = 200, 207

blueprint = Blueprint("feeds_api", __name__, url_prefix="/api/v1")


@blueprint.post("/feeds/<kind>")
@for_feeds(reason="The force's own systems send rows here. No person uses it, so no session does.")
def receive_rows(kind: str) -> Response:
    """Take in rows of one kind."""
    if kind not in {known.value for known in FeedKind}:
        abort(404, f"There are no rows of this kind. Use one of: {', '.join(FeedKind)}.")
    if request.mimetype != "application/json" or request.content_encoding:
        abort(415, "Send JSON, not compressed, with `Content-Type: application/json`.")
    request.max_content_length = LARGEST
    sent = Request(
        current_feed(),
        FeedKind(kind),
        request.get_data(),
        request.headers.get("Idempotency-Key"),
    )
    try:
        answer = receive(request_engine(), sent, now=utc_now())
    except RequestRefusedError as error:
        if error.why is Why.TOO_OFTEN:
            raise TooManyRequests(error.sentence, retry_after=MINUTE.seconds) from error
        abort(REFUSED[error.why], error.sentence)
    response = make_response(answer.body, USED if answer.complete else PARTLY)
    response.mimetype = "application/json"
    if answer.again:
        response.headers["Idempotency-Replayed"] = "true"
    return response


# No browser sends this request, so there is none that could be made to.
csrf.exempt(receive_rows)


@blueprint.get("/openapi.json")
@open_to_everyone(reason="It says how rows are sent, and holds nothing of the force's.")
def description() -> Response:
    """The API in OpenAPI 3.1, for programs that make programs."""
    return jsonify(document())

"""The description of the API, in OpenAPI 3.1, made from what rows may say. Pure."""

from typing import Any

from app.feeds.fields import HIGHEST_VERSION, MOST_HOURS
from app.feeds.models import FeedKind
from app.feeds.receiving import COUNTS, LONGEST_KEY
from app.feeds.records import Outcome
from app.feeds.specification import KINDS, SHORT, SOURCES, Field, Form
from app.feeds.submission import CODES_FROM, LIMITED, MOST_ROWS, OTHER_SYSTEMS

Schema = dict[str, Any]
FORMATS = {Form.DAY: "date"}
TITLE = "Trauma Tracker: feeds"
ABOUT = (
    "Rows from a force's own systems. Rows may come in any order, twice, late or corrected; the "
    "end is the same. A row that cannot be used is set aside with a reason, and the rest goes in."
)
PROBLEMS: dict[int, str] = {
    401: "No feed token that works was sent.",
    403: "The token may not write this kind, or not for this system.",
    409: "The same request is being worked on at this moment.",
    413: f"More than {MOST_ROWS:,} rows, or more than 16 MiB.",
    415: "The content is not application/json, or it is compressed.",
    422: "The content is no list of rows, or the key came with other content before.",
    429: "Too many requests with one token within a minute.",
    500: "Our own fault. Send the same request again with the same key.",
    503: "The records cannot be reached. Send the same request again with the same key.",
}


def document() -> Schema:
    """The whole description."""
    return {
        "openapi": "3.1.0",
        "info": {"title": TITLE, "version": "1", "description": ABOUT},
        "servers": [{"url": "/"}],
        "security": [{"feedToken": []}],
        "paths": {
            **{f"/api/v1/feeds/{kind}": {"post": _operation(kind)} for kind in FeedKind},
            "/api/v1/openapi.json": {"get": _own()},
        },
        "components": {
            "securitySchemes": {
                "feedToken": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "Made with `flask feeds token create`.",
                }
            },
            "schemas": {
                **{f"{kind}_row": row_schema(kind) for kind in FeedKind},
                "system": SYSTEM,
                "result": RESULT,
                "problem": PROBLEM,
            },
            "responses": {f"problem_{status}": _problem(says) for status, says in PROBLEMS.items()},
        },
    }


def _operation(kind: FeedKind) -> Schema:
    used = {"application/json": {"schema": {"$ref": "#/components/schemas/result"}}}
    return {
        "operationId": f"send_{kind}",
        "summary": KINDS[kind].says,
        "parameters": [KEY],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": _envelope(kind), "example": example(kind)}},
        },
        "responses": {
            "200": {"description": "Every row was used.", "headers": REPLAYED, "content": used},
            "207": {"description": "Rows were set aside.", "headers": REPLAYED, "content": used},
            **{
                str(status): {"$ref": f"#/components/responses/problem_{status}"}
                for status in PROBLEMS
            },
        },
    }


def _own() -> Schema:
    content = {"application/json": {"schema": {"type": "object"}}}
    return {
        "operationId": "description",
        "summary": "This description.",
        "security": [],
        "responses": {"200": {"description": "This description.", "content": content}},
    }


# --- What is sent ---------------------------------------------------------------------------------

SYSTEM: Schema = {
    "type": "string",
    "pattern": "^[a-z][a-z0-9_-]{0,39}$",
    "description": "A short name for a system, such as hr or cad.",
}
KEY: Schema = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": (
        "A new random text for each new request. The same request with the same key within 24 "
        "hours gets the same reply and is not applied again."
    ),
    "schema": {
        "type": "string",
        "minLength": 1,
        "maxLength": LONGEST_KEY,
        "pattern": "^[!-~]+$",
    },
}


def _envelope(kind: FeedKind) -> Schema:
    system = {"$ref": "#/components/schemas/system"}
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["system", "rows"],
        "properties": {
            "system": system,
            **dict.fromkeys(OTHER_SYSTEMS, system),
            **(CODES if kind is FeedKind.INCIDENTS else {}),
            "rows": {
                "type": "array",
                "minItems": 1,
                "maxItems": MOST_ROWS,
                "items": {"$ref": f"#/components/schemas/{kind}_row"},
            },
        },
    }


CODES: Schema = {
    "codes_from": {
        "type": "string",
        "enum": list(CODES_FROM),
        "description": (
            "framework: the codes of rows are the system's own, and the framework's code map gives "
            "the type. Without it, or with mapping: they are our own words."
        ),
    }
}


def row_schema(kind: FeedKind) -> Schema:
    """One row of a kind. A row that breaks it is set aside; the others are used."""
    spec = KINDS[kind]
    needed = [" or ".join(group) for group in spec.needed if spec.identity not in group]
    also = f" Needed unless it is withdrawn: {', '.join(needed)}." if needed else ""
    return {
        "type": "object",
        "description": spec.says + also,
        "additionalProperties": False,
        "required": [spec.identity],
        "properties": {
            field.name: _value(field, needed=field.name == spec.identity)
            for field in spec.for_programs
        },
    }


NO_TEXT: dict[Form, Schema] = {
    Form.YES_NO: {"type": ["boolean", "null"]},
    Form.WHOLE: {"type": ["integer", "null"], "minimum": 0, "maximum": HIGHEST_VERSION - 1},
    Form.HOURS: {"type": ["number", "null"], "minimum": 0, "maximum": MOST_HOURS},
    Form.CODES: {
        "type": ["array", "null"],
        "items": {"type": "string", "maxLength": SHORT, "pattern": "^[^;]*$"},
    },
}


def _value(field: Field, *, needed: bool) -> Schema:
    examples = [typed(field, text) for text in field.examples if text]
    said: Schema = {"description": field.says, **({"examples": examples} if examples else {})}
    if field.words:
        return said | {"type": ["string", "null"], "enum": [*field.words, "", None]}
    if field.form in NO_TEXT:
        return said | NO_TEXT[field.form]
    if field.form in FORMATS:
        said["format"] = FORMATS[field.form]
    if field.form in LIMITED:
        said["maxLength"] = field.longest
    if needed:
        return said | {"type": "string", "minLength": 1}
    return said | {"type": ["string", "null"]}


def example(kind: FeedKind) -> Schema:
    """A request of two rows."""
    fields = KINDS[kind].for_programs
    rows = [
        {
            field.name: typed(field, field.examples[at])
            for field in fields
            if at < len(field.examples) and field.examples[at]
        }
        for at in range(2)
    ]
    others = {"person_system": "hr"} if kind is FeedKind.ATTENDANCE else {}
    return {"system": SOURCES[kind], **others, "rows": rows}


def typed(field: Field, text: str) -> object:
    """A value as JSON writes it."""
    if field.form is Form.YES_NO:
        return text == "yes"
    if field.form is Form.HOURS:
        return float(text)
    return int(text) if field.form is Form.WHOLE else text


# --- What is answered -----------------------------------------------------------------------------

COUNT: Schema = {"type": "integer", "minimum": 0}
REPLAYED: Schema = {
    "Idempotency-Replayed": {
        "description": "`true` when this is the reply to the same request sent earlier.",
        "schema": {"const": "true"},
    }
}
RESULT: Schema = {
    "type": "object",
    "additionalProperties": False,
    "required": ["run", "counts", "rows"],
    "properties": {
        "run": COUNT | {"description": "Its number among the imports, under Feeds on the site."},
        "counts": {
            "type": "object",
            "additionalProperties": False,
            "required": list(COUNTS),
            "properties": dict.fromkeys(COUNTS, COUNT),
        },
        "rows": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["index", "outcome"],
                "properties": {
                    "index": COUNT | {"description": "Its place in the request, from 0."},
                    "outcome": {"type": "string", "enum": [outcome.value for outcome in Outcome]},
                    "field": {"type": "string"},
                    "reason": {"type": "string"},
                },
            },
        },
    },
}
PROBLEM: Schema = {
    "type": "object",
    "additionalProperties": False,
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"const": "about:blank"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong and what to do."},
    },
}


def _problem(says: str) -> Schema:
    schema = {"$ref": "#/components/schemas/problem"}
    return {"description": says, "content": {"application/problem+json": {"schema": schema}}}

"""Filling in the form of a conversation as a browser would send it."""

from tests.page import Form


def about(form: Form, public_id: str, **values: object) -> dict[str, object]:
    """Values of one person's section, by the names its fields have on the page."""
    return {f"p{public_id}-{name}": value for name, value in values.items()}


def whose(address: str) -> str:
    """The person in an address of a form."""
    return address.split("/")[2]


def answer(form: Form, address: str, **values: object) -> dict[str, object]:
    """What is sent for one person: no procedure is open, and what came of it."""
    return {"procedure": "no", **about(form, whose(address), **values)}

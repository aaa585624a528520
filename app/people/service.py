"""Rules applied when a posting is stored."""

from datetime import date

from app.people.models import PostingKind


def posting_precedence(kind: PostingKind, starts_on: date, source_ref: str) -> str:
    """A text that sorts postings by which one counts on a day covered by several.

    A temporary posting outranks the substantive one; then the one that began later; then the
    source's own reference, so that the answer never depends on the order of arrival.
    """
    rank = "1" if kind is PostingKind.TEMPORARY else "0"
    return f"{rank}{starts_on:%Y%m%d}{source_ref}"

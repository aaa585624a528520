"""The words people see for requests about their own data."""

from app.rights.models import Decision, Part, Right, State

RIGHTS: dict[Right, str] = {
    Right.CORRECTION: "Put something right",
    Right.ERASURE: "Delete something",
    Right.RESTRICTION: "Stop using something for now",
    Right.OBJECTION: "Object to how something is used",
    Right.ACCESS: "Ask for a copy of something that the download does not have",
    Right.COMPLAINT: "Complain about how my data was handled",
}
ASKS: dict[Right, str] = {
    Right.CORRECTION: "Correction",
    Right.ERASURE: "Deletion",
    Right.RESTRICTION: "Stop using for now",
    Right.OBJECTION: "Objection",
    Right.ACCESS: "Copy",
    Right.COMPLAINT: "Complaint",
}
"""The same, as whoever answers lists them."""
RIGHT_HINTS: dict[Right, str] = {
    Right.CORRECTION: "Something is wrong, out of date or missing.",
    Right.ERASURE: "You think it should not be held, or not any more.",
    Right.RESTRICTION: "It stays, but nobody uses it until it is clear who is right.",
    Right.OBJECTION: "To object to equality monitoring, use the page for that: it works at once.",
    Right.ACCESS: "Try the download first: it has almost everything, at once.",
    Right.COMPLAINT: "Somebody looked who should not have, a right was not honoured, or the like.",
}
PARTS: dict[Part, str] = {
    Part.STAFF_DETAILS: "My name, number, rank or length of service",
    Part.POSTINGS: "Where I am or was posted, or who supervises me",
    Part.SKILLS: "Skills and special roles",
    Part.ABSENCE: "Absence or time away",
    Part.INCIDENTS: "Incidents",
    Part.CONVERSATIONS: "Conversations, or why one was suggested",
    Part.SUPPORT: "Referrals and support",
    Part.CHARACTERISTICS: "What I told HR about myself, such as ethnicity or religion",
    Part.WHO_LOOKED: "Who looked at my record",
    Part.ALL: "All of it",
    Part.OTHER: "Something else",
}
STATES: dict[State, str] = {
    State.RECEIVED: "Received",
    State.ACKNOWLEDGED: "Being looked at",
    State.DECIDED: "Answered",
    State.TAKEN_BACK: "Taken back by you",
}
DECISIONS: dict[Decision, str] = {
    Decision.DONE: "Yes: it is done, or will be",
    Decision.PARTLY: "Partly",
    Decision.REFUSED: "No",
}

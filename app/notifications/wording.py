"""The words people see: in e-mails, which name nothing and nobody, and on the site."""

from app.notifications.models import Delivery, Kind, MailState, Problem
from app.notifications.queries import Line
from app.notifications.waiting import BOARD, OVERSEEN, UNATTENDED
from app.web.filters import listed, plural


def email_subject(things: int) -> str:
    """The subject of an e-mail. Whoever looks over somebody's shoulder learns a number."""
    return f"Trauma Tracker: {_things(things)} to look at"


def email_body(things: int, *, link: str, choices: str) -> str:
    """An e-mail's text: a number, a link that says nothing, and the way to fewer e-mails."""
    return (
        f"You have {_things(things)} to look at in Trauma Tracker.\n"
        "\n"
        f"{link}\n"
        "\n"
        "The link works when you are signed in. On purpose, this e-mail says nothing about what\n"
        "it is, or whom it is about.\n"
        "\n"
        "To choose when you get e-mails, or to get none:\n"
        f"{choices}\n"
    )


def _things(things: int) -> str:
    return f"{things} new {'thing' if things == 1 else 'things'}"


LABELS: dict[Kind, tuple[str, str]] = {
    Kind.OVERDUE: ("Overdue", "late"),
    Kind.REFERRAL_LATE: ("Overdue", "late"),
    Kind.DUE: ("Due within 24 hours", "soon"),
    Kind.PASSED: ("Passed to you", "info"),
    Kind.PROMPT: ("New", "info"),
    Kind.REFERRAL: ("New", "info"),
    Kind.QUESTION: ("New", "info"),
    Kind.CHECK_IN: ("Check-in", "info"),
    Kind.PACK: ("Ready", "good"),
}
"""For each kind the label beside it, and its tone."""
DELIVERIES: dict[Delivery, tuple[str, str]] = {
    Delivery.IMMEDIATE: (
        "As things happen",
        "Everybody of one incident is one e-mail. After {budget} in a day, the rest is one more.",
    ),
    Delivery.DIGEST: ("Once a day", "One e-mail at the hour you choose, if there is anything new."),
    Delivery.IN_APP: ("Not at all", "You see them on this site only."),
}
MAIL_STATES: dict[MailState, str] = {
    MailState.SENT: "Accepted by the mail server",
    MailState.WAITING: "Waiting to be sent",
    MailState.SENDING: "Being sent",
    MailState.UNSURE: "Perhaps sent: the connection or the sender stopped half-way",
    MailState.REFUSED: "Refused by the mail server",
    MailState.GIVEN_UP: "Given up after a day without success",
    MailState.NOT_NEEDED: "Not needed any more when its turn came",
}
PROBLEMS: dict[Problem, str] = {
    Problem.UNREACHABLE: "The mail server cannot be reached.",
    Problem.NOT_ENCRYPTED: "The mail server offers no encryption that can be trusted.",
    Problem.NOT_SIGNED_IN: "The mail server does not accept our user name and password.",
    Problem.BUSY: "The mail server says to try again later.",
    Problem.REFUSED: "The mail server refuses the address or the e-mail.",
    Problem.CUT_OFF: "The connection broke while an e-mail was on its way.",
}

SENTENCES: dict[Kind, str] = {
    Kind.PROMPT: "Talk to {who}",
    Kind.DUE: "Talk to {who}: due within 24 hours",
    Kind.OVERDUE: "Talk to {who}: the time limit has passed",
    Kind.PASSED: "Talk to {who}: this was passed to you",
    Kind.CHECK_IN: "Check in with {who}, as agreed when you last spoke",
    Kind.REFERRAL: "{count} in your service's inbox",
    Kind.REFERRAL_LATE: "{count} in your service's inbox, and something is overdue",
    Kind.QUESTION: "A service of yours was asked something without a name",
    Kind.PACK: "A team pack is ready",
}
BY_TOPIC = {
    UNATTENDED: "Nobody is there to talk to {who}, or nobody answered in time",
    OVERSEEN: "{count} that nobody has taken on in time",
    BOARD: "There are new published figures, and a board pack of them",
}
MOST_NAMED = 5


def sentence(line: Line) -> str:
    """What somebody is told on the site, where people may be named."""
    names = list(dict.fromkeys(one.name for one in line.people))
    more = len(names) - MOST_NAMED
    others = [plural(more, "other person", "other people")] if more > 0 else []
    words = BY_TOPIC.get(line.topic, SENTENCES[line.kind])
    count = plural(len(line.subjects), "request for contact", "requests for contact")
    return words.format(who=listed([*names[:MOST_NAMED], *others]), count=count)

"""By when an answer is due: pure.

UK GDPR Article 12(3) gives one month from the day a request is received; a complaint has to be
acknowledged within 30 days (Data Protection Act 2018, section 164A) and answered without undue
delay. A month that ends on a weekend is not made longer: earlier is never too late.
"""

from datetime import date, timedelta

from app.common.clock import months_after
from app.rights.models import Right

ACKNOWLEDGE_DAYS = 30
MONTHS = 1


def due_on(kind: Right, received_on: date) -> date:
    """The last day for an answer; of a complaint, for saying that it was received."""
    if kind is Right.COMPLAINT:
        return received_on + timedelta(days=ACKNOWLEDGE_DAYS)
    return months_after(received_on, MONTHS)

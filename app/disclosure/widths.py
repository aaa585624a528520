from app.disclosure.gates import Counts, Flags
from app.disclosure.lines import Lines
from app.disclosure.parameters import Parameters


def widened(
    lines: Lines,
    gone: Flags,
    counts: Counts,
    fixed: Flags,
    *,
    group_gone: Flags,
    parameters: Parameters,
) -> Flags:
    return gone

"""What an attack tried and what it found, as it is kept with a release. Pure.

A finding holds counts and shares only: which person or which group an attack was tried on is
nowhere in it.
"""

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Finding:
    """One attack on one set of figures: how often it was tried, what came of it, what may."""

    code: str
    """As in docs/disclosure.md: ``A3``."""
    title: str
    tried: int
    """Pairs, lines, cells or people."""
    found: float
    """What counts against the protection: a number of breaches, or a score."""
    limit: float
    """The most that may be found."""
    unit: str
    """What ``found`` is: "pairs", "AUC above the twin"."""
    detail: str = ""

    @property
    def passed(self) -> bool:
        """Whether the figures withstood it."""
        return self.found <= self.limit


@dataclass(frozen=True)
class Report:
    """Every attack on one candidate. Kept with it; a release is refused when one succeeded."""

    findings: tuple[Finding, ...]
    seconds: float = 0.0

    @property
    def passed(self) -> bool:
        """Whether all were withstood. An empty report shows nothing."""
        return bool(self.findings) and all(found.passed for found in self.findings)

    @property
    def failed(self) -> tuple[Finding, ...]:
        """The attacks that succeeded."""
        return tuple(found for found in self.findings if not found.passed)

    def dump(self) -> str:
        """As JSON, to be kept."""
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def load(cls, text: str) -> "Report":
        """What ``dump`` wrote."""
        held = json.loads(text)
        return cls(tuple(Finding(**found) for found in held["findings"]), held["seconds"])


def worst(findings: list[Finding]) -> tuple[Finding, ...]:
    """One finding an attack: the tries of all together, and the worst result."""
    together: dict[tuple[str, str], Finding] = {}
    for found in findings:
        held = together.get((found.code, found.title))
        if held is None:
            together[found.code, found.title] = found
            continue
        bad = found if found.found - found.limit > held.found - held.limit else held
        together[found.code, found.title] = Finding(
            **(asdict(bad) | {"tried": held.tried + found.tried})
        )
    return tuple(together[key] for key in sorted(together, key=lambda key: (int(key[0][1:]), key)))

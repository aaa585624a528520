"""What an attack tried and what it found, as it is kept with a release. Pure.

A finding holds counts and shares only: which person or which group an attack was tried on is
nowhere in it.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from enum import StrEnum


class Together(StrEnum):
    """How the findings of one attack on several measures become one."""

    SUM = "sum"
    """Breaches: each one counts."""
    MEAN = "mean"
    """Scores that one roll of the dice decides: their mean, by how often each was tried."""
    WORST = "worst"


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
    together: Together = Together.SUM

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
        findings = tuple(
            Finding(**(found | {"together": Together(found["together"])}))
            for found in held["findings"]
        )
        return cls(findings, held["seconds"])


def joined(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """One finding an attack, in the order of their codes."""
    groups: dict[tuple[int, str], list[Finding]] = {}
    for found in findings:
        groups.setdefault((int(found.code[1:]), found.title), []).append(found)
    return tuple(_one(groups[key]) for key in sorted(groups))


def _one(findings: list[Finding]) -> Finding:
    tried = sum(one.tried for one in findings)
    bad = max(findings, key=lambda one: one.found)
    if bad.together is Together.SUM:
        return replace(bad, tried=tried, found=sum(one.found for one in findings))
    if bad.together is Together.WORST or len(findings) == 1:
        return replace(bad, tried=tried)
    mean = sum(one.found * one.tried for one in findings) / max(tried, 1)
    detail = f"highest of {len(findings)}: {bad.found:.3f}"
    return replace(bad, tried=tried, found=mean, detail=detail)

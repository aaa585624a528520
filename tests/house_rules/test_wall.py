"""No part of the site is for judging somebody, and nothing that leaves it can carry an answer."""

import re
import tomllib
from pathlib import Path

import pytest

from app.security.permissions import Permission, Role

JUDGING = re.compile(
    r"conduct|vetting|promotion|promot(?:e|able)\b|disciplin|firearm|misconduct|appraisal|capability",
    re.IGNORECASE,
)
EXPORTS = ("packs", "force")
ANSWERS = ("app.checks", "app.support")


@pytest.mark.parametrize("role", Role)
def test_no_role_is_for_judging_somebody(role):
    assert not JUDGING.search(role.value)


@pytest.mark.parametrize("permission", Permission)
def test_no_permission_is_for_judging_somebody(permission):
    assert not JUDGING.search(permission.value)


def test_no_endpoint_or_address_is_for_judging_somebody(app):
    rules = [f"{rule.rule} {rule.endpoint}" for rule in app.url_map.iter_rules()]
    assert [rule for rule in rules if JUDGING.search(rule)] == []


@pytest.mark.parametrize("name", ["conduct_officer", "vetting:all:read", "/promotion/<id>"])
def test_such_a_name_would_be_noticed(name):
    assert JUDGING.search(name)


def test_what_leaves_the_site_cannot_import_what_people_answered():
    contracts = tomllib.loads(Path("pyproject.toml").read_text())["tool"]["importlinter"][
        "contracts"
    ]
    (wall,) = [one for one in contracts if "cannot carry what people answered" in one["name"]]
    assert set(wall["source_modules"]) >= {f"app.{area}" for area in EXPORTS}
    there = {f"app.{path.parent.name}" for path in Path("app").glob("*/__init__.py")}
    wanted = {"app.security.sealing", *(name for name in ANSWERS if name in there)}
    assert set(wall["forbidden_modules"]) >= wanted

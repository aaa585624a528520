"""What the documents point to is there, and what they tell people to type exists."""

import re
from pathlib import Path

import pytest

DOCUMENTS = sorted([*Path().glob("*.md"), *Path("docs").rglob("*.md")])
LINK = re.compile(r"\[[^\]]*\]\(([^)#]+)(?:#[^)]*)?\)")


@pytest.mark.parametrize("path", DOCUMENTS, ids=str)
def test_every_link_leads_somewhere(path):
    targets = [target for target in LINK.findall(path.read_text()) if "://" not in target]
    assert [target for target in targets if not (path.parent / target).exists()] == []


def test_the_readme_names_only_commands_that_the_makefile_has():
    named = set(re.findall(r"(?:`|^)make ([a-z-]+)", Path("README.md").read_text(), re.MULTILINE))
    rules = set(re.findall(r"^([a-z-]+):", Path("Makefile").read_text(), re.MULTILINE))
    assert named <= rules


def test_every_decision_is_in_the_list_and_has_its_three_parts():
    folder = Path("docs/decisions")
    listed = set(re.findall(r"\]\((\d{4}-[\w-]+\.md)\)", (folder / "README.md").read_text()))
    assert listed == {path.name for path in folder.glob("0*.md")}
    for path in folder.glob("0*.md"):
        headings = re.findall(r"^## (.+)$", path.read_text(), re.MULTILINE)
        assert headings == ["Context", "Decision", "Consequences"], path


def test_every_area_of_the_site_is_on_the_map():
    text = Path("README.md").read_text()
    areas = [path.name for path in Path("app").iterdir() if (path / "__init__.py").exists()]
    assert [
        area for area in areas if f"{area}/" not in text and area not in {"common", "scheduling"}
    ] == []


def test_areas_hold_the_same_few_files_and_those_that_a_decision_names():
    usual = {"models", "queries", "service", "statistics", "forms", "views", "__init__"}
    apart = {"demo", "web", "security", "common"}
    text = Path("docs/decisions/0008-file-names-in-an-area.md").read_text()
    named = set(re.findall(r"^\| (\w+) \| `(\w+)` \|", text, re.MULTILINE))
    found = {
        (path.parent.name, path.stem)
        for path in Path("app").glob("*/*.py")
        if path.stem not in usual and path.parent.name not in apart
    }
    assert found == named

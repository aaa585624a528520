"""Templates compile, stay free of code, and carry what every page needs."""

import re
from pathlib import Path

import pytest
from jinja2 import Environment, meta, nodes

from app.factory import create_app
from tests.conftest import settings_for

FOLDER = Path("app/templates")
TEMPLATES = sorted(FOLDER.rglob("*.html"))
PAGES = [
    path
    for path in TEMPLATES
    if not path.name.startswith("_") and path.parent.name not in {"layout", "components"}
]
INLINE = re.compile(
    r"<style|\sstyle=|\son[a-z]+=|javascript:|hx-on|<script(?![^>]*(?:\ssrc=|application/json))"
)
UNSAFE = re.compile(r"\|\s*safe\b|Markup\(|autoescape\s+false")
SAFE_ON_PURPOSE = {"components/conversation.html": 1, "publishing/guidance_page.html": 1}
"""Templates that print HTML made elsewhere, and how often: cleaned Markdown, and nothing else."""


STYLED_ON_PURPOSE = {"rights/my_record_file.html"}
"""A file that people keep is no page of the site: it has to bring its looks along."""


@pytest.fixture(scope="module")
def templates_of(templates, tmp_path_factory) -> Environment:
    """Where the site finds its templates; one site serves all of these tests, which only read."""
    path = tmp_path_factory.mktemp("site") / "tracker.db"
    app = create_app(settings_for(templates.instance, f"sqlite:///{path}"))
    return app.jinja_env


def relative(path: Path) -> str:
    """The name Flask knows a template by."""
    return path.relative_to(FOLDER).as_posix()


def parse(environment: Environment, path: Path) -> nodes.Template:
    """A template's syntax tree."""
    return environment.parse(path.read_text())


@pytest.mark.parametrize("path", TEMPLATES, ids=relative)
def test_a_template_compiles_and_finds_what_it_includes(templates_of, path):
    templates_of.get_template(relative(path))
    for name in meta.find_referenced_templates(parse(templates_of, path)):
        assert name, f"{path} chooses a template by a value"
        templates_of.get_template(name)


@pytest.mark.parametrize("path", TEMPLATES, ids=relative)
def test_a_template_holds_no_script_and_no_style(path):
    allowed = ["<style"] if relative(path) in STYLED_ON_PURPOSE else []
    assert INLINE.findall(path.read_text()) == allowed


@pytest.mark.parametrize("path", TEMPLATES, ids=relative)
def test_a_template_escapes_what_it_prints(path):
    assert len(UNSAFE.findall(path.read_text())) == SAFE_ON_PURPOSE.get(relative(path), 0)


@pytest.mark.parametrize("path", PAGES, ids=relative)
def test_every_page_has_a_title_of_its_own(templates_of, path):
    blocks = {block.name for block in parse(templates_of, path).find_all(nodes.Block)}
    assert "title" in blocks or "<title>" in path.read_text()


@pytest.mark.parametrize("path", TEMPLATES, ids=relative)
def test_a_template_imports_nothing_it_does_not_use(templates_of, path):
    tree = parse(templates_of, path)
    imported = set()
    for node in tree.find_all(nodes.FromImport):
        imported |= {name if isinstance(name, str) else name[1] for name in node.names}
    imported |= {node.target for node in tree.find_all(nodes.Import)}
    used = {node.name for node in tree.find_all(nodes.Name) if node.ctx == "load"}
    assert imported <= used


def test_every_template_is_used():
    text = "".join(path.read_text() for path in [*TEMPLATES, *Path("app").rglob("*.py")])
    unused = [
        relative(path)
        for path in TEMPLATES
        if f'"{relative(path)}"' not in text and path.parent.name != "errors"
    ]
    assert unused == []

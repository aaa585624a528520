"""Style sheets and scripts: what is in them, how they are built and how they are sent."""

import gzip
import json
import re
import shutil
from pathlib import Path

import pytest
from flask import Flask

from app.config import ROOT
from app.web import assets

FIRST_VISIT = 60_000
"""Bytes sent for the style sheet, the scripts and the mark on a first visit, compressed."""


def site(folder: Path) -> Flask:
    app = Flask("assets", static_folder=str(folder / "static"), root_path=str(folder))
    assets.init_app(app)
    return app


def build(app: Flask) -> None:
    with app.app_context():
        for bundle in app.extensions["assets"]:
            bundle.build(force=True)


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Flask:
    """A site whose style sheets and scripts have just been built."""
    folder = tmp_path_factory.mktemp("assets")
    shutil.copytree(ROOT / "app/static/src", folder / "static/src")
    app = site(folder)
    build(app)
    return app


def fetch(app: Flask, address: str, encoding: str = ""):
    """A file, read to its end and closed."""
    return app.test_client().get(address, headers={"Accept-Encoding": encoding}, buffered=True)


def text(app: Flask, name: str) -> str:
    with app.test_request_context():
        return fetch(app, assets.asset(name)).get_data(as_text=True)


def test_a_page_before_the_build_says_what_to_run(tmp_path):
    (tmp_path / "static").mkdir()
    told = pytest.raises(assets.AssetsNotBuiltError, match="flask assets build")
    with site(tmp_path).test_request_context(), told:
        assets.asset("styles")


def test_names_change_with_the_content_and_only_then(built, tmp_path):
    first = json.loads((Path(built.static_folder) / "dist/manifest.json").read_text())
    shutil.copytree(Path(built.static_folder) / "src", tmp_path / "static/src")
    again = site(tmp_path)
    build(again)
    manifest = Path(again.static_folder) / "dist/manifest.json"
    assert json.loads(manifest.read_text()) == first
    with (tmp_path / "static/src/css/tables.css").open("a") as file:
        file.write(".extra { color: var(--ink); }")
    build(again)
    second = json.loads(manifest.read_text())
    changed = {name for name in second if second[name] != first[name]}
    assert changed == {"dist/styles.%(version)s.css"}


def test_the_style_sheet_carries_nothing_of_gov_uk_and_fetches_nothing(built):
    css = text(built, "styles")
    assert "GDS Transport" not in css
    assert "@font-face" not in css
    assert "url(" not in css
    assert "@import" not in css
    assert "crown" not in css.lower()


def test_scripts_fetch_nothing_from_elsewhere(built):
    for name in ("scripts", "charts"):
        addresses = set(re.findall(r"https?://[a-z.]+", text(built, name)))
        # Names of document types and pages cited in messages, not fetched.
        known = {"http://www.w3.org", "https://www.chartjs.org", "https://github.com"}
        assert addresses <= known
        assert "sourceMappingURL" not in text(built, name)


def test_every_design_system_class_in_a_template_is_in_the_style_sheet(built):
    css = text(built, "styles")
    used = set()
    for path in (ROOT / "app/templates").rglob("*.html"):
        used |= set(re.findall(r"govuk-[a-z_-]+[a-z](?=[\"' ])", path.read_text()))
    scripts_and_modules = {"govuk-js-service-navigation-toggle", "govuk-template__body"}
    missing = {name for name in used - scripts_and_modules if f".{name}" not in css}
    assert not missing, "see UNUSED_COMPONENTS in app/web/assets.py"


def test_only_rules_of_unused_components_are_left_out():
    css = (
        ".govuk-tabs{a:b}.govuk-tabs__item,.govuk-panel{a:b}.govuk-table{a:b}"
        ".govuk-tabs,.govuk-table{c:d}@media print{.govuk-tabs{a:b}}"
        "@media screen{.govuk-tabs{a:b}.govuk-table{e:f}}@page{margin:1mm}.govuk-header-x{a:b}"
    )
    assert assets.used_rules(css) == (
        ".govuk-table{a:b}.govuk-tabs,.govuk-table{c:d}"
        "@media screen{.govuk-table{e:f}}@page{margin:1mm}.govuk-header-x{a:b}"
    )


def test_built_files_go_out_compressed_and_unchanged(built):
    with built.test_request_context():
        address = assets.asset("scripts")
    plain = fetch(built, address)
    small = fetch(built, address, "gzip, deflate")
    assert plain.headers.get("Content-Encoding") is None
    assert small.headers["Content-Encoding"] == "gzip"
    assert small.headers["Vary"] == "Accept-Encoding"
    assert gzip.decompress(small.data) == plain.data
    assert small.mimetype == plain.mimetype == "text/javascript"
    refused = fetch(built, address, "gzip;q=0")
    assert refused.headers.get("Content-Encoding") is None


def test_a_first_visit_is_small(built):
    with built.test_request_context():
        addresses = [assets.asset(name) for name in ("styles", "scripts", "mark")]
    sent = [fetch(built, address, "gzip").data for address in addresses]
    assert sum(len(body) for body in sent) < FIRST_VISIT


@pytest.mark.parametrize(
    "path", ["dist/none.css", "dist/../../../app/config.py", "../config.py", "dist", "dist/"]
)
def test_nothing_else_is_sent(built, path):
    for encoding in ("", "gzip"):
        assert fetch(built, f"/static/{path}", encoding).status_code == 404


def test_the_lock_file_names_no_address():
    lock = (ROOT / "package-lock.json").read_text()
    assert "resolved" not in lock
    assert "://" not in lock
    wanted = json.loads((ROOT / "package.json").read_text())
    pinned = {**wanted["dependencies"], **wanted["devDependencies"]}
    packages = json.loads(lock)["packages"]
    assert {name: packages[f"node_modules/{name}"]["version"] for name in pinned} == pinned
    assert all("integrity" in entry for name, entry in packages.items() if name)


# Colours.

TOKENS = dict(
    re.findall(
        r"--([a-z0-9-]+):\s*(#[0-9a-f]{6})", (ROOT / "app/static/src/css/tokens.css").read_text()
    )
)
TEXT_ON_GROUND = [
    *(
        (ink, ground)
        for ink in ("ink", "ink-soft", "brand", "late")
        for ground in ("paper", "ground")
    ),
    *(("ink", ground) for ground in ("tint", "soon-ground", "good-ground", "late-ground", "focus")),
    *((tone, f"{tone}-ground") for tone in ("good", "info", "soon", "late")),
    *(("paper", ground) for ground in ("brand", "brand-dark", "deep", "deep-line", "late")),
    *(("ink-soft", ground) for ground in ("tint",)),
    ("deep-soft", "deep"),
    ("deep", "mint"),
    ("brand", "tint"),
    ("govuk-link-visited-colour", "ground"),
]
SHAPE_ON_GROUND = [
    *((f"chart-{number}", "paper") for number in range(1, 6)),
    ("line-strong", "paper"),
    ("line-strong", "ground"),
    ("late-line", "paper"),
    ("focus", "deep"),
]


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    low, high = sorted((luminance(TOKENS[first]), luminance(TOKENS[second])))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(("ink", "ground"), TEXT_ON_GROUND)
def test_text_can_be_read(ink, ground):
    assert contrast(ink, ground) >= 4.5


@pytest.mark.parametrize(("shape", "ground"), SHAPE_ON_GROUND)
def test_shapes_can_be_seen(shape, ground):
    assert contrast(shape, ground) >= 3

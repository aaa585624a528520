"""Style sheets and scripts: what they are made of, how they are built and how they are sent.

``flask assets build`` writes them to ``static/dist`` under names that carry a hash of the content.
Sources are this project's own small files and, from ``node_modules``, govuk-frontend, htmx and
Chart.js. Nothing is fetched from anywhere else, by the server or by a browser.
"""

import gzip
import mimetypes
import re
from functools import lru_cache
from pathlib import Path
from typing import TextIO

from flask import Flask, Response, current_app, make_response, request
from flask_assets import Bundle, Environment
from webassets.exceptions import BundleError

from app.config import ROOT

MODULES = ROOT / "node_modules"
GOVUK = MODULES / "govuk-frontend" / "dist" / "govuk"
HTMX = MODULES / "htmx.org" / "dist"
CHARTS = MODULES / "chart.js" / "dist"
STYLES = (
    "tokens",
    "layout",
    "controls",
    "components",
    "tables",
    "record",
    "talk",
    "support",
    "teams",
    "today",
    "checks",
    "maps",
    "lens",
    "pages",
    "print",
)

# Parts of govuk-frontend that no page uses. Remove a name here to use that component.
UNUSED_COMPONENTS = (
    "accordion",
    "accordion-nav",
    "cookie-banner",
    "feedback",
    "file-upload",
    "file-upload-button",
    "footer",
    "generic-header",
    "header",
    "language-navigation",
    "logo-dot",
    "panel",
    "service-navigation--inverse",
    "tabs",
    "task-list",
)
_UNUSED = re.compile(rf"\.govuk-(?:{'|'.join(UNUSED_COMPONENTS)})(?![a-z]|-[a-z])")
_FONT_FACE = re.compile(r"/\*![^*]*exclusive use on gov\.uk[^*]*\*/|@font-face\{[^}]*\}")
_CUT_FROM_START = re.compile(r'@charset "UTF-8";')


class AssetsNotBuiltError(RuntimeError):
    """A page was asked for before the style sheets and scripts were built."""


def own_font(source: TextIO, out: TextIO) -> None:
    """Take out GOV.UK's typeface, which only GOV.UK may use; ``tokens.css`` names another."""
    text = _CUT_FROM_START.sub("", _FONT_FACE.sub("", source.read()))
    out.write(text.replace("GDS Transport,arial,sans-serif", "var(--font)"))


def used_components(source: TextIO, out: TextIO) -> None:
    """Leave out the rules of components that no page uses."""
    out.write(used_rules(source.read()))


def used_rules(css: str) -> str:
    """Minified CSS without rules whose every selector names an unused component."""
    kept: list[str] = []
    for selectors, body in _rules(css):
        if selectors.startswith("@") and "{" in body:
            inner = used_rules(body)
            if inner:
                kept.append(f"{selectors}{{{inner}}}")
        elif not all(_UNUSED.search(selector) for selector in selectors.split(",")):
            kept.append(f"{selectors}{{{body}}}")
    return "".join(kept)


def _rules(css: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    depth = start = opened = 0
    for brace in re.finditer(r"[{}]", css):
        if brace[0] == "{":
            depth += 1
            if depth == 1:
                opened = brace.start()
            continue
        depth -= 1
        if depth == 0:
            found.append((css[start:opened].strip(), css[opened + 1 : brace.start()]))
            start = brace.end()
    return found


def bundles() -> dict[str, Bundle]:
    """What is built, by the name that templates use."""
    return {
        "styles": Bundle(
            Bundle(str(GOVUK / "govuk-frontend.min.css"), filters=[own_font, used_components]),
            *(f"src/css/{name}.css" for name in STYLES),
            filters="rcssmin",
            output="dist/styles.%(version)s.css",
        ),
        "scripts": Bundle(
            str(HTMX / "htmx.min.js"),
            str(HTMX / "ext" / "hx-ptag.min.js"),
            str(GOVUK / "all.bundle.js"),
            "src/js/site.js",
            "src/js/now.js",
            "src/js/exit.js",
            filters="rjsmin",
            output="dist/scripts.%(version)s.js",
        ),
        "charts": Bundle(
            str(CHARTS / "chart.umd.min.js"),
            "src/js/charts.js",
            filters="rjsmin",
            output="dist/charts.%(version)s.js",
        ),
        "mark": Bundle("src/images/mark.svg", output="dist/mark.%(version)s.svg"),
    }


def asset(name: str) -> str:
    """The address of something built.

    Raises:
        AssetsNotBuiltError: nothing has been built yet.
    """
    known: dict[str, str] = current_app.extensions["asset_addresses"]
    if name not in known:
        known[name] = _address(name)
    return known[name]


def _address(name: str) -> str:
    environment: Environment = current_app.extensions["assets"]
    try:
        addresses: list[str] = environment[name].urls()
    except BundleError as error:
        message = (
            "The style sheets and scripts have not been built. Run `npm ci` and then "
            "`flask assets build`, and start the site again."
        )
        raise AssetsNotBuiltError(message) from error
    return addresses[0]


@lru_cache(maxsize=16)
def _compressed(path: Path) -> bytes:
    return gzip.compress(path.read_bytes(), 9, mtime=0)


def send_static(filename: str) -> Response:
    """A static file; what was built goes out compressed to every browser that can read it."""
    plain = current_app.send_static_file(filename)
    if not filename.startswith("dist/") or not request.accept_encodings["gzip"]:
        return plain
    plain.close()
    body = _compressed(Path(str(current_app.static_folder)) / filename)
    response = make_response(body)
    response.headers["Content-Type"] = mimetypes.guess_type(filename)[0] or "text/plain"
    response.headers["Content-Encoding"] = "gzip"
    response.vary.add("Accept-Encoding")
    return response


def init_app(app: Flask) -> None:
    """Give templates ``asset("styles")`` and the command line ``flask assets build``."""
    dist = Path(str(app.static_folder)) / "dist"
    dist.mkdir(exist_ok=True)
    app.config.update(
        ASSETS_AUTO_BUILD=False,
        ASSETS_CACHE=False,
        ASSETS_DEBUG=False,
        ASSETS_MANIFEST=f"json:{dist / 'manifest.json'}",
        ASSETS_URL_EXPIRE=False,
    )
    environment = Environment(app)
    environment.register(bundles())
    app.extensions["assets"] = environment
    # What is built stays as it is for as long as the process lives.
    app.extensions["asset_addresses"] = {}
    app.jinja_env.globals["asset"] = asset
    app.view_functions["static"] = send_static

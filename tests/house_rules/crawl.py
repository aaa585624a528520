"""Walking the site as one person would: from the home page, by every link and form there is."""

from collections import defaultdict
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from werkzeug.exceptions import HTTPException

OF_EACH = 3
"""How many addresses of one endpoint are opened; a team of forty has forty alike."""


@dataclass
class Walk:
    """What was met: addresses by endpoint and method, and the pages that were opened."""

    addresses: dict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))
    opened: dict[str, object] = field(default_factory=dict)
    fragments: dict[str, object] = field(default_factory=dict)

    def first(self, endpoint: str, method: str) -> str | None:
        """One address of an endpoint, if any was met."""
        found = self.addresses.get((endpoint, method))
        return found[0] if found else None


def crawl(client, start: str = "/") -> Walk:
    """Open what one person can reach; every page is held to the rules of the house on the way."""
    walk = Walk()
    adapter = client.site.app.url_map.bind("localhost")
    waiting = [(start, False)]
    while waiting:
        address, htmx = waiting.pop(0)
        seen = walk.fragments if htmx else walk.opened
        endpoint = _endpoint(adapter, address, "GET")
        if endpoint is None or address in seen or not _note(walk, endpoint, "GET", address, seen):
            continue
        reply = seen[address] = client.get(address, status=None, htmx=htmx)
        assert reply.status in {200, 302, 303}, f"{address} was offered and answered {reply.status}"
        if reply.location:
            waiting.append((_local(address, reply.location) or start, False))
        elif reply.response.mimetype == "text/html":
            for method, target, by_htmx in _offers(reply.page, address):
                if method == "GET":
                    waiting.append((target, by_htmx))
                elif (found := _endpoint(adapter, target, method)) is not None:
                    _note(walk, found, method, target, {})
    return walk


def _note(walk: Walk, endpoint: str, method: str, address: str, seen: dict[str, object]) -> bool:
    """Whether to open it: not when enough of its kind were, as a page or as a fragment."""
    known = walk.addresses[(endpoint, method)]
    if address not in known:
        known.append(address)
    return sum(other in seen for other in known) < OF_EACH


def _endpoint(adapter, address: str, method: str) -> str | None:
    try:
        endpoint, _ = adapter.match(urlsplit(address).path, method=method)
    except HTTPException:
        return None
    return None if endpoint == "static" else endpoint


def _local(here: str, target: str) -> str | None:
    joined = urlsplit(urljoin(f"http://localhost{here}", target))
    if joined.netloc != "localhost" or joined.scheme != "http":
        return None
    return joined.path + (f"?{joined.query}" if joined.query else "")


def _offers(page, here: str) -> list[tuple[str, str, bool]]:
    """Everything a page leads to: the method, the address, and whether htmx asks for it."""
    found = [("GET", tag["href"], False) for tag in page.select("a[href]")]
    found += [("GET", tag["hx-get"], True) for tag in page.select("[hx-get]")]
    found += [("POST", tag["hx-post"], True) for tag in page.select("[hx-post]")]
    for form in page.select("form"):
        found.append((str(form["method"]).upper(), str(form.get("action") or here), False))
    local = [(method, _local(here, str(target)), by_htmx) for method, target, by_htmx in found]
    return [(method, target, by_htmx) for method, target, by_htmx in local if target]

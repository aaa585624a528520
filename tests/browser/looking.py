"""Somebody looking at the site: what they notice is wrong, and what axe would tell them."""

from functools import cache
from pathlib import Path

from playwright.sync_api import ConsoleMessage, Page, Response

AXE = Path("node_modules/axe-core/axe.min.js")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SKELETON = """() => {
    const main = document.querySelector('main'), all = [...document.body.querySelectorAll('*')]
    const said = some => some.map(
        e => e.tagName + '.' + e.className + '.' + (e.getAttribute('role') || '')).join(' ')
    const inside = e => main !== null && main.contains(e)
    return [said(all.filter(e => !inside(e))), said(all.filter(inside))]
}"""
SCAN = """async rules => (await axe.run(document, {runOnly: rules, resultTypes: ['violations']}))
    .violations.map(v => v.id + ': ' + v.help + ': ' +
        v.nodes.map(n => n.target.join(' ')).join(', '))"""
SCROLLS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@cache
def _axe() -> str:
    return AXE.read_text()


class Looking:
    """A page, and everything that went wrong while it was open."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.problems: list[str] = []
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.problems.append(f"{page.url}: script: {error}"))
        page.on("response", self._answered)

    def _said(self, message: ConsoleMessage) -> None:
        # What the policy refuses, and what scripts complain of; a 4xx is judged by its own test.
        if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
            self.problems.append(f"{self.page.url}: console: {message.text}")

    def _answered(self, response: Response) -> None:
        if response.status >= 500:
            self.problems.append(f"{response.url}: {response.status}")

    def skeleton(self) -> tuple[str, str]:
        """The page without its words, what is around the content and the content: two pages alike
        in these are alike to axe, whoever looks."""
        # A page that is still arriving has no body yet.
        self.page.wait_for_load_state()
        around, content = self.page.evaluate(SKELETON)
        return around, content

    def barriers(self) -> list[str]:
        """What axe finds by WCAG 2.2 A and AA, and by good practice."""
        self.page.evaluate(_axe())
        return list(self.page.evaluate(SCAN, RULES))

    def sideways(self) -> int:
        """How many pixels one has to scroll sideways; none is right."""
        return int(self.page.evaluate(SCROLLS))

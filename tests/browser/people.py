"""What a test does with a page as a person would, and what it looks at afterwards."""

import json

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Locator, Page

AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


class Hand:
    """What a person does, counted: `taps` on the screen and `keys` on the keyboard (written text is not counted)."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.taps = 0
        self.keys = 0

    def tap(self, target: Locator) -> None:
        target.click()
        self.taps += 1

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.keys += 1

    def write(self, target: Locator, text: str) -> None:
        """Put text into a field: the words are the person's own, and no step of ours."""
        target.fill(text)


def violations(page: Page) -> str:
    """What axe finds wrong, one line for each place: A, AA, best practice and enhanced contrast. Empty is good."""
    options = {
        "runOnly": {"type": "tag", "values": AXE_TAGS},
        "rules": {"color-contrast-enhanced": {"enabled": True}, "target-size": {"enabled": True}},
        "resultTypes": ["violations"],
    }
    page.evaluate(AXE_SCRIPT)
    found = page.evaluate(f"() => axe.run(document, {json.dumps(options)}).then(results => results.violations)")
    return "\n".join(
        f"{rule['id']} ({rule['impact']}): {rule['help']}"
        f"\n    {' '.join(map(str, node['target']))}  {node['html'][:160]}"
        f"\n    {' '.join(check['message'] for check in [*node['any'], *node['all'], *node['none']])}"
        for rule in found
        for node in rule["nodes"]
    )


def no_violations(page: Page) -> None:
    """Fail with every place that axe finds wrong on this page as it stands."""
    found = violations(page)
    assert not found, f"{page.url}\n{found}"


def sideways(page: Page) -> int:
    """By how many pixels the page is wider than its window; 0 = it reflows."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))

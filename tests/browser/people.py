"""What a test does with a page as a person would, and what it looks at afterwards."""

import json
from typing import Any, NamedTuple

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Locator, Page, ViewportSize

COLOURS = ["color-contrast-enhanced", "link-in-text-block"]  # all that the theme can change
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


VIEWPORTS: dict[str, ViewportSize] = {
    "phone": {"width": 360, "height": 740},
    "desktop": {"width": 1280, "height": 800},
    "zoomed": {"width": 320, "height": 256},  # 1280 px at 400 %
}
# What a thumb of 44 px cannot hit. A box is hit by the label around it, too, and a card by all of it; links in running
# text may be as small as their line.
SMALL_TARGETS = """() => [...document.querySelectorAll("a, button, input, select, summary, textarea")]
    .filter((element) => element.checkVisibility() && !element.closest("p, dd, .prose") && !element.matches(".skip"))
    .map((element) => [element, (element.closest("label") ?? element).getBoundingClientRect()])
    .filter(([, box]) => box.width && (Math.round(box.width) < 44 || Math.round(box.height) < 44))
    .filter(([element]) => {
        element.scrollIntoView({ block: "center", inline: "center" });
        const box = element.getBoundingClientRect();
        const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
        const ends = [[x, y - 21], [x, y + 21], [Math.max(x - 21, 1), y], [Math.min(x + 21, innerWidth - 1), y]];
        return !ends.every((end) => element.contains(document.elementFromPoint(...end)));
    })
    .map(([element, box]) => `${element.textContent.trim() || element.name}: ${box.width | 0}x${box.height | 0}`)"""
# The same for a room, where nothing may be scrolled: what a box says of itself.
TOO_SMALL = """() => [...document.querySelectorAll("button, a, textarea, summary, .choice, input")]
    .filter((element) => !element.closest(".choice") || element.matches(".choice"))
    .filter((element) => element.checkVisibility() && !element.matches(".skip"))
    .map((element) => [element.textContent.trim() || element.className, element.getBoundingClientRect()])
    .filter(([, box]) => Math.round(box.width) < 44 || Math.round(box.height) < 44).map(([text]) => text)"""
# No colour is on its way to another any more.
COLOURS_ARE_THERE = """() => {
    for (const one of document.getAnimations()) if (one instanceof CSSTransition) one.finish();
}"""
LARGE_LETTERS = """() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`html { font-size: 36px } p { margin-block-end: 2em !important }
        * { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }`);
    document.adoptedStyleSheets.push(sheet);
}"""


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


def violations(page: Page, *, only: list[str] | None = None, without: tuple[str, ...] = ()) -> str:
    """What axe finds wrong, one line for each place: A, AA, best practice and enhanced contrast. Empty is good."""
    # Whatever the enhanced contrast lets pass has the lesser one, too; looking for both takes twice as long.
    rules = {name: {"enabled": name != "color-contrast"} for name in ("color-contrast", *COLOURS, "target-size")}
    options = {
        "runOnly": {"type": "rule", "values": only} if only else {"type": "tag", "values": AXE_TAGS},
        "rules": {} if only else {**rules, **{name: {"enabled": False} for name in without}},
        "resultTypes": ["violations"],
        "preload": False,  # no rule of these asks for the style sheets once more
    }
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    page.evaluate(COLOURS_ARE_THERE)
    found = page.evaluate(f"() => axe.run(document, {json.dumps(options)}).then(results => results.violations)")
    return "\n".join(
        f"{rule['id']} ({rule['impact']}): {rule['help']}"
        f"\n    {' '.join(map(str, node['target']))}  {node['html'][:160]}"
        f"\n    {' '.join(check['message'] for check in [*node['any'], *node['all'], *node['none']])}"
        for rule in found
        for node in rule["nodes"]
    )


def no_violations(page: Page, *, only: list[str] | None = None, without: tuple[str, ...] = ()) -> None:
    """Fail with every place that axe finds wrong on this page as it stands."""
    found = violations(page, only=only, without=without)
    assert not found, f"{page.url}\n{found}"


def no_violations_in_light_and_dark(page: Page) -> None:
    """All rules in light; in dark what the theme can change."""
    no_violations(page)
    page.emulate_media(color_scheme="dark")
    no_violations(page, only=COLOURS)
    page.emulate_media(color_scheme="light")


def is_fine(page: Page) -> None:
    """A room as it stands, which nothing may scroll or reload: axe, targets of 44 px, nothing sideways.

    At 400 % the same markup lies in a narrower window: there only the targets and the width are looked at.
    """
    if page.viewport_size != VIEWPORTS["zoomed"]:
        no_violations_in_light_and_dark(page)
    assert page.evaluate(TOO_SMALL) == []
    assert sideways(page) == 0


def readable_by_everybody(page: Page, *, without: tuple[str, ...] = ()) -> None:
    """For screen readers, in light and dark, at 400 %, and for a thumb. `without`: rules of axe to leave out."""
    page.set_viewport_size(VIEWPORTS["phone"])
    page.emulate_media(color_scheme="light", reduced_motion="reduce")  # no colour is on its way to another
    no_violations(page, without=without)
    page.emulate_media(color_scheme="dark")
    no_violations(page, only=COLOURS)
    for viewport in ("zoomed", "phone"):
        page.set_viewport_size(VIEWPORTS[viewport])
        assert sideways(page) <= 0, f"{page.url} is too wide at {VIEWPORTS[viewport]['width']} px"
        small = page.evaluate(SMALL_TARGETS)
        assert small == [], f"{page.url}, {viewport}: {small}"
    page.emulate_media(color_scheme="light")


def sideways(page: Page) -> int:
    """By how many pixels the page is wider than its window; 0 = it reflows."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


class Fetch(NamedTuple):
    """What came over the wire for one request."""

    address: str
    size: int  # bytes, with its headers, as packed


def weigh(page: Page) -> list[Fetch]:
    """All that the page fetches from now on; filled while it loads. What stands in the page itself is not fetched."""
    session, addresses, fetched = page.context.new_cdp_session(page), {}, []
    session.send("Network.enable")
    session.on("Network.responseReceived", lambda e: addresses.update({e["requestId"]: e["response"]["url"]}))

    def done(event: dict[str, Any]) -> None:
        address = addresses[event["requestId"]]
        if address.startswith("http"):
            fetched.append(Fetch(address, int(event["encodedDataLength"])))

    session.on("Network.loadingFinished", done)
    return fetched

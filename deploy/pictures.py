"""Make the README's picture from a running demo: `make run` in one window, `make pictures` in another.

Plays a few lines of an evening as a counsellor and three young people, and lays a phone beside the counsellor's screen.
"""

import base64
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

PASSWORD = "demo-adgang-2026"  # noqa: S105 - of the demo, printed by `make run`
TARGET = Path(__file__).resolve().parent.parent / "docs" / "pictures" / "evening.png"
LINES = (
    "Hej. Jeg er lidt nervøs. Er der andre, der har det sådan?",
    "Ja, mig! Første gang jeg er med.",
    "Min storesøster er mit forbillede. Hun siger altid sin mening.",
)
SHEET = """<body style="margin:0;padding:48px;background:#e6ece6;display:flex;gap:40px;align-items:center;width:1560px">
<img style="width:1140px;border-radius:16px" src="data:image/png;base64,{wide}">
<img style="width:340px;border-radius:28px" src="data:image/png;base64,{phone}"></body>"""


def visitor(browser: Browser, width: int, height: int) -> Page:
    context = browser.new_context(viewport={"width": width, "height": height}, device_scale_factor=2, locale="da-DK")
    return context.new_page()


def counsellor(browser: Browser, site: str) -> Page:
    page = visitor(browser, 1280, 820)
    page.goto(f"{site}/konto/login/")
    page.locator("[name=login]").fill("sofie")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url("**/vagt/")
    return page


def young(browser: Browser, site: str) -> Page:
    page = visitor(browser, 360, 740)
    page.goto(f"{site}/")
    page.get_by_role("link", name="Gå ind").first.click()
    page.get_by_role("button", name="Gå ind i chatten").click()
    page.wait_for_url("**/room/")
    return page


def say(page: Page, text: str) -> None:
    page.locator("#text").fill(text)
    page.locator(".composer__send").click()
    page.wait_for_timeout(700)


def main(site: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        phones = [young(browser, site) for _line in LINES]
        desk = counsellor(browser, site)
        desk.goto(phones[0].url)
        desk.wait_for_timeout(1500)
        opening = desk.locator("[data-command='room.open']")
        if opening.is_visible():
            opening.click()
        desk.wait_for_timeout(1500)
        say(desk, "Velkommen, alle sammen. Hvem ser I op til?")
        for phone, line in zip(phones, LINES, strict=True):
            say(phone, line)
        pictures = [base64.b64encode(page.screenshot()).decode() for page in (desk, phones[0])]
        sheet = browser.new_page(viewport={"width": 1656, "height": 860})
        sheet.set_content(SHEET.format(wide=pictures[0], phone=pictures[1]))
        sheet.screenshot(path=TARGET)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")

"""The whole line, walked in a browser by two people: a question, an answer, a note, and the next asker who finds it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

QUESTION = "Teman-teman, buku yg telat 2 minggu dendanya gmn ngitungnya ya? Ada pemustaka yg nanya di loket"
ANSWER = (
    "Dendanya Rp1.000 per hari kerja per buku, hari libur tidak dihitung.\n"
    "1. Buka menu Sirkulasi, lalu Pengembalian\n"
    "2. Pindai bukunya, sistem menghitung hari kerja\n"
    "3. Cetak bukti denda, pemustaka membayar di loket"
)
AGAIN = "How much is the fine when a book comes back late?"


class Walker:
    """Two people at one browser. `picture` is called at each of the six stations."""

    def __init__(self, page: Page, address: str, picture: Callable[[str], None]) -> None:
        self.page, self.address, self.picture = page, address, picture
        self.wide = (page.viewport_size or {"width": 1280})["width"] >= 600

    def leave_thread(self) -> None:
        """On a phone a thread fills the screen."""
        close = self.page.locator(".panel.thread [data-thread-close]")
        if not self.wide and close.is_visible():
            close.click()

    def be(self, name: str) -> None:
        self.leave_thread()
        self.page.locator("button.as").click()
        self.page.locator("#switcher button.person", has_text=name).click()
        expect(self.page.locator(".as-name")).to_contain_text(name)

    def go(self, channel: str) -> None:
        self.leave_thread()
        if not self.wide:
            self.page.locator(".head button[popovertarget=side]").click()
        self.page.locator("#rooms a", has_text=channel).first.click()
        self.page.wait_for_load_state()
        expect(self.page.locator(".head-title h1")).to_contain_text(channel)

    def write(self, text: str, where: str = "room") -> None:
        box = self.page.locator(f"#text-{where}")
        box.fill(text)
        box.press("Enter")
        expect(box).to_have_value("")

    def thread_of(self, text: str) -> None:
        """Opens the thread under the newest message with these words."""
        self.page.locator("[data-list=room] .msg", has_text=text).last.locator("a.replies").click()
        self.page.locator("#text-thread").wait_for()

    def press(self, action: str, within: str = "") -> None:
        self.page.locator(f"{within} [data-press={action}]").last.click()

    def is_accessible(self) -> None:
        found = Axe().run(self.page)
        assert found.violations_count == 0, found.generate_report()

    # ---- the six stations --------------------------------------------------------------------------------------------

    def asks(self) -> None:
        self.page.goto(self.address)
        expect(self.page.locator("#rooms")).to_contain_text("sirkulasi")
        self.until_known()
        self.is_accessible()
        self.picture("1-first-page")
        self.go("ruang-bersama")
        self.write(QUESTION)
        self.thread_of("dendanya gmn")
        expect(self.page.locator(".panel.thread .msg.bot [data-press=move]")).to_be_visible()
        expect(self.page.locator(".panel.thread .msg.bot")).to_contain_text("Daniel")
        self.is_accessible()
        self.picture("2-asked")

    def until_known(self) -> None:
        """The scene's people are joining while the page is open already: wait until the bot knows them."""
        self.go("Guyub")
        self.write("/komunitas")
        mine = self.page.locator(".msg.bot", has_text="Sirkulasi").last
        expect(mine).to_contain_text("2 anggota", timeout=20_000)
        self.page.goto(self.address)

    def answers(self) -> None:
        self.be("Daniel")
        self.go("sirkulasi")
        card = self.page.locator("[data-list=room] .msg.bot", has_text="dendanya gmn").last
        card.locator("a.replies").click()
        self.page.locator("#text-thread").wait_for()
        self.write(ANSWER, "thread")
        expect(self.page.locator(".panel.thread .msg", has_text="Rp1.000").first).to_be_visible()
        self.picture("3-answered")

    def solves(self) -> None:
        self.be("Sari")
        self.go("ruang-bersama")
        self.thread_of("dendanya gmn")
        expect(self.page.locator(".panel.thread .msg.bot", has_text="Rp1.000").first).to_be_visible()
        self.picture("4-sees-the-answer")
        self.press("solved", ".panel.thread")
        expect(self.page.locator(".panel.thread [data-press=solved]")).to_have_count(0)

    def reviews(self) -> None:
        self.go("Guyub")
        self.press("review")
        self.page.locator("dialog[open]").wait_for()
        expect(self.page.locator("dialog[open]")).to_contain_text("Pindai bukunya")
        self.is_accessible()
        self.picture("5-review")
        self.press("approve", "dialog[open]")
        expect(self.page.locator(".messages [data-press=approve]")).to_have_count(0, timeout=15_000)

    def finds(self) -> None:
        self.be("Daniel")
        self.go("ruang-bersama")
        self.write(AGAIN)
        self.thread_of(AGAIN)
        fits = self.page.locator(".panel.thread [data-press=fits]")
        expect(fits).to_be_visible()
        expect(self.page.locator(".panel.thread")).to_contain_text("Rp1.000")
        self.picture("6-found-again")
        self.is_accessible()
        fits.click()
        expect(fits).to_have_count(0)
        self.page.goto(self.address)
        if self.wide:
            expect(self.page.locator("#welcome")).to_contain_text("5/5")

    def whole_line(self) -> None:
        for station in (self.asks, self.answers, self.solves, self.reviews, self.finds):
            station()


def photographer(page: Page, folder: Path | None, suffix: str) -> Callable[[str], None]:
    """Saves a picture of each station, where a folder is given."""

    def picture(name: str) -> None:
        if folder:
            page.wait_for_timeout(350)
            folder.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=folder / f"{name}-{suffix}.png")

    return picture

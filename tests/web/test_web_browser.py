"""The messenger in a real browser: one walk through what people do, and axe on every view, light and dark, large and small."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, async_playwright, expect
from web_world import ScriptedEars, delivery, scene

from adapters.web.door import WebDoor
from bot.doors import Label
from bot.model.place import MessageRef, Place

pytestmark = pytest.mark.anyio
expect.set_options(timeout=20_000)  # a busy machine is no failure
CHROMIUM = "/usr/bin/chromium"
DESKTOP = {"viewport": {"width": 1280, "height": 800}}
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
STEPS: list[dict[str, str | bool]] = [{"key": "ask", "done": True}, {"key": "answer", "done": False}]


@pytest.fixture
async def browser(address: str) -> AsyncIterator[Browser]:
    """Chromium; asking for `address` closes it before the server."""
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=CHROMIUM)
        yield opened
        await opened.close()


async def watched(browser: Browser, address: str, problems: list[str], **device: object) -> Page:
    """A page that reports what goes wrong in it: errors, and whatever the content policy had to stop."""
    context = await browser.new_context(base_url=address, **device)  # type: ignore[arg-type]
    page = await context.new_page()
    page.set_default_timeout(30_000)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda line: problems.append(line.text) if line.type == "error" else None)
    return page


async def send(page: Page, text: str, box: str = "#text-room") -> None:
    await page.fill(box, text)
    if text.startswith("/"):
        await page.press(box, "Escape")  # puts the completion away
    await page.press(box, "Enter")


async def test_a_walk_through_the_messenger(
    door: WebDoor, ears: ScriptedEars, browser: Browser, address: str, tmp_path: Path
) -> None:
    ids = await scene(door)
    ears.steps = STEPS
    problems: list[str] = []
    page = await watched(browser, address, problems, **DESKTOP)
    await page.goto("/")
    await expect(page.locator("body[data-live]")).to_be_attached()

    # Say something; markup stays text; the bot hears it.
    await send(page, "Halo <img src=x onerror=alert(1)> @Guyub, gmn cara *perpanjang*?")
    mine = page.locator(".room .msg.mine").last
    await expect(mine).to_contain_text("Halo <img src=x onerror=alert(1)> @Guyub, gmn cara perpanjang?")
    await expect(page.locator("#text-room")).to_have_value("")
    assert ears.said() == ["Halo <img src=x onerror=alert(1)> gmn cara *perpanjang*?"]

    # The bot's card comes alive in place and is edited in place.
    ref = await door.deliver(delivery("Saya carikan…", buttons=(Label("Saya juga", "join", "q9"),)))
    card = page.locator(f"#m-{ref.message}")
    await expect(card).to_contain_text("Saya carikan…")
    await door.deliver(delivery("Sudah ketemu", edit=ref, buttons=(Label("Saya juga", "join", "q9"),)))
    await expect(card).to_contain_text("Sudah ketemu")
    await card.get_by_role("button", name="Saya juga").click()
    await expect(page.locator("#toasts")).to_contain_text("Sip, dicatat.")

    # The steps tick themselves.
    ears.steps = [{"key": "ask", "done": True}, {"key": "answer", "done": True}]
    await door.deliver(delivery("Terima kasih!"))
    await expect(page.locator(".steps-count")).to_have_text("2/2")

    # A thread beside the channel, with an address of its own.
    await card.hover()
    await card.locator(".tool[data-thread-open]").click()
    await send(page, "Saya balas di sini", "#text-thread")
    await expect(page.locator("#thread .msg.mine")).to_contain_text("Saya balas di sini")
    await expect(card).to_contain_text("1 balasan")
    await door.deliver(delivery("Dicatat", place=Place("web", "sirkulasi", ref.message)))
    await expect(page.locator("#thread")).to_contain_text("Dicatat")
    await page.keyboard.press("Escape")
    await expect(page.locator("#thread")).to_be_hidden()

    # Edit and delete one's own.
    await mine.hover()
    await mine.locator("[data-tools]").click()
    await page.locator("[data-menu=edit]").click()
    await page.locator(".edit-box textarea").fill("Sudah saya perbaiki")
    await page.keyboard.press("Enter")
    await expect(mine).to_contain_text("Sudah saya perbaiki")
    await mine.locator("[data-tools]").click()
    await page.locator("[data-quick='👍']").click()
    await expect(mine.locator(".chip")).to_contain_text("1")
    await mine.locator("[data-tools]").click()
    await page.locator("[data-menu=delete]").click()
    await page.locator("[data-delete-yes]").click()
    await expect(page.get_by_text("Sudah saya perbaiki")).to_have_count(0)

    # Completion by keyboard, a form that keeps what was typed.
    await page.locator("#text-room").press_sequentially("/pro")
    await expect(page.get_by_role("option")).to_have_count(1)
    await page.keyboard.press("Tab")
    await expect(page.locator("#text-room")).to_have_value("/profil")
    await page.keyboard.press("Enter")
    form = page.get_by_role("dialog", name="Profil Kakak")
    await form.get_by_label("Sedikit cerita").fill("Baru setahun")
    await form.get_by_role("button", name="Simpan profil").click()
    await expect(form).to_contain_text("Isi dulu satu hal")
    await expect(form.get_by_label("Yang Kakak kuasai")).to_be_focused()
    await expect(form.get_by_label("Sedikit cerita")).to_have_value("Baru setahun")
    await form.get_by_label("Yang Kakak kuasai").fill("perpanjangan")
    await page.keyboard.press("Enter")
    await expect(form).to_be_hidden()

    # What cannot be sent stays in the box.
    await page.evaluate("document.querySelector('#text-room').value = 'x'.repeat(40001)")
    await page.press("#text-room", "Enter")
    await expect(page.locator(".room .problem")).to_contain_text("40.000 karakter")
    assert len(await page.input_value("#text-room")) == 40001

    # A file, somebody else, another channel by keyboard.
    await page.fill("#text-room", "")
    picture = tmp_path / "rak.txt"
    picture.write_text("rak 3")
    await page.locator(".room input[type=file]").set_input_files(picture)
    await page.press("#text-room", "Enter")
    await expect(page.locator(".room .file")).to_contain_text("rak.txt")
    await page.get_by_role("button", name="Jadi Daniel, cataloguing").first.click()
    await expect(page.locator(".as-name")).to_have_text("You are Daniel")
    await expect(page.locator("body[data-live]")).to_be_attached()
    await page.keyboard.press("Control+k")
    await page.keyboard.type("umum")
    await page.keyboard.press("Enter")
    await expect(page.locator("h1")).to_have_text("#umum")

    # Unread marks, and a link that opens a message in its thread and marks it.
    await door.platform.say(ids["sari"], "sirkulasi", "ada yang baru")
    await expect(page.locator("[data-room=sirkulasi] .badge")).to_contain_text("1")
    reply = (await door.platform.messages("sirkulasi", ids["card"]))[1]
    await page.goto(await door.link(MessageRef("web", "sirkulasi", reply.id)))
    await expect(page.locator(f"#t-{reply.id}.marked")).to_be_in_viewport()
    # The one refused message is the only thing the browser had to complain about.
    assert [p for p in problems if "413" not in p] == []


@pytest.mark.parametrize(
    ("device", "scheme", "all_views"),
    [(DESKTOP, "light", True), (DESKTOP, "dark", False), (PHONE, "light", False), (PHONE, "dark", True)],
    ids=["desktop-light", "desktop-dark", "phone-light", "phone-dark"],
)
async def test_axe_finds_nothing(
    door: WebDoor, ears: ScriptedEars, browser: Browser, address: str, device: dict[str, object], scheme: str, all_views: bool
) -> None:
    ids = await scene(door)
    ears.steps = STEPS
    gone = await door.platform.say(ids["budi"], "sirkulasi", "salah kanal")
    await door.platform.say(ids["sari"], "sirkulasi", "eh", thread=gone, files=(("a.txt", b"a"),))
    await door.platform.delete(ids["budi"], gone)
    await door.platform.say(ids["daniel"], "umum", "kopi?")
    problems: list[str] = []
    page = await watched(browser, address, problems, **device, color_scheme=scheme, reduced_motion="reduce")

    async def check(view: str) -> None:
        found = await Axe().run(page)
        wrong = [(v["id"], [n["target"] for n in v["nodes"]]) for v in found.response["violations"]]
        assert wrong == [], view
        wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{view} scrolls sideways"

    for view in ("/", f"/c/sirkulasi?t={ids['card']}&m={ids['card']}"):
        await page.goto(view)
        await check(view)
    await page.goto("/c/sirkulasi")
    await send(page, "/profil")
    await page.locator("#answer .button.good").click()
    await expect(page.locator("#answer [aria-invalid]").first).to_be_focused()
    await check("form with an error")
    if all_views:
        await rest(page, check)
    if device is PHONE:
        await page.goto("/c/sirkulasi")
        await page.locator("[popovertarget=side]").click()
        await check("channel list")
        await page.keyboard.press("Escape")
        await page.locator("[data-toggle-welcome]").click()
        await check("first steps")
    assert [p for p in problems if "404" not in p] == []


async def rest(page: Page, check: Callable[[str], Awaitable[None]]) -> None:
    """The smaller views."""
    for view in ("/c/dm-sari", "/c/tidak-ada"):
        await page.goto(view)
        await check(view)
    await page.goto("/c/sirkulasi")
    await page.locator(".as").click()
    await check("switcher")
    await page.keyboard.press("Escape")
    await page.fill("#text-room", "/")
    await check("completion")
    await send(page, "/bantuan")
    await page.wait_for_selector("#answer[open]")
    await check("sheet")
    await page.keyboard.press("Escape")
    await page.locator(".room [data-tools]").last.click(force=True)
    await check("actions")


async def test_targets_are_large_enough_for_a_thumb(door: WebDoor, ears: ScriptedEars, browser: Browser, address: str) -> None:
    await scene(door)
    ears.steps = STEPS
    page = await watched(browser, address, [], **PHONE)
    await page.goto("/")
    small = await page.evaluate(
        """() => [...document.querySelectorAll('button, a, textarea, select, summary')].filter((e) => {
             const r = e.getBoundingClientRect();
             return r.width && e.checkVisibility() && !e.matches('.link, .skip, p a') && (r.height < 43.5 || r.width < 43.5);
           }).map((e) => e.outerHTML.slice(0, 90))"""
    )
    assert small == []

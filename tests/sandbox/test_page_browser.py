"""Files and the menu of a message in a real browser: Debian's Chromium, driven by Playwright."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright, expect

from bot.sandbox.drawing.style import Style
from bot.sandbox.painter import paint
from tests.sandbox.slack_bot import over_socket
from tests.sandbox.slack_lab import Sandbox
from tests.sandbox.test_slack_shortcuts import FLAGGED, MANY, Taken

CHROMIUM = shutil.which("chromium")
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
PATIENCE = 30_000  # milliseconds
PLAIN_STYLE = Style((240, 230, 210), ((240, 230, 210), (20, 90, 90)), (0.7, 0.3), (0, 0, 0), 0.0)
DROP = """([kind, name]) => {
    const held = new DataTransfer();
    held.items.add(new File(["x"], name));
    const over = { dataTransfer: held, bubbles: true, cancelable: true };
    document.getElementById("main").dispatchEvent(new DragEvent(kind, over));
}"""

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's package chromium")


@pytest.fixture
async def bot(sandbox: Sandbox) -> AsyncIterator[Taken]:
    taken = Taken(sandbox)
    async with over_socket(sandbox, taken.app):
        yield taken


@pytest.fixture
async def page(bot: Taken) -> AsyncIterator[Page]:
    """Open the page as ann; whatever the console says in the end fails the test."""
    said: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        opened = await browser.new_page(viewport={"width": 1280, "height": 900})
        opened.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        opened.on("console", lambda message: said.append(message.text))
        opened.on("pageerror", lambda error: said.append(str(error)))
        await opened.goto(bot.sandbox.url)
        yield opened
        await browser.close()
    assert said == []


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Return two pictures and a ZIP."""
    made = [tmp_path / name for name in ("a.png", "b.png", "c.zip")]
    for seed, path in enumerate(made[:2]):
        paint(PLAIN_STYLE, "a moon", (256, 256), seed=seed).save(path)
    made[2].write_bytes(b"PK\x03\x04")
    return made


async def test_files_are_attached_dropped_taken_back_and_sent(page: Page, files: list[Path]) -> None:
    attached = page.get_by_test_id("attached")
    await expect(page.get_by_test_id("send")).to_be_disabled()
    async with page.expect_file_chooser() as choosing:
        await page.get_by_test_id("try-attach").click()
    await (await choosing.value).set_files(files)
    await page.evaluate(DROP, ["dragenter", "dropped.zip"])
    await expect(page.locator("#main.dropping")).to_be_visible()
    await page.evaluate(DROP, ["drop", "dropped.zip"])
    await expect(attached).to_have_count(4)
    await page.get_by_role("button", name="Remove dropped.zip").click()
    await page.get_by_test_id("send").click()
    message = page.get_by_test_id("message")
    await expect(message.get_by_test_id("picture")).to_have_count(2)
    assert (
        await message.get_by_alt_text("a.png").evaluate("it => it.decode().then(() => it.naturalWidth)")
        == 256
    )
    await expect(message.get_by_test_id("file")).to_contain_text("c.zip")
    await expect(attached).to_have_count(0)


async def test_too_many_files_and_files_with_a_command_are_refused_in_words(
    page: Page, files: list[Path]
) -> None:
    chooser = page.get_by_test_id("composer-files")
    await chooser.set_input_files(files * 4)
    await expect(page.get_by_test_id("attached")).to_have_count(10)
    await expect(page.get_by_role("alert").first).to_contain_text("up to 10 files")
    await page.get_by_test_id("composer").fill("/train")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert").first).to_contain_text("Slash commands cannot carry files")
    await expect(page.get_by_test_id("message")).to_have_count(0)


async def test_the_keyboard_alone_goes_from_a_message_to_its_shortcut_and_through_the_form(
    page: Page, files: list[Path], bot: Taken
) -> None:
    await page.get_by_test_id("composer-files").set_input_files(files)
    await page.get_by_test_id("composer").press("Enter")
    await page.get_by_test_id("message").wait_for()
    await page.get_by_test_id("reply").focus()
    await page.keyboard.press("Tab")
    await expect(page.get_by_test_id("message-menu")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("shortcut-train_from_files")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("modal")).to_be_visible()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Space")  # the second of the flagged
    for number in ("3.png", "5.png", "98.png"):
        await page.get_by_test_id("input-more").get_by_label(number, exact=True).press("Space")
    await expect(page.get_by_test_id("input-more").get_by_label("7.png", exact=True)).to_be_disabled()
    await page.get_by_test_id("modal-submit").click()
    await expect(page.get_by_test_id("error-rights")).to_be_visible()
    await page.keyboard.press("Space")  # the focus was led to what is missing
    await page.get_by_test_id("modal-submit").click()
    await expect(page.get_by_test_id("modal")).to_be_hidden()
    (values,) = bot.forms
    assert values["out"]["x"]["selected_options"] == FLAGGED
    assert values["more"]["x"]["selected_options"] == [MANY[3], MANY[5], MANY[98]]
    await expect(page.get_by_test_id("message-menu")).to_be_focused()


async def test_a_file_of_ones_own_is_deleted_from_the_menu(page: Page, files: list[Path]) -> None:
    await page.get_by_test_id("composer-files").set_input_files(files[1:])
    await page.get_by_test_id("send").click()
    await page.get_by_test_id("message").hover()
    await page.get_by_test_id("message-menu").click()
    await page.get_by_role("menuitem", name="Delete c.zip").click()
    await page.get_by_test_id("confirm").click()
    await expect(page.get_by_test_id("file")).to_contain_text("This file was deleted.")
    await page.get_by_test_id("person-ben").click()
    await page.get_by_test_id("message").hover()
    await page.get_by_test_id("message-menu").click()
    await expect(page.get_by_role("menuitem")).to_have_count(2)


async def test_one_acts_as_whoever_can_act_in_a_low_window_too_and_reads_groups_by_their_names(
    page: Page, bot: Taken
) -> None:
    faces = page.locator("#people-list").get_by_role("button")
    names = ["Ann Archer", "Ben Okafor", "Cat Lindqvist", "Gus Moreau", "Dan Weber", "Eve Santos", "Fin Rao"]
    await expect(faces.locator(".face-name")).to_have_text([*names, "Ext Novak"])
    await page.set_viewport_size({"width": 1024, "height": 560})
    for hook in ("home", "person-ann", "person-ext"):
        await expect(page.get_by_test_id(hook)).to_be_in_viewport(ratio=1)
    await bot.sandbox.client().chat_postMessage(channel="C000AGENCY", text="<!subteam^S00000LEADS>, please")
    await page.keyboard.press("Alt+Digit8")
    await page.get_by_test_id("channel-agency").click()
    await expect(page.get_by_test_id("message")).to_contain_text("@leads, please")
    await expect(page.get_by_test_id("channel-brand")).to_have_count(0)
    await page.get_by_test_id("composer").fill("hello")
    await page.get_by_test_id("composer").press("Enter")
    await expect(page.get_by_test_id("message").last).to_contain_text("Ext Novak")
    await page.get_by_test_id("composer").fill("/")
    await expect(page.get_by_test_id("commands").first).to_be_hidden()
    await bot.sandbox.http.post("/sandbox/people/U0000000BEN", json={"deleted": True})
    await expect(faces).to_have_count(7)

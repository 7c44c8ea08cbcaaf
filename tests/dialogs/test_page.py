"""The whole story in a real browser: Debian's Chromium, driven by Playwright, on the page of the sandbox."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright, expect

from tests.dialogs.stage import Stage, stage

CHROMIUM = shutil.which("chromium")
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
PATIENCE = 30_000
"""Milliseconds for each thing that should come to be seen."""

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's package chromium")


@pytest.fixture
async def on_http(tmp_path: Path, dataset: Path) -> AsyncIterator[Stage]:
    """Open a stage on which a training lasts long enough for its bar to be seen."""
    async with stage(tmp_path, dataset=dataset, training_seconds=5) as opened:
        yield opened


@pytest.fixture
async def page(on_http: Stage) -> AsyncIterator[Page]:
    """Open the page as ann; whatever the console says in the end fails the test."""
    said: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        opened = await browser.new_page(viewport={"width": 1280, "height": 900})
        opened.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        opened.on("console", lambda message: said.append(message.text))
        opened.on("pageerror", lambda error: said.append(str(error)))
        await opened.goto(on_http.url)
        yield opened
        await browser.close()
    assert said == []


async def test_a_team_trains_and_draws_on_the_page(page: Page, on_http: Stage, tmp_path: Path) -> None:
    await page.get_by_test_id("composer").fill(f"/train {on_http.url}/datasets/stellar.zip as Stellar")
    await page.get_by_test_id("send").click()
    taken = page.get_by_test_id("message").get_by_text("Looking at the dataset for Stellar")
    await expect(taken.first).to_be_visible(timeout=PATIENCE)
    await page.get_by_test_id("person-ben").click()
    await page.get_by_test_id("action-run.approve").click()
    await page.get_by_test_id("confirm").click()
    await expect(page.get_by_text("▓").first).to_be_visible(timeout=PATIENCE)
    await expect(page.get_by_test_id("action-run.default")).to_be_visible(timeout=PATIENCE)
    await page.get_by_test_id("person-cat").click()
    await page.get_by_test_id("composer").fill("/generate a red fox on a mossy rock at dusk")
    await page.get_by_test_id("send").click()
    await expect(page.get_by_test_id("action-generation.again")).to_be_visible(timeout=PATIENCE)
    pictures = page.get_by_alt_text("a red fox on a mossy rock at dusk")
    await expect(pictures).to_have_count(4)
    for number in range(4):
        await pictures.nth(number).scroll_into_view_if_needed()
        assert await pictures.nth(number).evaluate(
            "picture => picture.decode().then(() => picture.naturalWidth)"
        )
    shot = await page.screenshot(path=tmp_path / "page.png")
    assert len(shot) > 50_000


async def test_the_thread_a_form_and_the_home_open(page: Page, on_http: Stage) -> None:
    await page.get_by_test_id("composer").fill("/train")
    await page.get_by_test_id("send").click()
    await expect(page.get_by_test_id("modal")).to_be_visible(timeout=PATIENCE)
    await page.get_by_test_id("input-link").fill(f"{on_http.url}/datasets/stellar.zip")
    await page.get_by_test_id("input-name").fill("Stellar")
    await page.get_by_role("checkbox", name="We may train on these pictures").check()
    await page.get_by_test_id("modal-submit").click()
    await page.get_by_test_id("open-thread").first.click()
    await expect(page.get_by_test_id("thread").get_by_role("img").first).to_be_visible(timeout=PATIENCE)
    await page.get_by_test_id("home").click()
    await expect(page.get_by_test_id("home-view").get_by_text("Stellar").first).to_be_visible(
        timeout=PATIENCE
    )

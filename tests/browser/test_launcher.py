"""The launcher's cards and the palette."""

import pytest

from multigan.modalities.recipes import RECIPES
from tests.browser.driving import KERNEL_IS_READY, execute, open_lab, shoot

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

CARDS = ["Images", "Text", "Sound"]
COMMANDS = {
    *("show-panel", "refresh", "open-run", "compare", "pause", "continue", "stop", "checkpoint"),
    *("resume", "explore", "fork", "heal", "report", "rename", "delete", "copy-path"),
    "new-notebook",
}
SOURCES = (
    "() => [...window.jupyterapp.shell.currentWidget.content.model.sharedModel.cells]"
    ".map(cell => cell.getSource())"
)


def card(page, label: str):
    section = page.locator(".jp-Launcher-section", has_text="multigan")
    return section.locator(".jp-LauncherCard").get_by_text(label, exact=True)


@pytest.mark.parametrize("label", CARDS)
def test_a_card_opens_a_notebook_whose_recipes_exist(page, lab, label):
    open_lab(page, lab)
    card(page, label).wait_for()
    shoot(page, "launcher")
    card(page, label).click()
    page.wait_for_function(KERNEL_IS_READY)
    sources = page.evaluate(SOURCES)
    assert sources[0].startswith(f"# {label}")
    assert sources[1] == "%load_ext multigan"
    words = [line.split() for source in sources for line in source.splitlines()]
    trained = [w[w.index("train") + 1] for w in words if "%multigan" in w and "train" in w]
    assert len(trained) == 2
    assert set(trained) <= set(RECIPES)


def test_the_images_notebook_trains_when_its_cells_are_run(page, lab):
    open_lab(page, lab)
    card(page, "Images").click()
    page.wait_for_function(KERNEL_IS_READY)
    page.evaluate(
        "() => { const cells = window.jupyterapp.shell.currentWidget.content.model.sharedModel;"
        " const cell = cells.cells[2];"
        " cell.setSource(cell.getSource() + ' --steps 40 --out launched'); }"
    )
    execute(page, "notebook:run-all-cells")
    page.locator(".mg-dashboard[data-state='finished']").wait_for()
    shoot(page, "starter")


def test_the_palette_knows_every_command(page, lab):
    open_lab(page, lab)
    names = page.evaluate("() => window.jupyterapp.commands.listCommands()")
    assert {n.removeprefix("multigan:") for n in names if n.startswith("multigan:")} == COMMANDS
    card(page, "Images").wait_for()  # the launcher takes the focus, which closes the palette
    page.wait_for_timeout(1000)
    execute(page, "apputils:activate-command-palette")
    page.locator(".lm-CommandPalette-input").locator("visible=true").fill("multigan")
    item = page.locator(".lm-CommandPalette-item[data-command='multigan:new-notebook']")
    item.first.wait_for()
    assert item.count() == len(CARDS)
    page.locator(".lm-CommandPalette-item[data-command='multigan:show-panel']").click()
    page.locator("#multigan-panel").get_by_role("status").wait_for()

"""What axe-core finds wrong with the views, in both themes: contrast, labels, focus, nesting."""

import pytest

from multigan.files import write_json
from tests.browser.driving import (
    DARK,
    LIGHT,
    execute,
    open_notebook,
    open_panel,
    run_cells,
    set_theme,
    write_notebook,
)
from tests.browser.test_dashboard import FINDINGS
from tests.browser.test_explorers import SMALL, trained
from tests.browser.test_widgets import LOAD

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

SERIOUS = {"serious", "critical"}


def found_by_axe(page, selector: str) -> list[str]:
    """Returns what is seriously wrong within an element, a line for each finding."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    wrong = axe.run(page, context=[selector]).response["violations"]
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in wrong if one["impact"] in SERIOUS
    ]


def test_no_view_has_serious_findings(page, lab):
    run = trained(lab.work / "axe", "digits", 40, **SMALL)
    write_json(run.health_file, {"step": 40, "findings": FINDINGS})
    commands = ("watch 1", "explore 1", "runs", "compare 1 1")
    cells = [f"%multigan {command}" for command in commands]
    write_notebook(lab.work / "axe" / "look.ipynb", LOAD, *cells)
    open_notebook(page, lab, "axe/look.ipynb")
    run_cells(page, *range(len(cells) + 1))
    page.locator(".mg-compare img").nth(31).wait_for()
    page.locator(".mg-edge img").nth(3).wait_for()
    pins = page.locator(".mg-explorer .mg-pin")
    for index in (0, 1):
        pins.nth(index).click(force=True)
    page.locator(".mg-explorer .mg-fold summary").click()
    page.get_by_text("Knobs", exact=True).click()
    panel = open_panel(page)
    execute(page, "multigan:refresh")
    panel.get_by_role("button", name=run.name).first.click()
    panel.locator(".mgl-details svg polyline").first.wait_for()
    views = (".mg-dashboard", ".mg-explorer", ".mg-run-widget", ".mg-compare", "#multigan-panel")
    for theme in (LIGHT, DARK):
        set_theme(page, theme)
        page.wait_for_timeout(500)
        assert {view: found_by_axe(page, view) for view in views} == {view: [] for view in views}


def test_nothing_moves_by_itself_for_who_asked_for_that(page, lab):
    page.emulate_media(reduced_motion="reduce")
    trained(lab.work / "still", "digits", 40, **SMALL)
    write_notebook(lab.work / "still" / "look.ipynb", LOAD, "%multigan explore 1")
    open_notebook(page, lab, "still/look.ipynb")
    run_cells(page, 0, 1)
    page.locator(".mg-card").nth(3).wait_for()
    for index in (0, 3):
        page.locator(".mg-pin").nth(index).click(force=True)
    page.get_by_role("button", name="Walk", exact=True).click()
    frame = page.get_by_role("slider", name="frame of the walk")
    frame.wait_for()
    page.wait_for_timeout(1000)
    assert frame.input_value() == "0"

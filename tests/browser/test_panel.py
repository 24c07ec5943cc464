"""The side panel: runs from anywhere are found, followed and steered, whatever the kernels do."""

import time

import pytest

from multigan.runs.folder import RunFolder
from tests.browser.driving import (
    BRISK,
    ENDLESS,
    execute,
    open_lab,
    open_notebook,
    open_panel,
    recorded_run,
    reload_lab,
    shoot,
    wait_until,
    write_notebook,
)

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def item(panel, lab, run: RunFolder):
    """The panel's entry of a run."""
    return panel.locator(f".mg-run[data-path='{run.path.relative_to(lab.work)}']")


def details(panel):
    """What is shown of the run that was chosen."""
    return panel.locator(".mgl-details")


def starts(page, run: RunFolder) -> RunFolder:
    """Waits until a run that a shell has started is at work."""
    wait_until(page, lambda: run.status()["state"] == "running" and len(run.metrics()) > 1)
    return run


def test_a_run_of_a_shell_is_found_followed_and_steered(page, lab, shell):
    open_lab(page, lab)
    panel = open_panel(page)
    shell(*ENDLESS, *BRISK, folder="steered")
    run = starts(page, RunFolder(lab.work / "steered" / "runs" / "0001-digits"))
    execute(page, "multigan:refresh")
    entry = item(panel, lab, run)
    entry.locator(".mg-run-state[data-state='running']").wait_for()
    entry.get_by_role("button", name="0001-digits").click()
    more = details(panel)
    more.locator("svg polyline").first.wait_for()
    more.locator("img.mgl-sample").wait_for()
    entry.locator(".mg-thumb img").wait_for()
    before = more.locator(".mgl-progress").inner_text()
    page.wait_for_function(
        "before => document.querySelector('.mgl-details .mgl-progress').innerText !== before",
        arg=before,
    )
    shoot(page, "panel")

    run.request(set={"r1.weight": 0.25})  # what others ask stays asked
    more.get_by_role("button", name="Pause").click()
    wait_until(page, lambda: run.status()["state"] == "paused")
    entry.locator(".mg-run-state[data-state='paused']").wait_for()
    assert run.control() == {"want": "pause", "checkpoint": 0, "set": {"r1.weight": 0.25}}
    step = run.status()["step"]
    saved = len(run.checkpoint_folders())
    more.get_by_role("button", name="Continue").click()
    wait_until(page, lambda: run.status()["state"] == "running" and run.status()["step"] > step)
    more.get_by_role("button", name="Checkpoint").click()
    wait_until(page, lambda: len(run.checkpoint_folders()) > saved or saved == 3)
    more.get_by_role("button", name="Stop").click()
    wait_until(page, lambda: run.status()["state"] == "stopped")
    entry.locator(".mg-run-state[data-state='stopped']").wait_for()
    more.get_by_role("button", name="Resume").wait_for()
    assert more.get_by_role("button", name="Stop").count() == 0
    more.get_by_text("multigan resume steered/runs/0001-digits").wait_for()


def test_a_busy_kernel_does_not_freeze_the_panel(page, lab, shell):
    write_notebook(lab.work / "busy.ipynb", "import time\nprint('begun')\ntime.sleep(600)")
    open_notebook(page, lab, "busy.ipynb")
    execute(page, "notebook:run-all-cells")
    page.get_by_text("begun", exact=True).wait_for()
    shell(*ENDLESS, *BRISK, folder="beside-busy")
    run = starts(page, RunFolder(lab.work / "beside-busy" / "runs" / "0001-digits"))
    panel = open_panel(page)
    execute(page, "multigan:refresh")
    entry = item(panel, lab, run)
    entry.get_by_role("button", name="0001-digits").click()
    asked = time.monotonic()
    details(panel).get_by_role("button", name="Stop").click()
    wait_until(page, lambda: run.control()["want"] == "stop", seconds=10)
    heard = time.monotonic() - asked
    entry.locator(".mg-run-state[data-state='stopped']").wait_for()
    prompt = page.locator(".jp-InputPrompt").first.inner_text()
    assert "*" in prompt, "the cell still blocks"
    print(f"asked within {heard:.2f} s of the click, while a cell blocked")


def test_the_panel_is_as_it_was_after_a_reload(page, lab, shell):
    process = shell("train", "digits", "--steps", "20", *ENDLESS[4:], folder="reloaded")
    wait_until(page, lambda: process.poll() is not None)
    open_lab(page, lab)
    panel = open_panel(page)
    execute(page, "multigan:refresh")
    panel.get_by_role("searchbox").fill("reloaded")
    entry = item(panel, lab, RunFolder(lab.work / "reloaded" / "runs" / "0001-digits"))
    entry.get_by_role("button", name="0001-digits").click()
    details(panel).locator("img.mgl-sample").wait_for()
    reload_lab(page, lab, "multigan:panel", "reloaded/runs/0001-digits")
    panel = page.locator("#multigan-panel")
    panel.get_by_role("searchbox").wait_for()
    assert panel.get_by_role("searchbox").input_value() == "reloaded"
    details(panel).locator("img.mgl-sample").wait_for()
    assert panel.locator(".mg-run").count() == 1


TORN = {"0002-torn": '{"state": "run', "0003-list": "[]", "0004-empty": ""}


def test_what_a_broken_run_leaves_is_shown(page, lab):
    root = lab.work / "broken"
    for name, content in TORN.items():
        (root / name).mkdir(parents=True)
        (root / name / "status.json").write_text(content)
    failed, killed = RunFolder(root / "0001-failed"), RunFolder(root / "0005-killed")
    failed.path.mkdir()
    failed.write_status("failed", step=7, of=10, message="Step 7: generator/adversarial is NaN.")
    killed.path.mkdir()
    killed.status_file.write_text('{"state": "running", "step": 5, "at": "2020-01-01T00:00:00Z"}')
    open_lab(page, lab)
    panel = open_panel(page)
    execute(page, "multigan:refresh")
    panel.get_by_role("searchbox").fill("broken")
    item(panel, lab, killed).get_by_text("no news for").wait_for()
    entry = item(panel, lab, failed)
    entry.get_by_role("button", name="0001-failed").click()
    alert = details(panel).get_by_role("alert")
    alert.get_by_text("Step 7: generator/adversarial is NaN.").wait_for()
    assert panel.locator(".mg-run").count() == 2


def test_a_double_click_opens_the_run_under_the_pointer(page, lab):
    root = lab.work / "clicked" / "runs"
    runs = [recorded_run(root, f"run{index}") for index in range(6)]
    open_lab(page, lab)
    panel = open_panel(page)
    execute(page, "multigan:refresh")
    panel.get_by_role("searchbox").fill("clicked")
    item(panel, lab, runs[0]).get_by_role("button", name="0001-run0").click()
    details(panel).get_by_text("clicked/runs").first.wait_for()
    for run in (runs[4], runs[2]):
        item(panel, lab, run).get_by_role("button", name=run.name).dblclick(delay=120)
        page.locator(f".mgl-main[data-path='clicked/runs/{run.name}']").wait_for()
    assert page.locator(".mgl-main").count() == 2


def test_runs_are_found_by_keys_sorted_grouped_and_acted_on(page, lab):
    one = recorded_run(lab.work / "keyed" / "one", "apples")
    two = recorded_run(lab.work / "keyed" / "two", "pears")
    three = recorded_run(lab.work / "keyed" / "two", "plums")
    open_lab(page, lab)
    panel = open_panel(page)
    execute(page, "multigan:refresh")
    panel.get_by_role("searchbox").fill("keyed")
    names = panel.locator(".mg-run-name")
    names.nth(2).wait_for()
    panel.get_by_role("combobox", name="group runs").select_option("folder")
    panel.locator(".mg-run-group", has_text="keyed/two 2").wait_for()
    names.first.focus()
    page.keyboard.press("End")
    page.keyboard.type("apple")
    focused = "() => document.activeElement.textContent"
    assert page.evaluate(focused) == one.name
    page.keyboard.press("ArrowDown")
    assert page.evaluate(focused) == three.name  # the newest of the next folder
    page.keyboard.press("Enter")
    page.locator(f".mgl-main[data-path='keyed/two/{three.name}']").wait_for()
    shoot(page, "panel-keys")
    item(panel, lab, two).click(button="right")
    page.locator(".lm-Menu-itemLabel", has_text="Rename Run").click()
    page.locator(".jp-Dialog input").fill("prunes")
    page.locator(".jp-Dialog .jp-mod-accept").click()
    panel.get_by_role("button", name="0001-prunes").wait_for()
    assert (two.path.parent / "0001-prunes").is_dir()

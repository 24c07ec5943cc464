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
    reload_lab,
    shoot,
    wait_until,
    write_notebook,
)

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def item(panel, lab, run: RunFolder):
    """The panel's entry of a run."""
    return panel.locator(f".mgl-run[data-path='{run.path.relative_to(lab.work)}']")


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
    entry.locator(".mgl-state[data-state='running']").wait_for()
    entry.get_by_role("button", name="0001-digits").click()
    entry.locator("svg polyline").first.wait_for()
    entry.locator("img.mgl-sample").wait_for()
    before = entry.locator(".mgl-progress").inner_text()
    page.wait_for_function(
        "([path, before]) => document.querySelector("
        "`.mgl-run[data-path='${path}'] .mgl-progress`).innerText !== before",
        arg=["steered/runs/0001-digits", before],
    )
    shoot(page, "panel")

    run.request(set={"r1.weight": 0.25})  # what others ask stays asked
    entry.get_by_role("button", name="Pause").click()
    wait_until(page, lambda: run.status()["state"] == "paused")
    entry.locator(".mgl-state[data-state='paused']").wait_for()
    assert run.control() == {"want": "pause", "checkpoint": 0, "set": {"r1.weight": 0.25}}
    step = run.status()["step"]
    saved = len(run.checkpoint_folders())
    entry.get_by_role("button", name="Continue").click()
    wait_until(page, lambda: run.status()["state"] == "running" and run.status()["step"] > step)
    entry.get_by_role("button", name="Checkpoint").click()
    wait_until(page, lambda: len(run.checkpoint_folders()) > saved or saved == 3)
    entry.get_by_role("button", name="Stop").click()
    wait_until(page, lambda: run.status()["state"] == "stopped")
    entry.locator(".mgl-state[data-state='stopped']").wait_for()
    assert entry.get_by_role("button", name="Stop").is_disabled()
    entry.get_by_text("multigan resume steered/runs/0001-digits").wait_for()


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
    entry.get_by_role("button", name="Stop").click()
    wait_until(page, lambda: run.control()["want"] == "stop", seconds=10)
    heard = time.monotonic() - asked
    entry.locator(".mgl-state[data-state='stopped']").wait_for()
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
    entry.locator("img.mgl-sample").wait_for()
    reload_lab(page, lab, "multigan:panel", "reloaded/runs/0001-digits")
    panel = page.locator("#multigan-panel")
    panel.get_by_role("searchbox").wait_for()
    assert panel.get_by_role("searchbox").input_value() == "reloaded"
    panel.locator(".mgl-run img.mgl-sample").wait_for()
    assert panel.locator(".mgl-run").count() == 1


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
    entry.get_by_role("alert").get_by_text("Step 7: generator/adversarial is NaN.").wait_for()
    assert panel.locator(".mgl-run").count() == 2

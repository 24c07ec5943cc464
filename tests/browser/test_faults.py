"""What once went wrong under people's hands: each by a hand of a program."""

import json
import shutil
import time

import pytest

from multigan.files import write_json
from multigan.runs.folder import RunFolder, create_run
from tests.browser.driving import (
    KERNEL,
    execute,
    open_lab,
    open_notebook,
    recorded_run,
    run_cells,
    shoot,
    wait_until,
    write_notebook,
)
from tests.browser.test_widgets import LOAD, SLUGGISH, TRAIN, explores, state_becomes, trains

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

SKELETON_SECONDS = 1.0 * SLUGGISH
CELLS = "() => window.jupyterapp.shell.currentWidget.content.widgets.length"


@pytest.mark.parametrize("target", ["button", "pad"])
def test_keys_typed_in_a_widget_do_not_edit_the_notebook(page, lab, target):
    explores(page, lab, f"typed-{target}")
    cells = page.evaluate(CELLS)
    pad = page.locator(".mg-pad, .mg-stage").first
    focused = pad if target == "pad" else page.get_by_role("button", name="New seed")
    page.wait_for_timeout(1000)  # the notebook takes the focus when a cell has run
    focused.click()
    assert focused.evaluate("element => element.contains(document.activeElement)")
    for key in ("d", "d", "b", "x", "a"):
        page.keyboard.press(key)
    page.wait_for_timeout(500)
    assert page.evaluate(CELLS) == cells
    assert page.locator(".mg-explorer").count() == 1


def test_a_skeleton_is_there_before_torch_is(page, lab):
    (lab.work / "skeleton").mkdir()
    write_notebook(lab.work / "skeleton" / "train.ipynb", LOAD, TRAIN, "print(run.name)")
    open_notebook(page, lab, "skeleton/train.ipynb")
    run_cells(page, 0)
    page.wait_for_timeout(2000)
    asked = time.monotonic()
    run_cells(page, 1)
    dashboard = page.locator(".mg-dashboard[data-state='loading']")
    dashboard.wait_for()
    waited = time.monotonic() - asked
    print(f"a skeleton after {waited:.2f} s")
    dashboard.get_by_text("Loading").first.wait_for()
    run_cells(page, 2)  # it waits until there is a run
    page.get_by_text("0001-digits", exact=True).nth(1).wait_for()
    state_becomes(page, "running")
    assert waited <= SKELETON_SECONDS
    page.get_by_role("button", name="Stop").click()
    state_becomes(page, "stopped")


def test_what_cannot_be_loaded_is_said_in_the_dashboard(page, lab):
    (lab.work / "unloaded").mkdir()
    write_notebook(
        lab.work / "unloaded" / "train.ipynb", LOAD, "%multigan train image --data nowhere.npz"
    )
    open_notebook(page, lab, "unloaded/train.ipynb")
    run_cells(page, 0, 1)
    page.locator(".mg-trouble").get_by_text("nowhere.npz").wait_for()
    assert page.locator(".mg-dashboard").get_attribute("data-state") == "failed"


def test_a_dashboard_says_when_its_kernel_is_gone(page, lab):
    dashboard, run = trains(page, lab, "restarted")
    page.evaluate(f"() => {{ void {KERNEL}.restart(); }}")
    dashboard.locator(".mg-state[data-state='lost']").wait_for()
    dashboard.get_by_text("%multigan resume 0001-digits").wait_for()
    assert dashboard.get_by_role("button", name="Pause").is_disabled()
    assert dashboard.get_by_role("button", name="Stop").is_disabled()
    shoot(page, "widget-lost")
    wait_until(page, lambda: run.status()["state"] in ("stopped", "interrupted"))


def test_a_stopped_run_is_resumed_by_a_button_and_a_checkpoint_is_told(page, lab):
    dashboard, run = trains(page, lab, "resumed")
    dashboard.get_by_role("button", name="Checkpoint").click()
    dashboard.get_by_text("is saved.").wait_for()
    dashboard.get_by_role("button", name="Stop").click()
    state_becomes(page, "stopped")
    dashboard.get_by_role("button", name="Resume").click()
    state_becomes(page, "running")
    dashboard.get_by_role("button", name="Stop").click()
    state_becomes(page, "stopped")
    wait_until(page, lambda: not run.is_busy())


def test_a_deleted_run_says_so(page, lab):
    run = recorded_run(lab.work / "removed" / "runs", "gone")
    write_notebook(lab.work / "removed" / "watch.ipynb", LOAD, "%multigan watch 1")
    open_notebook(page, lab, "removed/watch.ipynb")
    run_cells(page, 0, 1)
    state_becomes(page, "finished")
    shutil.rmtree(run.path)
    state_becomes(page, "deleted")
    page.locator(".mg-trouble").get_by_text("is gone").wait_for()


def test_what_was_not_measured_has_no_tick(page, lab):
    run = recorded_run(lab.work / "unmeasured", "run")
    findings = [
        {"name": "coverage", "severity": "ok", "value": 0.9, "text": "Reaches.", "remedy": None},
        {"name": "memory", "severity": "ok", "value": None, "text": "Not yet.", "remedy": None},
    ]
    write_json(run.health_file, {"step": 300, "findings": findings})
    open_lab(page, lab)
    execute(page, "multigan:open-run", {"path": f"unmeasured/{run.name}"})
    board = page.locator(".mgl-main")
    board.get_by_text("1 of 2 checked at step 300").wait_for()
    board.locator(".mg-doctor summary").click()
    board.locator(".mg-unmeasured", has_text="memory").wait_for()
    assert board.locator(".mg-ok").count() == 1


def test_a_very_long_run_is_watched_at_once(page, lab):
    run = create_run(lab.work / "long" / "runs", "long")
    write_json(run.recipe_file, {})
    with run.metrics_file.open("w") as log:
        for step in range(10, 2_000_010, 10):
            log.write(json.dumps({"step": step, "generator/adversarial": step % 7 / 7}) + "\n")
    found = RunFolder(run.path)
    found.curves.load(found.metrics())
    found.curves.flush()
    found.write_status("finished", step=2_000_000, of=2_000_000)
    write_notebook(lab.work / "long" / "watch.ipynb", LOAD, "import torch", "%multigan watch 1")
    open_notebook(page, lab, "long/watch.ipynb")
    run_cells(page, 0, 1)
    page.wait_for_timeout(4000)
    asked = time.monotonic()
    run_cells(page, 2)
    page.locator(".mg-dashboard polyline").first.wait_for()
    print(f"200,000 rows after {time.monotonic() - asked:.2f} s")
    assert time.monotonic() - asked <= 4 * SLUGGISH

"""Names with markup in them are shown as they are, and run nothing, wherever they appear."""

import shutil

import pytest
import torch
from PIL import Image

from multigan.core.condition import ConditionSpec
from multigan.core.prior import Prior
from multigan.core.registries import GENERATORS, build_modality
from multigan.files import write_json
from multigan.runs.folder import RunFolder
from multigan.sampling.pipeline import Pipeline
from multigan.typed import Component
from tests.browser.driving import (
    execute,
    open_lab,
    open_notebook,
    open_panel,
    recorded_run,
    run_cells,
    write_notebook,
)

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

EVIL = "<img src=x onerror=window.hacked=1>"  # without a slash, so it may name a file
CLASSES = (EVIL, f'"><script>window.hacked=1</script>{EVIL}', "' onclick=window.hacked=1 '")
HACKED = "() => window.hacked === 1 || document.querySelector('img[src=x]') !== null"


def nothing_ran(page) -> None:
    page.wait_for_timeout(500)  # an image that fails says so a little later
    assert not page.evaluate(HACKED)


def hostile_run(root, **recipe) -> RunFolder:
    """A finished run in which everything that has a name has this one."""
    run = recorded_run(root, EVIL, loss=EVIL, summary=EVIL, **recipe)
    for step in range(301, 340):
        run.append_metrics({"step": step, f"generator/{EVIL}": 1.0, EVIL: 2.0, "note": EVIL})
    remedy = {"name": EVIL, "text": EVIL, "knobs": {EVIL: 1.0}, "needs_fork": False}
    finding = {"name": EVIL, "severity": "alarm", "value": 1.0, "text": EVIL, "remedy": remedy}
    write_json(run.path / "health.json", {"step": 300, "findings": [finding]})
    (run.samples / "000301.txt").write_text(f"{EVIL}\n<script>window.hacked=1</script>\n")
    Image.new("L", (8, 8)).save(run.samples / "000302.png")
    shutil.copy(run.samples / "000302.png", run.samples / f"{EVIL}.png")
    write_json(run.path / "evaluation.json", {EVIL: EVIL})
    run.write_status("failed", step=339, of=400, error=EVIL, note=EVIL)
    return run


def hostile_pipeline(folder) -> None:
    """An untrained pipeline of three classes with hostile names."""
    condition = ConditionSpec("class", 3, CLASSES)
    modality = Component("image", {"channels": 1, "height": 8, "width": 8})
    generator = Component("dcgan", {"width": 4})
    network = GENERATORS.build(generator, latent_dim=8, sample_shape=(1, 8, 8), condition=condition)
    Pipeline(
        network,
        build_modality(modality),
        Prior(8),
        condition=condition,
        components={"generator": generator, "modality": modality},
    ).save_pretrained(folder)
    assert torch.is_tensor(next(network.parameters()))


def test_the_panel_and_the_dashboard_show_markup_as_text(page, lab):
    run = hostile_run(lab.work / "hostile" / "runs")
    shutil.copy(run.samples / "000302.png", run.samples / f"000303{EVIL}.png")
    open_lab(page, lab)
    panel = open_panel(page)
    execute(page, "multigan:refresh")
    entry = panel.locator(".mg-run", has_text=EVIL)
    entry.wait_for()
    entry.get_by_role("button", name=EVIL).first.click()
    panel.locator(".mgl-details svg polyline").first.wait_for()
    nothing_ran(page)
    execute(page, "multigan:open-run", {"path": f"hostile/runs/{run.name}"})
    board = page.locator(".mgl-main").locator("visible=true")
    board.locator(".mg-legend").first.wait_for()
    board.locator(".mg-doctor").get_by_text(EVIL).first.wait_for()
    for key in ("Home", "End"):  # all looks
        board.get_by_role("slider", name="Step of the samples").press(key)
        nothing_ran(page)


def test_the_widgets_show_markup_as_text(page, lab):
    folder = lab.work / "hostile-widgets"
    run = hostile_run(folder / "runs")
    other = hostile_run(folder / "runs")
    for each in (run, other):
        hostile_pipeline(each.pipeline_folder)
    write_notebook(
        folder / "look.ipynb",
        "%load_ext multigan",
        "%multigan explore 1",
        "%multigan explore 1 --plain",
        "%multigan compare 1 2",
        "%multigan watch 1",
        "from multigan import Run\nRun.find('1')",
    )
    open_notebook(page, lab, "hostile-widgets/look.ipynb")
    run_cells(page, 0, 1)
    page.locator(".mg-explorer .mg-samples img").first.wait_for()
    page.get_by_text(EVIL).first.wait_for(state="attached")
    nothing_ran(page)
    for index in range(2, 6):
        run_cells(page, index)
        page.wait_for_timeout(3000)
        nothing_ran(page)
    errors = page.locator(".jp-RenderedText[data-mime-type='application/vnd.jupyter.stderr']")
    assert errors.count() == 0, errors.all_inner_texts()

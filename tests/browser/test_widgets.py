"""The notebook's widgets in a real JupyterLab: what people click, and how soon it is done."""

import importlib.metadata
import os
import statistics
import time
from pathlib import Path
from typing import Any

import pytest
import torch

from multigan.core.condition import ConditionSpec
from multigan.core.prior import Prior
from multigan.core.registries import GENERATORS, build_modality
from multigan.files import write_json
from multigan.runs.folder import RunFolder, create_run
from multigan.sampling.pipeline import Pipeline
from multigan.typed import Component
from tests.browser.conftest import SLUGGISH, needs_subshells
from tests.browser.driving import (
    BRISK,
    TINY,
    execute,
    open_notebook,
    open_panel,
    run_cell,
    run_cells,
    shoot,
    wait_until,
    write_notebook,
    write_tone,
)

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

LOAD = "%load_ext multigan"
TRAIN = f"%multigan train digits --steps 1000000 {' '.join((*TINY, *BRISK))}"
ASKED_KERNEL = os.environ.get("MULTIGAN_IPYKERNEL")  # such as 6.31; else whatever is there
STOP_SECONDS = 0.5 * SLUGGISH
DRAG_MILLISECONDS = 150 * SLUGGISH
BLOCK = "import time\nprint('blocking')\ntime.sleep(600)"


def picture(page, selector: str = ".mg-explorer .mg-samples img") -> list[int]:
    """The pixels of the first sample that the explorer shows."""
    return page.locator(selector).first.evaluate(
        """async image => {
            await image.decode();
            const canvas = document.createElement('canvas');
            [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
            const context = canvas.getContext('2d');
            context.drawImage(image, 0, 0);
            return [...context.getImageData(0, 0, canvas.width, canvas.height).data];
        }"""
    )


def steps_beyond(page, step: int) -> None:
    page.wait_for_function(
        "step => Number(document.querySelector('.mg-dashboard').dataset.step) > step", arg=step
    )


def state_becomes(page, state: str) -> None:
    page.locator(f".mg-dashboard[data-state='{state}']").wait_for()


def trains(page, lab, folder: str) -> tuple[Any, RunFolder]:
    """Begins to train in a new notebook; returns its dashboard and the run."""
    (lab.work / folder).mkdir()
    write_notebook(lab.work / folder / "train.ipynb", LOAD, TRAIN, BLOCK)
    open_notebook(page, lab, f"{folder}/train.ipynb")
    run_cells(page, 0, 1)
    dashboard = page.locator(".mg-dashboard")
    dashboard.wait_for()
    steps_beyond(page, 60)
    return dashboard, RunFolder(lab.work / folder / "runs" / "0001-digits")


@pytest.mark.skipif(not ASKED_KERNEL, reason="no ipykernel of a certain version is asked for")
def test_the_kernel_is_the_one_that_was_asked_for(page, lab):
    """So that a run of the tests with an old one says nothing of another."""
    import ipykernel

    write_notebook(
        lab.work / "kernel.ipynb", "import ipykernel\nprint('kernel', ipykernel.__version__)"
    )
    open_notebook(page, lab, "kernel.ipynb")
    run_cell(page, 0)
    page.get_by_text(f"kernel {ipykernel.__version__}", exact=True).wait_for()
    assert f"{ipykernel.__version__}.".startswith(f"{ASKED_KERNEL}.")
    assert importlib.metadata.version("ipykernel") == ipykernel.__version__


def test_train_watch_pause_reload_and_stop(page, lab):
    dashboard, run = trains(page, lab, "widgets")
    dashboard.locator("svg [class*=line], svg polyline, svg path").first.wait_for()
    before = int(dashboard.get_attribute("data-previews"))
    page.wait_for_function(
        "shown => Number(document.querySelector('.mg-dashboard').dataset.previews) > shown",
        arg=before,
    )
    shoot(page, "widget-dashboard")

    dashboard.get_by_role("button", name="Pause").click()
    state_becomes(page, "paused")
    step = run.status()["step"]
    dashboard.get_by_role("button", name="Continue").click()
    state_becomes(page, "running")
    steps_beyond(page, step)

    # A reload finds the kernel, and the kernel the page.
    execute(page, "docmanager:save")
    page.wait_for_timeout(1500)
    open_notebook(page, lab, "widgets/train.ipynb", query="")
    dashboard.wait_for()
    steps_beyond(page, int(dashboard.get_attribute("data-step")))
    dashboard.get_by_role("button", name="Stop").click()
    state_becomes(page, "stopped")


@needs_subshells
def test_stop_while_a_cell_blocks(page, lab):
    dashboard, run = trains(page, lab, "blocked")
    run_cell(page, 2)
    page.get_by_text("blocking", exact=True).wait_for()
    clicked = time.monotonic()
    dashboard.get_by_role("button", name="Stop").click()
    wait_until(page, lambda: run.control()["want"] == "stop", 30)
    heard = time.monotonic() - clicked
    state_becomes(page, "stopped")
    shown = time.monotonic() - clicked
    assert "*" in page.locator(".jp-InputPrompt").nth(2).inner_text(), "the cell still blocks"
    print(f"Stop while a cell blocks: heard after {heard:.2f} s, stopped after {shown:.2f} s")
    assert heard <= STOP_SECONDS


DIGITS = ConditionSpec("class", 10)


def saved_generator(folder: Path) -> Path:
    """A 32x32 generator of the recipes' default size, with weights that make it colorful."""
    size = {"channels": 3, "height": 32, "width": 32}
    components = {"modality": Component("image", size), "generator": Component("dcgan")}
    modality = build_modality(components["modality"])
    generator = GENERATORS.build(
        components["generator"],
        latent_dim=64,
        sample_shape=modality.sample_shape,
        condition=DIGITS,
    )
    with torch.no_grad():
        for weight in generator.parameters():
            weight.mul_(3)
    pipeline = Pipeline(generator, modality, Prior(64), condition=DIGITS, components=components)
    return pipeline.save_pretrained(folder)


def explores(page, lab, folder: str) -> None:
    """Opens an explorer in a new notebook."""
    saved_generator(lab.work / folder / "generator")
    write_notebook(lab.work / folder / "explore.ipynb", LOAD, "%multigan explore generator", BLOCK)
    open_notebook(page, lab, f"{folder}/explore.ipynb")
    run_cells(page, 0, 1)
    page.locator(".mg-explorer .mg-samples img").first.wait_for()


def test_the_explorer_follows_the_hand(page, lab):
    explores(page, lab, "explored")
    first = picture(page)
    assert len(set(first)) > 8, "it shows something"
    shoot(page, "widget-explorer")

    pad = page.locator(".mg-pad")
    first_drag = drag(page, pad)
    milliseconds = drag(page, pad)
    assert picture(page) != first, "the drag has moved the picture"
    median = statistics.median(milliseconds)
    print(f"the first answer, with directions found ahead: {first_drag[0]:.0f} ms")
    print(f"{len(milliseconds)} answers to a drag, median {median:.0f} ms, 16 samples of 32x32")
    assert median <= DRAG_MILLISECONDS

    page.get_by_role("button", name="Center").click()
    page.wait_for_timeout(1000)
    assert picture(page) == first
    seed = page.get_by_role("spinbutton", name="seed")
    for number, is_same in ((7, False), (0, True)):
        seed.fill(str(number))
        seed.press("Tab")
        page.wait_for_timeout(1000)
        assert (picture(page) == first) == is_same


@needs_subshells
def test_the_explorer_answers_while_a_cell_blocks(page, lab):
    explores(page, lab, "explored-busy")
    first, pad = picture(page), page.locator(".mg-pad")
    run_cell(page, 2)
    page.get_by_text("blocking", exact=True).wait_for()
    busy = drag(page, pad)
    print(f"while a cell blocks: {len(busy)} answers, median {statistics.median(busy):.0f} ms")
    assert picture(page) != first


def drag(page, pad) -> list[float]:
    """Drags over the pad for a second and returns how long each answer took, in milliseconds."""
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    known = page.evaluate("document.querySelector('.mg-explorer').mgMilliseconds?.length ?? 0")
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    for index in range(60):
        page.mouse.move(box["x"] + 20 + 1.5 * index, box["y"] + 20 + index)
        page.wait_for_timeout(16)
    page.mouse.up()
    page.wait_for_function(
        "known => document.querySelector('.mg-explorer').mgMilliseconds?.length > known", arg=known
    )
    page.wait_for_timeout(1000)  # for the answer to where the hand has let go
    return page.evaluate("document.querySelector('.mg-explorer').mgMilliseconds")[known:]


def test_sound_plays_in_the_dashboard(page, lab):
    run = create_run(lab.work / "heard", "tone")
    write_json(run.recipe_file, {})
    run.append_metrics({"step": 1, "generator/adversarial": 1.0})
    run.samples.mkdir()
    write_tone(run.samples / "000001.wav")
    run.write_status("finished", step=1, of=1)
    write_notebook(lab.work / "heard.ipynb", LOAD, f"%multigan watch heard/{run.name}")
    open_notebook(page, lab, "heard.ipynb")
    run_cells(page, 0, 1)
    sound = page.locator(".mg-dashboard audio")
    sound.wait_for()
    sound.evaluate("element => element.play()")
    page.wait_for_function("() => document.querySelector('.mg-dashboard audio').currentTime > 0.3")


# The first look, before the first step, may have made the folder already.
IN_THE_WAY = """
samples = run.path / "samples"
if samples.exists():
    samples.rename(run.path / "away")
samples.write_text("in the way")
"""


def test_errors_are_shown_where_people_look(page, lab):
    (lab.work / "errors").mkdir()
    write_notebook(
        lab.work / "errors" / "errors.ipynb",
        LOAD,
        "%multigan train digitz",
        f"{TRAIN} --set look_every=1000",
        IN_THE_WAY,
    )
    open_notebook(page, lab, "errors/errors.ipynb")
    run_cells(page, 0, 1)
    page.get_by_text("There is no recipe").wait_for()
    run_cell(page, 2)
    page.locator(".mg-dashboard").wait_for()
    run_cell(page, 3)
    trouble = page.locator(".mg-dashboard .mg-trouble")
    trouble.get_by_text("Training failed").wait_for()
    assert "samples" in trouble.inner_text()
    shoot(page, "widget-error")
    panel = open_panel(page)
    execute(page, "multigan:refresh")
    panel.get_by_role("searchbox").fill("errors")
    panel.get_by_role("button", name="0001-digits").click()
    panel.get_by_role("alert").wait_for()

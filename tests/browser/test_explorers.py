"""The notebook's other widgets in a real JupyterLab: texts, sounds, comparisons, time travel."""

from pathlib import Path

import pytest

from multigan.modalities.recipes import recipe
from multigan.runs.folder import RunFolder
from multigan.runs.run import Run
from multigan.runs.session import start
from tests.browser.driving import (
    open_notebook,
    run_cells,
    shoot,
    wait_until,
    write_notebook,
)
from tests.browser.test_widgets import LOAD, TRAIN, picture, state_becomes, steps_beyond

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

FINDING = {"name": "coverage", "severity": "alarm", "value": 0.1, "text": "A mode is lost."}
REMEDY = {
    "name": "add_penalties",
    "text": "Add R2, in a new run.",
    "knobs": {},
    "needs_fork": True,
    "changes": {"regularizers.r2.weight": 0.1},
}
STYLED = {"latent_dim": 16}
SMALL = {"batch_size": 8, "generator.width": 8, "discriminator.width": 8, "log_every": 5}


def trained(folder: Path, name: str, steps: int, **changes) -> Run:
    """A run of a recipe that has just finished, made here and now."""
    every = {"look_every": 20, "checkpoint_every": 20, "steps": steps}
    return start(recipe(name).changed({**every, **changes}), out=folder / "runs").fit()


def opened(page, lab, folder: str, *cells: str) -> None:
    """Runs the cells of a new notebook, with the magics loaded."""
    write_notebook(lab.work / folder / "explore.ipynb", LOAD, *cells)
    open_notebook(page, lab, f"{folder}/explore.ipynb")
    run_cells(page, *range(len(cells) + 1))


def answers(page, act) -> None:
    """Does something and waits for the explorer's answer to it."""
    count = "() => Number(document.querySelector('.mg-explorer').dataset.answers)"
    before = page.evaluate(count)
    act()
    page.wait_for_function(f"before => ({count})() > before", arg=before)


def test_texts_are_shown_while_they_are_written(page, lab):
    trained(lab.work / "texts", "mle", 10, batch_size=8)
    opened(page, lab, "texts", "%multigan explore 1")
    texts = page.locator(".mg-samples pre")
    texts.nth(7).wait_for()
    answers(
        page,
        lambda: (
            page.locator(".mg-side label", has_text="samples").locator("select").select_option("36")
        ),
    )
    before = texts.all_inner_texts()
    assert len(before) == 36
    answers(page, lambda: page.get_by_role("button", name="New seed").click())
    after = texts.all_inner_texts()
    assert len(after) == 36
    assert after != before
    explorer = page.locator(".mg-explorer")
    for _ in range(5):  # an answer may be quicker than the browser asks
        if int(explorer.get_attribute("data-partials")) >= 2:
            break
        answers(page, lambda: page.get_by_role("button", name="New seed").click())
    assert int(explorer.get_attribute("data-partials")) >= 2, "they were seen unfinished"
    prompt = page.get_by_role("textbox", name="prompt")
    prompt.fill("the file")
    answers(page, lambda: prompt.press("Enter"))
    assert all(text.startswith("the file") for text in texts.all_inner_texts())
    shoot(page, "explorer-text")


def test_a_note_is_played_and_its_class_is_chosen(page, lab):
    trained(lab.work / "notes", "notes", 4, **SMALL)
    opened(page, lab, "notes", "%multigan explore 1")
    page.locator(".mg-sound audio").first.wait_for()
    page.locator(".mg-white").nth(1).click()  # D, two semitones above the first
    page.wait_for_function("() => document.querySelector('.mg-sound audio').currentTime > 0.1")
    chosen = page.locator(".mg-side label", has_text="class").locator("select")
    assert chosen.input_value() == "2"
    shoot(page, "explorer-notes")


def test_the_averages_length_is_chosen_by_a_slider(page, lab):
    trained(lab.work / "averaged", "digits", 60, profile_every=10, **SMALL)
    opened(page, lab, "averaged", "%multigan explore 1")
    page.locator(".mg-samples img").first.wait_for()
    first = picture(page)
    average = page.get_by_role("slider", name="average")
    answers(page, lambda: average.fill("0.25"))
    long = picture(page)
    answers(page, lambda: average.fill("0.02"))
    assert picture(page) not in (first, long)
    answers(page, lambda: page.get_by_label("choose the average's length").uncheck())
    assert picture(page) == first
    shoot(page, "explorer-average")


def test_classes_and_styles_are_mixed(page, lab):
    trained(lab.work / "styled", "stylegan2", 2, **SMALL, **STYLED)
    opened(page, lab, "styled", "%multigan explore 1")
    cards = page.locator(".mg-card")
    cards.nth(15).wait_for()
    first = picture(page)
    answers(page, lambda: page.get_by_label("towards").select_option("7"))
    assert picture(page) != first
    for index in (0, 3, 5):
        cards.nth(index).hover()
        cards.nth(index).get_by_role("button", name="Pin").click()
    answers(page, lambda: page.get_by_role("button", name="Mix styles").click())
    assert page.locator(".mg-scene[data-table='3'] .mg-samples img").count() == 9
    code = page.locator(".mg-code")
    answers(page, lambda: page.get_by_role("button", name="Copy as code").click())
    mixed = code.input_value()
    assert "pipeline.mix_styles(" in mixed
    shoot(page, "explorer-styles")
    answers(page, lambda: page.get_by_role("button", name="Walk").click())
    page.locator(".mg-scene[data-film] .mg-stage img").wait_for()
    page.get_by_role("button", name="Unpin all").click()
    answers(page, lambda: page.get_by_role("button", name="Copy as code").click())
    assert page.locator(".mg-explorer .mg-failed").count() == 0
    assert "latents = walk(torch.stack(stops), 24)" in code.input_value(), "the walk is still shown"
    assert code.input_value().count("stops.append") == mixed.count("stops.append") == 3


def test_two_runs_are_compared_on_the_same_latents(page, lab):
    for seed in (0, 1):
        trained(lab.work / "beside", "digits", 40, seed=seed, **SMALL)
    opened(page, lab, "beside", "%multigan compare 1 2", "%multigan compare 1 1")
    two_runs, one_run = compared(page, 1), compared(page, 2)
    before = both_pictures(page, two_runs)
    assert before[0] != before[1]
    page.locator(".mg-compare polyline").nth(1).wait_for()
    for side in two_runs:  # after as many steps of the same seed: another look at the same run
        answered = int(page.locator(side).get_attribute("data-answers"))
        page.locator(f"{side} select").select_option(label="step 20")
        page.wait_for_function(
            "([side, before]) => Number(side.dataset.answers) > before",
            arg=[page.locator(side).element_handle(), answered],
        )
    for sides in (two_runs, one_run):
        before = both_pictures(page, sides)
        page.locator(f"{sides[0]} >> xpath=../..").get_by_role("button", name="New seed").click()
        wait_until(
            page,
            lambda old=before, sides=sides: all(
                new not in old for new in both_pictures(page, sides)
            ),
        )
    same = both_pictures(page, one_run)
    assert same[0] == same[1], "the latents differ"
    shoot(page, "compare-widget")


def compared(page, number: int) -> list[str]:
    """The selectors of the two sides of the page's `number`-th comparison, which are shown."""
    sides = [
        f":nth-match(.mg-compare, {number}) .mg-side-by-side:nth-child({side})" for side in (1, 2)
    ]
    for side in sides:
        page.locator(f"{side} img").nth(15).wait_for()
    return sides


def both_pictures(page, sides: list[str]) -> list[list[int]]:
    return [picture(page, f"{side} img") for side in sides]


def test_back_to_a_checkpoint_and_on_another_way(page, lab):
    parent = trained(lab.work / "travelled", "digits", 40, **SMALL)
    opened(page, lab, "travelled", "%multigan travel 1")
    tree = page.locator(".mg-tree")
    tree.get_by_role("button", name="0001-digits, checkpoint of step 20").click()
    tree.locator(".mg-tree-preview img").wait_for()
    tree.get_by_role("combobox", name="knob to change").select_option("r1.weight")
    tree.get_by_role("spinbutton", name="its new value").fill("0.3")
    tree.get_by_role("button", name="Fork from here").click()
    child = Run(lab.work / "travelled" / "runs" / "0002-digits")
    page.locator(".mg-dashboard[data-state='finished']").wait_for()
    page.locator(".mg-tree[data-branches='2']").wait_for()
    assert child.parent()["knobs"] == {"r1.weight": 0.3}
    assert [run.status()["step"] for run in (parent, child)] == [40, 40], "both stay"
    page.wait_for_timeout(2000)
    shoot(page, "time-travel")


def test_a_remedy_that_needs_a_new_run_is_a_button(page, lab):
    folder = lab.work / "cured"
    folder.mkdir()
    findings = {"findings": [FINDING | {"remedy": REMEDY}]}
    sick = f"import json\nrun.health_file.write_text(json.dumps({findings!r}))"
    write_notebook(folder / "explore.ipynb", LOAD, f"{TRAIN} --set checkpoint_every=20", sick)
    open_notebook(page, lab, "cured/explore.ipynb")
    run_cells(page, 0, 1)
    page.locator(".mg-dashboard").wait_for()
    steps_beyond(page, 40)
    run_cells(page, 2)
    remedy = page.get_by_role("button", name=REMEDY["text"])
    remedy.wait_for()
    shoot(page, "widget-remedy")
    remedy.click()
    page.locator(".mg-name", has_text="0002-digits").wait_for()
    state_becomes(page, "running")
    assert RunFolder(folder / "runs" / "0001-digits").status()["state"] == "stopped"
    page.get_by_text("0001-digits stays as it was").wait_for()
    page.get_by_role("button", name="Stop").click()
    state_becomes(page, "stopped")

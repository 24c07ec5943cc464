"""The explorer's stage: dragged, gone back on, pinned, filmed, saved, searched by a picture."""

import json

import pytest
from PIL import Image

from tests.browser.driving import open_notebook, run_cells, shoot, write_notebook
from tests.browser.test_explorers import SMALL, answers, trained
from tests.browser.test_widgets import LOAD, picture

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

ON_STAGE = ".mg-stage img"


def opened(page, lab, folder: str):
    """An explorer of a run that has just been trained, and the run."""
    run = trained(lab.work / folder, "digits", 40, **SMALL)
    write_notebook(lab.work / folder / "look.ipynb", LOAD, "%multigan explore 1")
    open_notebook(page, lab, f"{folder}/look.ipynb")
    run_cells(page, 0, 1)
    page.locator(".mg-edge img").nth(3).wait_for()
    return run


def test_a_hand_on_the_picture_moves_it_and_back_undoes_it(page, lab):
    opened(page, lab, "dragged")
    first = picture(page, ON_STAGE)
    box = page.locator(".mg-stage").bounding_box()
    page.mouse.move(box["x"] + 100, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + 260, box["y"] + 180, steps=8)
    answers(page, page.mouse.up)
    page.wait_for_timeout(500)
    moved = picture(page, ON_STAGE)
    assert moved != first
    answers(page, lambda: page.get_by_role("button", name="back", exact=True).click())
    assert picture(page, ON_STAGE) == first
    answers(page, lambda: page.get_by_role("button", name="forward", exact=True).click())
    assert picture(page, ON_STAGE) == moved
    page.get_by_role("button", name="sample 4", exact=True).click()
    assert picture(page, ON_STAGE) == picture(page, ".mg-card:nth-child(4) img")
    shoot(page, "stage")


def test_directions_are_named_and_keep_their_names(page, lab):
    run = opened(page, lab, "named")
    page.locator(".mg-fold summary").click()
    page.locator(".mg-strip img").nth(20).wait_for()
    name = page.get_by_role("textbox", name="name of direction 1")
    answers(page, lambda: (name.fill("slant"), name.press("Tab")))
    assert page.get_by_role("combobox", name="direction across").inner_text().startswith("slant")
    kept = json.loads((run.pipeline_folder / "directions.json").read_text())
    assert kept == {"principal": {"0": "slant"}}


def test_pins_become_a_film_and_samples_files(page, lab, tmp_path):
    opened(page, lab, "filmed")
    for index in (0, 3):
        page.locator(".mg-pin").nth(index).click(force=True)
    page.locator(".mg-pinned img").nth(1).wait_for()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as GIF").click()
    download.value.save_as(tmp_path / "walk.gif")
    with Image.open(tmp_path / "walk.gif") as film:
        assert film.n_frames == 24 + 22, "there and back"
    for button, size in (("Save", (8, 8)), ("Save all", (392, 392))):
        with page.expect_download() as download:
            page.get_by_role("button", name=button, exact=True).click()
        download.value.save_as(tmp_path / "saved.png")
        with Image.open(tmp_path / "saved.png") as saved:
            assert saved.size == size
    answers(page, lambda: page.get_by_role("button", name="go back to pin 2").click())
    assert page.locator(".mg-choose[aria-pressed='true']").get_attribute("aria-label") == "sample 4"

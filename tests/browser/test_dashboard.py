"""The dashboard in the main area, and runs side by side."""

import json
import math

import pytest

from multigan.files import write_json
from multigan.runs.folder import RunFolder
from tests.browser.driving import (
    BRISK,
    ENDLESS,
    execute,
    open_lab,
    open_panel,
    recorded_run,
    reload_lab,
    shoot,
    wait_until,
    write_tone,
)

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

FINDINGS = [
    {
        "name": "diversity",
        "severity": "ok",
        "value": 0.9,
        "text": "Samples differ.",
        "remedy": None,
    },
    {
        "name": "discriminator_wins",
        "severity": "warning",
        "value": 0.99,
        "text": "The discriminator tells 99 % of all samples right.",
        "remedy": {
            "name": "more_r1",
            "text": "A stronger penalty holds it back.",
            "knobs": {"r1.weight": 0.2},
            "needs_fork": False,
        },
    },
    {
        "name": "support",
        "severity": "alarm",
        "value": 0.1,
        "text": "Samples lie in a few places.",
        "remedy": {"name": "pack", "text": "Judge pairs.", "knobs": {}, "needs_fork": True},
    },
]


def dashboard(page):
    """The visible dashboard."""
    return page.locator(".mgl-main").locator("visible=true")


def test_a_live_dashboard_by_double_click_on_the_marker(page, lab, shell):
    shell(*ENDLESS, *BRISK, folder="watched")
    run = RunFolder(lab.work / "watched" / "runs" / "0001-digits")
    wait_until(page, lambda: len(run.sample_files()) > 2)
    open_lab(page, lab)
    execute(page, "filebrowser:open-path", {"path": "watched/runs/0001-digits"})
    execute(page, "filebrowser:activate")
    page.locator(".jp-DirListing-item", has_text="0001-digits.multigan").dblclick()
    board = dashboard(page)
    board.locator(".mg-state[data-state='running']").wait_for()
    tabs = board.get_by_role("tab")
    tabs.first.wait_for()
    assert tabs.all_inner_texts()[:2] == ["Losses", "Penalties"]
    history = board.locator(".mg-previews")
    first = history.get_attribute("data-step")
    page.wait_for_function(
        "first => Number(document.querySelector('.mg-previews').dataset.step) > Number(first)",
        arg=first,
    )
    shoot(page, "dashboard")

    slider = board.get_by_role("slider", name="Step of the samples")
    slider.focus()
    page.keyboard.press("Home")
    page.wait_for_function("() => document.querySelector('.mg-previews').dataset.step === '0'")
    seen = len(run.sample_files())
    wait_until(page, lambda: len(run.sample_files()) > seen)
    page.wait_for_timeout(3000)
    assert history.get_attribute("data-step") == "0", "who went back is not dragged along"
    page.keyboard.press("End")
    page.wait_for_function("() => Number(document.querySelector('.mg-previews').dataset.step) > 0")

    board.get_by_text("Knobs", exact=True).click()
    knob = board.get_by_role("textbox", name="r1.weight", exact=True)
    knob.fill("0.25")
    knob.press("Enter")
    wait_until(page, lambda: run.control()["set"] == {"r1.weight": 0.25})
    wait_until(page, lambda: any(r.get("set") == {"r1.weight": 0.25} for r in run.metrics()))
    knob.fill("many")
    assert knob.get_attribute("aria-invalid") == "true"
    board.get_by_role("button", name="Stop").click()
    board.locator(".mg-state[data-state='stopped']").wait_for()
    board.get_by_role("button", name="Resume").wait_for()


def test_curves_by_pointer_and_key_on_a_log_scale_and_smoothed(page, lab):
    run = recorded_run(lab.work / "recorded", "curves")
    open_lab(page, lab)
    execute(page, "multigan:open-run", {"path": f"recorded/{run.name}"})
    board = dashboard(page)
    chart = board.locator("[data-title='Adversarial losses']")
    legend = chart.locator(".mg-legend")
    legend.get_by_text("newest").wait_for()
    key = legend.get_by_role("button", name="generator", exact=False)
    assert key.locator("b").inner_text() == shown(1 + math.sin(10) / 2)
    chart.get_by_text("1 value up to").wait_for()  # the spike flattens nothing
    chart.locator("svg[role=img]").focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    legend.get_by_text("step 299").wait_for()
    box = chart.locator("svg[role=img]").bounding_box()
    page.mouse.move(box["x"] + 52, box["y"] + 50)
    legend.get_by_text("step 1", exact=True).wait_for()
    assert board.get_by_text("the cat sat").is_visible()

    page.mouse.move(0, 0)
    board.get_by_label("Log scale").check()
    board.get_by_role("tab", name="Penalties").click()
    board.get_by_text("1 without positive values").wait_for()
    board.get_by_role("tab", name="Penalties").press("ArrowLeft")
    board.get_by_label("Smoothing").fill("0")
    assert chart.locator(".mg-raw").count() == 0
    peaks = [path_top(chart)]
    board.get_by_label("Smoothing").fill("0.9")
    assert chart.locator(".mg-raw").count() == 2
    peaks.append(path_top(chart))
    assert peaks[1] > peaks[0], "the spike is flatter; y grows downwards"
    shoot(page, "recorded")
    reload_lab(page, lab, "isLog", "0.9", "multigan-run:")
    dashboard(page).locator("input[type=checkbox]:checked").wait_for()
    dashboard(page).locator("[data-title='Adversarial losses'] .mg-raw").first.wait_for()


def shown(value: float) -> str:
    return f"{value:.4g}"


def path_top(chart) -> float:
    """The highest place (the least y) of the drawn generator's curve."""
    points = chart.locator("polyline.mg-line-0:not(.mg-raw)").get_attribute("points")
    return min(float(pair.split(",")[1]) for pair in points.split())


def test_health_is_said_and_its_remedy_asked_for(page, lab):
    run = recorded_run(lab.work / "ill", "run")
    run.write_status("running", step=300, of=400)
    write_json(run.path / "health.json", {"step": 300, "findings": FINDINGS})
    open_lab(page, lab)
    execute(page, "multigan:open-run", {"path": f"ill/{run.name}"})
    board = dashboard(page)
    board.get_by_text("The discriminator tells 99 % of all samples right.").wait_for()
    board.get_by_text("3 of 3 checked at step 300").wait_for()
    shoot(page, "health")
    board.get_by_role("button", name="A stronger penalty holds it back.").click()
    wait_until(page, lambda: run.control()["set"] == {"r1.weight": 0.2})
    board.get_by_role("button", name="Judge pairs.").click()
    heals = f"%multigan runs heal ill/{run.name} --remedy pack"
    page.locator(".jp-Cell .cm-content", has_text=heals).wait_for()


def test_runs_are_compared_and_the_comparison_survives_a_reload(page, lab):
    root = lab.work / "compared"
    runs = [
        recorded_run(root, "first"),
        recorded_run(root, "second", offset=1.0, loss="wasserstein"),
    ]
    open_lab(page, lab)
    panel = open_panel(page)
    execute(page, "multigan:refresh")
    panel.get_by_role("searchbox").fill("compared")
    for run in runs:
        panel.get_by_role("checkbox", name=f"Choose {run.name} to compare").check()
    panel.get_by_role("button", name="Compare 2").click()
    board = dashboard(page)
    chart = board.locator("[data-title='generator/adversarial']")
    chart.locator("polyline").nth(1).wait_for()
    legend = chart.locator(".mg-legend").inner_text()
    assert "0001-first" in legend
    assert "0002-second" in legend
    row = board.locator(".mgl-table tbody tr")
    assert row.all_inner_texts() == ["loss\thinge\twasserstein"]
    shoot(page, "compare")
    reload_lab(page, lab, "multigan-compare:")
    dashboard(page).locator("[data-title='generator/adversarial'] polyline").nth(1).wait_for()


def test_sound_plays(page, lab):
    run = recorded_run(lab.work / "sound", "tone")
    write_tone(run.samples / "000300.wav")
    open_lab(page, lab)
    execute(page, "multigan:open-run", {"path": f"sound/{run.name}"})
    sound = dashboard(page).locator("audio")
    sound.wait_for()
    assert dashboard(page).get_by_text("the cat sat").is_visible(), "both belong to one look"
    sound.evaluate("element => element.play()")
    page.wait_for_function("() => document.querySelector('.mgl-main audio').currentTime > 0.3")


def test_settings_name_the_folder_and_the_theme(page, lab):
    recorded_run(lab.work / "one" / "runs", "inside")
    recorded_run(lab.work / "two" / "runs", "outside")
    folder = lab.work.parent / "settings" / "jupyterlab-multigan"
    folder.mkdir()
    file = folder / "runs.jupyterlab-settings"
    file.write_text(json.dumps({"runsFolder": "/one/", "theme": "dark"}))
    try:
        open_lab(page, lab)
        panel = open_panel(page)
        panel.get_by_text("1 run, 0 at work").wait_for()
        panel.get_by_role("button", name="0001-inside").wait_for()
        back = panel.evaluate("element => getComputedStyle(element).backgroundColor")
        assert back == "rgb(24, 24, 24)"
    finally:
        file.unlink()

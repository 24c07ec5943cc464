"""The report: one page that holds what the run's files hold, and nothing it should not."""

import json
import re
import wave
from base64 import b64decode
from html.parser import HTMLParser
from io import BytesIO

import pytest
import torch
from PIL import Image

from multigan.files import write_json
from multigan.modalities.audio.clip import Audio
from multigan.modalities.audio.modality import AudioModality
from multigan.report.chart import line_chart, nice_ticks
from multigan.report.formatting import duration, flat, shown
from multigan.report.media import evenly
from multigan.runs.folder import RunFolder
from multigan.runs.report import render_report, write_report

NEVER_CLOSED = {"meta", "img", "line", "circle", "rect", "polyline"}


class Page(HTMLParser):
    """A page's tags, text and addresses; raises where tags do not match."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open, self.tags, self.addresses, self.text = [], [], [], ""
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.addresses += [value for name, value in attrs if name in ("src", "href")]
        if tag not in NEVER_CLOSED:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def log(run: RunFolder, **row) -> None:
    run.append_metrics(row)
    run.curves.flush()


@pytest.fixture
def run(tmp_path) -> RunFolder:
    run = RunFolder(tmp_path / "0003-digits")
    run.path.mkdir()
    run.write_status("finished", step=400, of=400)
    write_json(run.recipe_file, {"format": 1, "name": "<digits>", "steps": 400})
    for step in (100, 200, 300, 400):
        losses = {"generator/adversarial": step / 7, "discriminator/r1": 0.1}
        log(run, step=step, **losses, steps_per_second=9.0, seconds=step / 10)
    return run


def test_the_report_is_one_page_that_needs_nothing_else(run):
    run.samples.mkdir()
    for step in (100, 200, 300):
        Image.new("L", (300, 300)).save(run.samples / f"{step:06d}.png")
    path = write_report(run)
    page = Page(path.read_text())
    assert path == run.path / "report.html"
    assert page.tags.count("img") == 3
    assert page.tags.count("svg") == 2
    assert "script" not in page.tags
    assert all(address.startswith("data:image/png;base64,") for address in page.addresses)
    assert "finished · step 400 of 400 · 40 s of training" in page.text


def test_everything_somebody_wrote_is_escaped(run):
    run.append_metrics({"step": 400, "refused": "<b>x</b>=1: no such knob"})
    html = render_report(run)
    assert "<b>" not in html
    assert "<digits>" not in html
    assert "Step 400: Refused: <b>x</b>=1: no such knob" in Page(html).text


HOSTILE = "<img src=x onerror=alert(1)>"


def test_a_hostile_name_is_text_wherever_it_stands(tmp_path):
    run = RunFolder(tmp_path / f"0001-{HOSTILE}")
    run.path.mkdir()
    run.samples.mkdir()
    (run.samples / "000100.txt").write_text(HOSTILE)
    run.write_status("failed", step=1, of=2, message=f"message {HOSTILE}")
    log(run, step=1, rollback=f"rollback {HOSTILE}", **{f"a/{HOSTILE}": 1.0, "a/b": 2.0})
    log(run, step=1, **{f"metric/{HOSTILE}": 1.0})
    write_json(run.recipe_file, {"name": HOSTILE, HOSTILE: 1})
    data = {"classes": [HOSTILE], "examples": [HOSTILE], "notes": [f"note {HOSTILE}"]}
    data["unreadable"] = [{"name": HOSTILE, "reason": "cut off"}]
    write_json(run.environment_file, {"data": data})
    remedy = {"name": "pack", "text": f"remedy {HOSTILE}"}
    finding = {"severity": "alarm", "text": f"finding {HOSTILE}", "remedy": remedy}
    write_json(run.health_file, {"step": 1, "findings": [finding]})
    html = render_report(run)
    assert "<img" not in html
    page = Page(html)
    for word in ("message ", "rollback ", "note ", "remedy ", "finding ", "0001-", "Unreadable: "):
        assert word + HOSTILE in page.text
    assert page.text.count(HOSTILE) >= 15


def test_what_the_doctor_has_not_measured_is_not_called_ok(run):
    older = {"name": "support", "severity": "ok", "value": None, "text": "Not on this objective."}
    newer = {**older, "name": "dead_generator", "severity": "unmeasured"}
    seen = {**older, "name": "diversity", "value": 0.9, "text": "Samples differ."}
    write_json(run.health_file, {"step": 1, "findings": [older, newer, seen]})
    text = Page(render_report(run)).text
    assert "support: not measured" in text
    assert "dead generator: not measured" in text
    assert "diversity: no alarm" in text


def test_events_and_unreadable_files_are_noted(run):
    run.append_metrics({"step": 150, "set": {"r1.weight": 0.5}})
    run.append_metrics({"step": 250, "rollback": "Step 300 was non-finite."})
    unreadable = [{"name": "a.png", "reason": "cut off"}]
    write_json(run.environment_file, {"data": {"unreadable": unreadable, "notes": ["Few."]}})
    text = Page(render_report(run)).text
    assert "Step 150: Set by hand: r1.weight = 0.5" in text
    assert "Step 250: Rolled back: Step 300 was non-finite." in text
    assert "Unreadable: a.png (cut off)" in text
    assert "Few." in text


def test_a_critics_distance_has_a_chart_of_its_own(run):
    assert "Distance" not in Page(write_report(run).read_text()).text
    log(run, step=400, **{"discriminator/distance": 7.5})
    page = Page(write_report(run).read_text())
    assert "Distance, as the discriminator estimates it" in page.text
    assert page.tags.count("svg") == 3


def test_metrics_have_their_own_charts_and_a_table(run):
    log(run, step=400, **{"metric/coverage": 0.75})
    page = Page(render_report(run))
    assert page.tags.count("svg") == 3
    assert "0.75" in page.text


def test_sound_and_text_are_shown_as_what_they_are(run):
    run.samples.mkdir()
    (run.samples / "000100.txt").write_text("a <cat> sat")
    with wave.open(str(run.samples / "000200.wav"), "wb") as file:
        file.setparams((1, 2, 8000, 4, "NONE", ""))
        file.writeframes(bytes(8))
    page = Page(render_report(run))
    assert "a <cat> sat" in page.text
    assert "audio" in page.tags


def test_a_run_that_has_hardly_begun_has_a_report_too(tmp_path):
    assert "No samples yet." in Page(render_report(RunFolder(tmp_path))).text


def test_the_charts_of_a_long_run_are_those_of_curves_json(run):
    rows = [{"step": step, "generator/adversarial": 0.0} for step in range(10_000)]
    rows[1234]["generator/adversarial"], rows[8765]["generator/adversarial"] = 9.0, -9.0
    run.metrics_file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    run.forget_after(9_999)
    (points,) = re.findall(r'<polyline points="(.*?)"', render_report(run))
    places = [float(place.split(",")[1]) for place in points.split()]
    assert 100 <= len(places) <= 500
    assert places.count(min(places)) == places.count(max(places)) == 1, "a spike is lost"


@pytest.mark.parametrize(("low", "high"), [(0, 1), (-3.2, 7.7), (1e-6, 2e-6), (0, 31_000)])
def test_ticks_are_round_within_the_range_and_about_as_many(low, high):
    ticks = nice_ticks(low, high, 5)
    assert 3 <= len(ticks) <= 7
    assert all(low - 1e-9 <= tick <= high + 1e-9 for tick in ticks)
    assert all(len(f"{tick:.3g}") <= 7 for tick in ticks)


def test_a_chart_copes_with_one_point_a_constant_and_what_is_not_finite():
    assert "circle" in line_chart("One", {"a": [(5, 0.0)]})
    assert "polyline" in line_chart("Constant", {"a": [(0, 2.0), (1, 2.0)]})
    assert line_chart("None", {"a": [(0, float("nan"))]}) == ""


def test_looks_are_taken_evenly_with_the_first_and_the_last(tmp_path):
    files = [tmp_path / str(index) for index in range(100)]
    taken = evenly(files, 8)
    assert (len(taken), taken[0], taken[-1]) == (8, files[0], files[-1])
    assert evenly(files[:3], 8) == files[:3]


def test_values_are_written_as_people_write_them():
    assert [shown(value) for value in (5e-4, True, None, "", 1e-9, 3)] == [
        *("0.0005", "yes", "–", "–", "1e-09", "3")
    ]
    assert shown(list(range(10))) == "0, 1, 2, 3, 4, 5 and 4 more"
    assert [duration(seconds) for seconds in (7.4, 75, 3720)] == ["7 s", "1 min 15 s", "1 h 2 min"]


def test_a_recipe_flattens_to_the_paths_that_set_takes():
    component = {"name": "dcgan", "options": {"width": 32}}
    assert flat({"generator": component, "regularizers": {"r1": {"weight": 0.1}}}) == {
        "generator": "dcgan",
        "generator.width": 32,
        "regularizers.r1.weight": 0.1,
    }


def test_sounds_of_a_sheet_have_a_player_each(run):
    modality = AudioModality(8000, 1, 800, {"name": "waveform"})
    clips = [Audio(0.1 * (index + 1) * torch.ones(1, 800), 8000) for index in range(3)]
    modality.write_sheet(clips, run.samples / "000400", columns=2)
    assert run.sample_files() == [run.samples / "000400.png"]
    page = Page(render_report(run))
    assert page.tags.count("audio") == 3
    heard = [address for address in page.addresses if address.startswith("data:audio/wav")]
    with wave.open(BytesIO(b64decode(heard[1].partition(",")[2]))) as file:
        frames = file.readframes(file.getnframes())
    assert int.from_bytes(frames[:2], "little") == round(0.2 * 32768)
    (run.samples / "000400.wav").write_bytes(b"RIFF")
    assert Page(render_report(run)).tags.count("audio") == 0

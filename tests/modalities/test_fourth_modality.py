"""A kind of data in one file outside the package does all that images, texts and sounds do."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from multigan import Run
from multigan.cli import main
from multigan.core.registries import KINDS
from multigan.data.loaded import Loaded
from multigan.modalities.kind import kind_of
from multigan.report.media import preview_of
from tests.plugins import CURVES, forget

PLUGIN = ["--plugin", str(CURVES)]
TINY = ["--set", "checkpoint_every=10", "--set", "look_every=10", "--set", "log_every=5"]


@pytest.fixture(autouse=True)
def new_process():
    forget()
    yield
    forget()


@pytest.fixture
def run(tmp_path) -> Run:
    """A run on curves, as another process left it."""
    assert main(["train", "curves", *PLUGIN, "--steps", "20", "--out", str(tmp_path), *TINY]) == 0
    forget()
    return Run(tmp_path / "0001-curves")


def shell(*words: str, cwd: Path) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "multigan", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=cwd)


def test_it_is_a_file_of_about_sixty_lines():
    lines = [line for line in CURVES.read_text().splitlines() if line.strip()]
    code = [line for line in lines if not line.startswith(("from ", "import "))]
    assert len(code) <= 70


def test_it_is_known_only_where_it_is_named(capsys):
    assert main(["recipes"]) == 0
    assert "Curves of 24 numbers." not in capsys.readouterr().out
    assert main(["recipes", *PLUGIN]) == 0
    assert "Curves of 24 numbers." in capsys.readouterr().out
    assert main(["recipes", "curves", *PLUGIN]) == 0
    assert "How many waves a built-in curve has at most." in capsys.readouterr().out


@pytest.mark.slow
def test_processes_of_their_own_train_resume_and_sample_it(tmp_path):
    """In shells that share nothing but the user's configuration; only the first names the file."""
    for words in (
        ["train", "curves", *PLUGIN, "--steps", "10"],
        ["resume", "1", "--steps", "20"],
        ["sample", "1", "-n", "3"],
    ):
        done = shell(*words, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    assert len(list((tmp_path / "samples").glob("*.csv"))) == 3


def test_it_does_what_the_shell_can_do(run, tmp_path, capsys):
    where, out = ["--runs", str(tmp_path)], ["--out", str(tmp_path / "made")]
    for words in (
        ["resume", "1", "--steps", "30"],
        ["sample", "1", "-n", "3", *out],
        ["sample", "1", "-n", "30", "--sheet", *out],
        ["sample", "1", "--interpolate", *out],
        ["sample", "1", "--directions", "principal", "-n", "3", *out],
        ["sample", "1", "--project", "waves", "-n", "2", *out],
        ["evaluate", "1", "-n", "100"],
        ["fork", "1", "--step", "20", "--steps", "30", "--set", "loss=hinge"],
        ["augment", "1", "--data", "waves", "--out", str(tmp_path / "mixed")],
        ["runs", "show", "1"],
        ["bench", "sample", "1", "--turns", "1"],
    ):
        forget()
        assert main([*words, *where]) == 0, capsys.readouterr().err
    assert Run.find(2, tmp_path).recipe.loss == "hinge"
    made = sorted(path.name for path in (tmp_path / "made").iterdir())
    assert made[:3] == ["0-0000.csv", "0-0001.csv", "0-0002.csv"]
    assert "sheet-0.png" in made
    assert len(np.loadtxt(tmp_path / "made" / "0-0000.csv")) == 24
    assert "step 30" in run.report_file.read_text()


def test_its_own_data_is_loaded_by_path_and_options(tmp_path, capsys):
    file = tmp_path / "curves.npy"
    np.save(file, np.random.default_rng(0).normal(size=(40, 24)).astype("float32"))
    command = ["train", "curves", *PLUGIN, "--steps", "2", "--out", str(tmp_path)]
    assert main([*command, "--data", str(file), "--set", "data.limit=32"]) == 0
    assert "32 curves from" in capsys.readouterr().out
    assert main([*command, "--set", "data.waves=0"]) == 1
    assert "at least 1" in capsys.readouterr().err
    assert main([*command, "--set", "data.size=8"]) == 1
    assert "There is no data.size" in capsys.readouterr().err


def test_what_is_for_other_kinds_is_refused_in_a_sentence(run, tmp_path, capsys):
    where = [str(run.path), "--out", str(tmp_path / "a.wav")]
    for words, said in (
        (["sample", *where, "--prompt", "x"], "--prompt is for text"),
        (["sample", *where, "--format", "wav"], "is for audio data"),
        (["play", *where, "--notes", "C4:1"], "cannot be played"),
        (["evaluate", str(run.path), "--pairs", "page.html"], "leave out --pairs"),
        (["demo", *PLUGIN, "--modality", "curves"], "There is no demo"),
        (["demo", "--modality", "shapes"], "no modality called 'shapes'"),
    ):
        assert main(words) == 1
        assert said in capsys.readouterr().err


def test_it_opens_in_the_explorer(run):
    pytest.importorskip("anywidget")
    from multigan.notebook.explorer import Explorer
    from multigan.notebook.exploring import Explored, View
    from multigan.notebook.plain_explorer import PlainExplorer

    explored = Explored(run)
    assert explored.facts()["count"] == explored.start().count == 9  # as the plug-in says
    assert explored.facts()["modality"] == "curves"
    assert len(explored.samples(View(count=2, moves=(1.0, -2.0)))) == 2
    explorer = Explorer(run.path)
    assert explorer.kinds == [".png"] * 9
    assert explorer.first[0].startswith(b"\x89PNG")
    assert "data:image/png" in PlainExplorer(run.path)._shown.value


def test_numbers_that_show_themselves_in_no_way_are_a_file(run):
    pytest.importorskip("anywidget")
    from multigan.notebook.in_memory import media_of, still_of

    suffix, content = media_of(np.arange(3))
    assert suffix == ".npy"
    assert content.startswith(b"\x93NUMPY")
    assert "bytes of .npy" in still_of([np.arange(3)], "")["text/html"]


def test_a_sheet_of_any_suffix_has_its_place_in_the_report(tmp_path):
    sheet = tmp_path / "000010.curve"
    sheet.write_bytes(b"\xff\x00")
    assert preview_of(sheet).text == "000010.curve"


@pytest.mark.slow
def test_magics_train_it_and_a_detached_process_has_the_same_plug_in(tmp_path, monkeypatch):
    pytest.importorskip("anywidget")
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    cell = InteractiveShell(config=Config({"HistoryManager": {"enabled": False}}))
    cell.extension_manager.load_extension("multigan")
    cell.run_line_magic("multigan", f"train curves --plugin {CURVES} --steps 4 --wait")
    assert cell.user_ns["run"].status()["state"] == "finished"
    cell.run_line_magic("multigan", f"train curves --plugin {CURVES} --steps 4 --detach")
    detached = cell.user_ns["run"]
    detached.wait(60)
    assert detached.status()["pid"] != os.getpid()
    assert detached.status()["state"] == "finished"
    assert json.loads(detached.recipe_file.read_text())["plugins"][0]["name"] == str(CURVES)
    cell.extension_manager.unload_extension("multigan")
    sys.displayhook = sys.__displayhook__


@pytest.mark.slow
def test_two_processes_train_and_resume_it(tmp_path):
    for words in (["train", "curves", *PLUGIN, "--steps", "4"], ["resume", "1", "--steps", "8"]):
        command = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
        command += ["--nproc-per-node", "2", "-m", "multigan", *words, "--device", "cpu"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=200, cwd=tmp_path)
        assert done.returncode == 0, done.stderr[-3000:]
    assert Run.find(1, tmp_path / "runs").status()["step"] == 8


def test_what_it_loads_has_the_parts_that_every_data_set_has():
    from multigan import load_plugin

    load_plugin(CURVES)
    loaded: Loaded = kind_of("curves").load("waves", limit=5)
    assert len(loaded.source) == 5
    assert "5 curves" in loaded.report.summary()
    assert "curves" in KINDS

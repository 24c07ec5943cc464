"""`%multigan` is the command line, in a cell."""

import os
import subprocess
import sys
from pathlib import Path
from shutil import copytree

import pytest
import torch
from IPython.core.completer import provisionalcompleter

from multigan import Run
from multigan.cli import COMMANDS
from multigan.modalities.recipes import recipe
from multigan.notebook.completion import candidates
from multigan.notebook.run_table import RunTable
from tests.notebook.conftest import TINY

LOAD_SECONDS = 1.0  # of processor time


def test_loading_is_fast_and_imports_no_torch():
    program = (
        "import sys, time\n"
        "from IPython.core.interactiveshell import InteractiveShell\n"
        "shell = InteractiveShell()\n"
        "start = time.process_time()\n"
        "shell.run_line_magic('load_ext', 'multigan')\n"
        "taken = time.process_time() - start\n"
        "assert not {'torch', 'ipywidgets', 'anywidget'} & set(sys.modules)\n"
        "print(taken)"
    )
    answers = [
        subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
        for _ in range(2)
    ]
    assert min(float(answer.stdout.split()[-1]) for answer in answers) < LOAD_SECONDS


def test_loading_again_registers_nothing_twice(notebook):
    notebook.shell.extension_manager.reload_extension("multigan")
    ours = [
        matcher
        for matcher in notebook.shell.Completer.custom_matchers
        if getattr(matcher, "matcher_identifier", "") == "multigan"
    ]
    assert len(ours) == 1


def test_help_names_every_command_of_the_shell(notebook, capsys):
    notebook.magic("-h")
    said = capsys.readouterr().out
    assert all(name in said for name in COMMANDS)
    documented = notebook.shell.find_line_magic("multigan").__doc__
    assert all(name in documented for name in COMMANDS)
    notebook.magic("train -h")
    assert "--discriminator" not in (said := capsys.readouterr().out)
    assert "--steps" in said
    assert "--wait" in said


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("trian", "invalid choice: 'trian'"),
        ("train digts", "Did you mean 'digits'?"),
        ("train digits --steps many", "invalid int value"),
        ("train digits --set lss=hinge", "There is nothing called 'lss'"),
        ("train digits --wait --detach", "not allowed with argument"),
        ("train digits --as 3x", "is not the name of a variable"),
        ("train digits --data $nothing", "no variable called 'nothing'"),
        ("train 'digits", "cannot be read"),
        ("sample 7", "There is no run '7'"),
        ("stop", "There are no runs"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(notebook, line, reason):
    assert reason in notebook.refused(line)
    assert "run" not in notebook.names


def test_train_returns_at_once_and_binds_a_run(notebook):
    notebook.magic(f"train digits --steps 1000000 {TINY}")
    run = notebook.run()
    try:
        assert type(run) is Run
        assert run.is_busy()
        assert run.wait(0.05)["state"] == "running"
    finally:
        notebook.magic("stop")
    assert run.status()["state"] == "stopped"
    assert "is not being trained" in notebook.refused("stop")


def test_resume_and_wait_and_sample(notebook, capsys):
    notebook.magic(f"train digits --steps 4 --wait --as first {TINY}")
    first = notebook.run("first")
    assert first.status()["state"] == "finished"
    notebook.magic("resume $first --steps 6")
    assert notebook.run().path.samefile(first.path)
    assert notebook.run().wait(60)["step"] == 6
    notebook.magic("sample $run -n 3 --seed 5 --out made")
    assert "3 files in made: 5-0000.png to 5-0002.png" in capsys.readouterr().out
    notebook.magic("sample -n 3")  # the current run, and no file is left
    assert {path.name for path in Path().iterdir()} <= {"ipython", "runs", "made"}
    notebook.magic("resume --steps 8")
    assert notebook.run().wait(60)["step"] == 8


def test_a_page_gets_a_view_at_once_and_the_next_cell_the_run(notebook, monkeypatch):
    monkeypatch.setattr(notebook.shell, "kernel", object(), raising=False)
    notebook.magic(f"train digits --steps 4 --plain {TINY}")
    notebook.shell.run_cell("found = run.name")
    assert notebook.names["found"] == "0001-digits"
    assert notebook.run().wait(60)["state"] == "finished"


def test_multigan_alone_is_a_welcome_with_the_runs(notebook, monkeypatch, capsys, finished):
    notebook.magic("")
    assert "usage: %multigan" in capsys.readouterr().out
    monkeypatch.setattr(notebook.shell, "kernel", object(), raising=False)
    copytree(finished.path, Path("runs") / finished.name)
    notebook.magic("")
    assert "%multigan train digits" in capsys.readouterr().out


def test_the_table_of_runs_shows_them_and_their_newest_samples(monkeypatch, finished):
    table = RunTable(finished.path.parent)
    sent = []
    monkeypatch.setattr(table, "send", lambda content, buffers=(): sent.append((content, buffers)))
    (row,) = table.runs
    assert (row["name"], row["state"], row["step"]) == (finished.name, "finished", 8)
    table._hear(None, {"card": row["path"]}, [])
    content, (picture,) = sent[0]
    assert content["kind"] == ".png"
    assert picture == finished.sample_files()[-1].read_bytes()
    table._hear(None, {"open": row["path"]}, [])
    assert "application/vnd.jupyter.widget-view+json" in table.below.outputs[0]["data"]
    table.close()


def test_a_cell_changes_the_recipe(notebook):
    notebook.magic(
        f"train digits --steps 2 --wait {TINY}", "# so\nloss = hinge\nregularizers.r2 = null\n"
    )
    asked = notebook.run().recipe
    assert asked.loss == "hinge"
    assert list(asked.regularizers) == ["r1"]
    assert "takes no body" in notebook.refused("doctor", "loss = hinge")


def test_objects_of_the_notebook_are_passed(notebook):
    images = torch.randint(0, 256, (32, 1, 8, 8), dtype=torch.uint8)
    notebook.names |= {"images": images, "width": 4, "own": recipe("digits")}
    notebook.magic(
        f"train image --data $images --steps 2 --wait --set generator.width=$width {TINY}"
    )
    asked = notebook.run().recipe
    assert asked.data.name == "(given in Python)"
    assert asked.generator.options["width"] == 4
    notebook.magic(f"train $own --steps 2 --wait {TINY}")
    assert notebook.run().recipe.name == "digits"
    assert "Another process cannot see $images" in notebook.refused(
        "train image --data=$images --detach"
    )
    assert "wants a number" in notebook.refused("train digits --set seed=$images")


def test_an_error_in_training_is_raised_where_somebody_waits(notebook):
    # Infinite in float32, so the first step that has the penalty diverges.
    said = notebook.refused(
        f"train digits --steps 8 --wait {TINY} --set regularizers.r1.weight=1e300"
    )
    assert "discriminator/r1" in said
    assert "non-finite" in said
    assert notebook.run().status()["state"] == "failed"


@pytest.mark.slow
def test_detached_training_is_a_process_of_its_own(notebook):
    notebook.magic(f"train digits --steps 1000000 --detach {TINY}")
    run = notebook.run()
    assert run.status()["pid"] != os.getpid()
    notebook.magic("stop")
    assert run.status()["state"] == "stopped"


@pytest.mark.slow
def test_a_detached_process_that_cannot_begin_says_why(notebook):
    assert "nowhere.npz" in notebook.refused("train image --data nowhere.npz --detach")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("%multigan tr", ["train", "travel"]),
        ("%multigan runs st", ["stop"]),
        ("%multigan train dig", ["digits"]),
        ("%%multigan train digits --st", ["--steps"]),
        ("%multigan runs show 0", ["0002-b", "0001-a"]),
        ("%multigan watch 0001", ["0001-a"]),
        ("%multigan train digits --set generator.wi", ["generator.width="]),
        ("%multigan train digits --set wi", []),
        ("%multigan train digits --steps ", []),
        ("%multigan resume 00", ["0002-b", "0001-a"]),
        ("x = 1", []),
        ("%multigan", []),
    ],
)
def test_completion(text, found, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("0001-a", "0002-b"):
        (tmp_path / "runs" / name).mkdir(parents=True)
    assert candidates(text) == found


def test_ipython_completes_with_it(notebook):
    completer = notebook.shell.Completer
    with provisionalcompleter():
        line = "%multigan train digits --ste"
        assert [c.text for c in completer.completions(line, len(line))] == ["--steps"]

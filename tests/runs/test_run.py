"""The run directory: numbers, states, requests, locks."""

import multiprocessing
import os
import subprocess
import sys
import threading
import time

import pytest

from multigan.errors import RunError
from multigan.runs.folder import RunFolder, create_run, find_run, find_runs


def make(root, name="a"):
    run = create_run(root, name)
    run.recipe_file.write_text("{}")
    return run


def test_runs_are_numbered_in_order(tmp_path):
    assert [make(tmp_path, name).name for name in "abc"] == ["0001-a", "0002-b", "0003-c"]
    (tmp_path / "0010-x").mkdir()
    assert make(tmp_path, "d").name == "0011-d"


def _create_many(root, count):
    for _ in range(count):
        create_run(root, f"by-{os.getpid()}")


def test_processes_never_share_a_number(tmp_path):
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=_create_many, args=(tmp_path, 20)) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    numbers = [run.number for run in find_runs(tmp_path)]
    assert numbers == list(range(1, 81))


def test_a_run_is_found_by_number_name_or_path(tmp_path):
    run = make(tmp_path, "a")
    for reference in ("1", "0001", "0001-a", run.path, str(run.path)):
        assert find_run(reference, tmp_path).path == run.path


def test_a_run_that_is_not_there_is_an_error_with_those_that_are(tmp_path):
    make(tmp_path, "a")
    with pytest.raises(RunError, match="The newest there: 0001-a"):
        find_run("7", tmp_path)
    (tmp_path / "other").mkdir()
    with pytest.raises(RunError, match=r"not a run: it has no recipe\.json"):
        find_run(tmp_path / "other", tmp_path)


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(RunError, match="Cannot make a run folder"):
        create_run(tmp_path / "file", "a")


def test_metrics_are_read_back_without_the_line_a_crash_cut_off(tmp_path):
    run = make(tmp_path)
    run.append_metrics({"step": 1, "loss": 0.5})
    run.append_metrics({"step": 2, "loss": 0.25})
    with run.metrics_file.open("a") as file:
        file.write('{"step": 3, "lo')
    assert [row["step"] for row in run.metrics()] == [1, 2]
    run.forget_after(1)
    assert run.metrics_file.read_text() == '{"step": 1, "loss": 0.5}\n'


def test_samples_of_later_steps_are_forgotten_too(tmp_path):
    run = make(tmp_path)
    run.samples.mkdir()
    for step in (10, 20, 30):
        (run.samples / f"{step:06d}.png").write_text("")
    run.forget_after(20)
    assert [path.stem for path in run.sample_files()] == ["000010", "000020"]


def test_requests_add_up(tmp_path):
    run = make(tmp_path)
    run.request(set={"r1.weight": 1.0})
    run.request(want="pause")
    run.request(checkpoint=True, set={"r2.weight": 2.0})
    assert run.control() == {
        "want": "pause",
        "checkpoint": 1,
        "set": {"r1.weight": 1.0, "r2.weight": 2.0},
    }


HOLD = """
import sys, time
from multigan.runs.folder import RunFolder
run = RunFolder(sys.argv[1])
with run.lock():
    run.write_status("running", step=5, of=10)
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_killed_process_frees_the_run_and_leaves_it_interrupted(tmp_path):
    run = make(tmp_path)
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(run.path)], stdout=subprocess.PIPE, text=True
    )
    with holder:
        assert holder.stdout.readline() == "held\n"
        assert run.is_busy()
        assert run.status()["state"] == "running"
        with pytest.raises(RunError, match="being trained by another process"):
            run.delete()
        holder.kill()
    assert run.status()["state"] == "interrupted"
    run.delete()
    assert not run.path.exists()
    assert not run.is_busy()
    assert not run.path.exists(), "looking has made it again"


def test_it_is_busy_for_whoever_looks_from_this_process_too(tmp_path):
    run, seen = make(tmp_path), []
    with run.lock():
        for _ in range(3):  # looking takes nothing away
            seen.append(RunFolder(run.path).is_busy())
            thread = threading.Thread(target=lambda: seen.append(run.is_busy()))
            thread.start()
            thread.join()
    assert seen == [True] * 6
    assert not run.is_busy()


def test_a_new_run_is_marked_for_jupyterlab(tmp_path):
    assert [path.name for path in make(tmp_path).path.glob("*.multigan")] == ["0001-a.multigan"]


def test_only_what_a_run_made_is_deleted(tmp_path):
    (tmp_path / "recipe.json").write_text("{}")
    with pytest.raises(RunError, match="not the folder of a run"):
        RunFolder(tmp_path).delete()
    run = make(tmp_path)
    run.write_status("finished")
    (run.path / "thesis.tex").write_text("x")
    with pytest.raises(RunError, match=r"thesis\.tex"):
        run.delete()
    (run.path / "thesis.tex").unlink()
    (tmp_path / "link").symlink_to(run.path)
    with pytest.raises(RunError, match="not the folder of a run"):
        RunFolder(tmp_path / "link").delete()
    run.delete()
    assert not run.path.exists()


GARBAGE = [b"", b"[]", b"5", b"\xff\xfe", b"{", b'{"set": 5, "want": "fly", "checkpoint": "x"}']


@pytest.mark.parametrize("content", GARBAGE)
def test_garbage_in_shared_files_is_as_good_as_nothing(tmp_path, content):
    run = make(tmp_path)
    for file in (run.status_file, run.control_file, run.metrics_file):
        file.write_bytes(content)
    assert run.status()["state"] == "created"
    assert run.control() == {"want": "run", "checkpoint": 0, "set": {}}
    assert run.metrics() == []
    run.request(want="stop")
    assert run.control()["want"] == "stop"


def test_looking_at_a_run_does_not_keep_it_from_starting(tmp_path):
    run = make(tmp_path)
    looking = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys, time\nfrom multigan.runs.folder import RunFolder\n"
            "run = RunFolder(sys.argv[1])\nprint(flush=True)\n"
            "end = time.time() + 2\n"
            "while time.time() < end: run.is_busy()",
            str(run.path),
        ],
        stdout=subprocess.PIPE,
    )
    with looking:
        looking.stdout.readline()
        for _ in range(50):
            with run.lock():
                time.sleep(0.001)
        looking.kill()


def test_a_run_without_files_is_created(tmp_path):
    assert RunFolder(tmp_path).status()["state"] == "created"
    assert RunFolder(tmp_path).metrics() == []
    assert RunFolder(tmp_path).number == 0

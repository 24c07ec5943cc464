"""Every bench is found by its file, says what it takes, and writes down where it was run."""

import json
import re
import subprocess
import sys

import pytest

from benchmarks.__main__ import HERE, benches, main, summary
from benchmarks.common.turns import ratio, take_turns

ROOT = HERE.parent
DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *HERE.glob("*.md")]


def test_without_a_name_all_are_listed_at_once(capsys):
    assert main([]) == 0
    told = capsys.readouterr().out
    assert all(f"\n  {name} " in told for name in benches())
    code = "import sys, benchmarks.__main__ as b; b.main(['-h']); sys.exit('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.DEVNULL)
    assert done.returncode == 0


@pytest.mark.parametrize("name", benches())
def test_a_bench_says_what_it_takes(name, capsys):
    assert summary(benches()[name]).endswith((".", "?"))
    assert main([name, "--help"]) == 0
    assert capsys.readouterr().out.startswith(f"usage: python -m benchmarks {name} [-h]")


def test_a_name_that_is_none_is_said(capsys):
    assert main(["stepp"]) == 2
    assert "no bench 'stepp'. Known: augmentation," in capsys.readouterr().err


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_documents_name_benches_and_options_that_there_are(path, capsys):
    text = path.read_text(encoding="utf-8").replace("\\\n", " ")
    assert "tests.benchmarks" not in text
    for name, rest in re.findall(r"python -m benchmarks ([a-z][\w-]*)([^\n`]*)", text):
        assert main([name, "--help"]) == 0
        known = capsys.readouterr().out
        assert all(option in known for option in re.findall(r"--[a-z-]+", rest)), (name, rest)


def test_a_result_says_how_and_where_it_was_measured(tmp_path, capsys):
    where = tmp_path / "found.json"
    words = ["image-batches", "--images", "8", "--batch", "4", "--epochs", "2", "--size", "4"]
    assert main([*words, "--json", str(where)]) == 0
    found = json.loads(where.read_text())
    assert found["command"] == f"python -m benchmarks {' '.join(words)}"
    assert {"date", "machine", "python", "torch", "threads", "clock", "load_after"} <= set(found)
    assert found["rows"][0]["images"] == 8
    assert "DataLoader / Stream" in capsys.readouterr().out


def test_sides_take_turns_and_the_order_turns_round():
    calls: list[str] = []
    sides = {name: lambda name=name: calls.append(name) for name in "ab"}
    times = take_turns(sides, rounds=3, warm_up=1)
    assert "".join(calls) == "abbaabba"
    assert [len(spent) for spent in times.values()] == [3, 3]


def test_a_ratio_is_that_of_each_round():
    found = ratio({"ours": [1.0, 2.0, 4.0], "theirs": [2.0, 6.0, 4.0]}, "theirs", "ours")
    assert found == {"median": 2.0, "low": 1.5, "high": 2.5}

"""Pipelines go to a Hub and come back the same; nothing of what comes from there runs."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from multigan.export.card import model_card
from multigan.export.origin import Origin
from multigan.sampling.on_hub import is_hub_name
from tests.export.hub_stand_in import hub
from tests.export.untrained import untrained

pytest.importorskip("huggingface_hub")
SMALL = {"generator.width": 4}
READ = """
from multigan import Pipeline
pipeline = Pipeline.from_pretrained("someone/digits")
print(pipeline(1, seed=3)[0].tobytes().hex())
"""


def python(*words: str, endpoint: str, home: Path) -> subprocess.CompletedProcess:
    """Runs Python where the Hub is another: huggingface_hub asks the environment once."""
    environment = {**os.environ, "HF_ENDPOINT": endpoint, "HF_HOME": str(home), "HF_TOKEN": "hf_x"}
    environment |= {"HF_HUB_OFFLINE": "0", "HF_HUB_DISABLE_PROGRESS_BARS": "1"}
    command = [sys.executable, *words]
    return subprocess.run(command, env=environment, cwd=home, capture_output=True, text=True)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_pipeline_comes_back_from_the_hub_as_it_went(tmp_path):
    pipeline = untrained("digits", **SMALL)
    pipeline.save_pretrained(tmp_path / "saved")
    with hub() as (endpoint, files):
        said = python(
            *("-m", "multigan", "push", str(tmp_path / "saved"), "someone/digits"),
            endpoint=endpoint,
            home=tmp_path,
        )
        assert said.returncode == 0, said.stderr
        assert said.stdout.strip().endswith("/someone/digits")
        names = {"README.md", "generator.safetensors", "pipeline.json", "samples.png"}
        assert names <= set(files)
        assert "library_name: multigan" in files["README.md"].decode()
        files["setup.py"] = b"raise SystemExit('a stranger')"
        said = python("-c", READ, endpoint=endpoint, home=tmp_path)
        assert said.stdout.strip() == pipeline(1, seed=3)[0].tobytes().hex(), said.stderr
        assert not list(tmp_path.rglob("setup.py")), "only data is fetched"

        index = json.loads(files["pipeline.json"])
        index["plugins"] = [{"path": "evil.py", "sha256": "0" * 64, "module": None}]
        files["pipeline.json"] = json.dumps(index).encode()
        said = python("-c", READ, endpoint=endpoint, home=tmp_path / "saved")
        assert said.returncode == 1
        assert "a stranger" not in said.stderr
        missing = READ.replace("someone/digits", "nobody/nothing")
        said = python("-c", missing, endpoint=endpoint, home=tmp_path)
        assert "CheckpointError: The pipeline 'nobody/nothing' cannot be had" in said.stderr


def test_a_card_says_what_was_measured_how_and_what_was_not():
    pipeline = untrained("digits", **SMALL)
    blank = model_card(pipeline, Origin("mine"), repository="someone/digits")
    assert "It has not been evaluated" in blank
    assert "[More Information Needed]" not in blank
    result = {
        "label": "recall (random-conv)",
        "value": 0.25,
        "control": 0.9,
        "n_fake": 1000,
        "n_real": 900,
        "split": "test",
        "extractor": {"name": "random-conv"},
    }
    card = model_card(pipeline, Origin("a|b<script>"), repository="o/n", results=[result])
    assert "| recall (random-conv) | 0.25 | 0.9 | 1000 against 900 test | random-conv |" in card
    assert "<script>" not in card
    assert 'Pipeline.from_pretrained("o/n")' in card


def test_what_is_a_path_is_not_looked_for_on_the_hub(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "runs").mkdir()
    assert not is_hub_name("runs/0003-digits")
    assert not is_hub_name("digits")
    assert not is_hub_name("./someone/digits")
    assert not is_hub_name(tmp_path / "someone" / "digits")
    assert is_hub_name("someone/digits")
    assert is_hub_name("hf:someone/digits")

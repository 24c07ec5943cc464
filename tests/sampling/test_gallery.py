"""The generators that come with the package: found by name everywhere, small, and with a card."""

import json
import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from multigan import Pipeline
from multigan.cli import main
from multigan.errors import UnknownNameError
from multigan.modalities.kind import kind_of
from multigan.sampling.gallery import (
    PREFIX,
    gallery_folder,
    in_gallery,
    members,
    read_card,
    size_of,
)
from multigan.sampling.locate import is_pipeline_name, pipeline_folder

MEMBERS = members()
MOST_BYTES = 8_000_000  # of all together: every wheel carries them
EVERY_CARD = {
    *("name", "makes", "data", "source", "license", "classes", "recipe", "seed", "steps"),
    *("processor_minutes", "command", "trained_by", "weights", "versions", "metrics", "limits"),
}


@pytest.fixture(params=MEMBERS)
def name(request) -> str:
    return request.param


def test_the_gallery_is_not_empty_and_small():
    assert MEMBERS
    assert sum(size_of(name) for name in MEMBERS) <= MOST_BYTES


def test_every_member_makes_samples_of_every_class(name):
    pipeline = Pipeline.from_pretrained(name)
    spec = pipeline.condition
    count = min(spec.size, 4) if spec is not None else 2
    samples = pipeline(count, seed=1)
    assert len(samples) == count
    if not kind_of(pipeline.modality.name).printed:
        latents = pipeline.latents(4, seed=1)
        made = pipeline.generate(latents, pipeline.conditions(None, 4))
        assert made.isfinite().all()
        assert (made[0] - made[1]).abs().max() > 0.1
    else:
        assert len({*pipeline(4, seed=1)}) == 4


def test_weights_are_half_and_the_networks_whole(name):
    stored = load_file(gallery_folder(name) / "generator.safetensors")
    assert {t.dtype for t in stored.values() if t.is_floating_point()} == {torch.float16}
    generator = Pipeline.from_pretrained(name).generator
    assert {p.dtype for p in generator.parameters()} == {torch.float32}


def test_every_member_has_a_card_with_numbers_limits_and_a_license(name):
    card = read_card(name)
    assert set(card) == EVERY_CARD
    assert PREFIX + card["name"] == name
    assert card["limits"]
    assert card["license"]
    spec = Pipeline.from_pretrained(name).condition
    assert len(card["classes"]) == (spec.size if spec is not None else 0)
    for metric in card["metrics"]:
        assert {"label", "value", "control", "n_fake", "n_real", "split"} <= set(metric)
    assert any(metric["control"] is not None for metric in card["metrics"])


def test_unknown_members_say_what_was_meant():
    with pytest.raises(UnknownNameError, match=f"Did you mean '{MEMBERS[0]}'"):
        Pipeline.from_pretrained(f"{MEMBERS[0]}z")


def test_names_are_of_pipelines_and_places_are_folders_of_the_package(name):
    assert is_pipeline_name(name)
    assert is_pipeline_name(Path(name))
    assert in_gallery(pipeline_folder(name))
    assert pipeline_folder("3") is None


def test_a_folder_of_that_name_goes_before_the_gallery_and_is_said(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copytree(gallery_folder(MEMBERS[0]), tmp_path / MEMBERS[0])
    with pytest.warns(UserWarning, match="not from multigan's gallery"):
        found = pipeline_folder(MEMBERS[0])
    assert not in_gallery(found)


def test_it_is_listed_and_shown(capsys):
    assert main(["gallery"]) == 0
    listed = capsys.readouterr().out
    assert all(name in listed for name in MEMBERS)
    assert main(["gallery", "--json"]) == 0
    assert set(json.loads(capsys.readouterr().out)) == set(MEMBERS)
    for asked in (MEMBERS[0], MEMBERS[0].removeprefix(PREFIX)):
        assert main(["gallery", asked]) == 0
        assert read_card(MEMBERS[0])["limits"][0] in capsys.readouterr().out


def test_a_shell_samples_it_and_is_told_where_a_run_is_needed(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["sample", MEMBERS[0], "-n", "2", "--out", "made"]) == 0
    assert len(list((tmp_path / "made").iterdir())) == 2
    for command in (["tune", MEMBERS[0], "--data", "x"], ["evaluate", MEMBERS[0]]):
        assert main(command) == 1
        assert "This needs a run" in capsys.readouterr().err


def test_what_leaves_the_house_says_whose_data_it_is(tmp_path):
    from argparse import Namespace

    from multigan.export.origin import origin_of

    origin = origin_of(Namespace(run_name=MEMBERS[0], runs=tmp_path))
    assert read_card(MEMBERS[0])["license"] in origin.facts["data"]


def test_an_explorer_writes_nothing_into_the_package(name):
    exploring = pytest.importorskip("multigan.notebook.exploring")
    explored = exploring.Explored(name)
    before = sorted(gallery_folder(name).iterdir())
    explored.names.rename("principal", 0, "thicker")
    assert explored.names.known()["principal"] == {"0": "thicker"}
    assert sorted(gallery_folder(name).iterdir()) == before


def test_the_code_of_an_explorer_names_the_member(name):
    exploring = pytest.importorskip("multigan.notebook.exploring")
    from multigan.notebook.coding import code_of

    assert f"Pipeline.from_pretrained('{name}')" in code_of(
        exploring.Explored(name), exploring.View()
    )

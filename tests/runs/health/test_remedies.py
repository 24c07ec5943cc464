"""What the doctor offers to each recipe of pictures can be built."""

import pytest

from multigan.config import Recipe
from multigan.core.engine import Engine
from multigan.modalities.recipes import RECIPES, recipe
from multigan.runs.assemble import build_parts, build_trainer, check_changes, load_data
from multigan.runs.health.findings import Remedy
from multigan.runs.health.remedies import remedies_for

TINY = {"data": "digits", "data.size": 16, "generator.width": 8, "discriminator.width": 8}
IMAGES = [name for name in RECIPES if recipe(name).modality == "image" and name != "digits"]
GUESSES_CLASSES = {"acgan", "reacgan"}
BATCH_NORM = {"dcgan", "lsgan", "acgan"}  # in the discriminator


@pytest.fixture(scope="module")
def data():
    return load_data(recipe("image").changed(TINY))


def offered(chosen: Recipe, data) -> dict[str, Remedy]:
    parts = build_parts(chosen.settled(), data, Engine())
    trainer = build_trainer(chosen.settled(), parts, Engine())
    return remedies_for(trainer, conditional=parts.condition is not None)


def cases():
    for name in IMAGES:
        yield name, True
        if name not in GUESSES_CLASSES:
            yield name, False


@pytest.mark.parametrize(("name", "conditional"), [*cases()])
def test_every_remedy_that_is_offered_can_be_built(name, conditional, data):
    chosen = recipe(name).changed(TINY | {"conditional": conditional})
    found = offered(chosen, data)
    for remedy in found.values():
        check_changes(chosen, data, remedy.changes)
    assert ("pack" in found) == (not conditional and name != "progressive")
    assert "conditional" not in {key for remedy in found.values() for key in remedy.changes}
    if name in BATCH_NORM:
        assert "add_penalties" not in found


def test_a_batch_that_cannot_be_packed_is_not_packed(data):
    chosen = recipe("image").changed(TINY | {"conditional": False, "batch_size": 9})
    assert "pack" not in offered(chosen, data)
    in_pieces = chosen.changed({"batch_size": 6, "accumulate": 2})
    assert "pack" not in offered(in_pieces, data)

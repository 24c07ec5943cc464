"""Files of settings: what they leave out is inherited, and every form says the same."""

import json

import pytest

from multigan.errors import ConfigError
from multigan.modalities.recipe_file import read_recipe_file, write_recipe
from multigan.modalities.recipes import RECIPES, recipe
from tests.cli.conftest import multigan  # noqa: F401  a fixture

yaml = pytest.importorskip("yaml")

ASKED = {
    "recipe": "image",
    "data": "photos/",
    "minutes": 3,
    "steps": 200,
    "generator": {"width": 48},
    "discriminator": {"name": "resnet", "width": 8},
    "regularizers": {"r2": None, "r1": {"weight": 0.5}},
    "optimizers.generator.learning_rate": 1e-4,
    "schedules": {"r1.weight": {"start": 1.0, "end": 0.1}},
}
TOML = """
recipe = "image"
data = "photos/"
minutes = 3
steps = 200
generator.width = 48
discriminator = {name = "resnet", width = 8}
regularizers.r1.weight = 0.5
"optimizers.generator.learning_rate" = 1e-4
[schedules."r1.weight"]
start = 1.0
end = 0.1
"""


def read(folder, text: str, suffix: str):
    path = folder / f"mine{suffix}"
    path.write_text(text)
    return read_recipe_file(path)


def test_what_is_left_out_is_inherited(tmp_path):
    found = read(tmp_path, yaml.safe_dump(ASKED), ".yaml")
    changed = found.recipe.changed(found.changes)
    assert (found.data, found.minutes, changed.steps) == ("photos/", 3, 200)
    assert changed.regularizers == {"r1": {"weight": 0.5, "every": 4}}
    assert changed.generator.options == {"width": 48}
    assert (changed.discriminator.name, changed.discriminator.options) == ("resnet", {"width": 8})
    assert changed.optimizers["generator"].learning_rate == 1e-4
    assert changed.optimizers["generator"].beta2 == recipe("image").optimizers["generator"].beta2
    assert (changed.schedules["r1.weight"].start, changed.schedules["r1.weight"].end) == (1, 0.1)
    assert set(changed.schedules) == {"r1.weight", "learning_rate", "beta2"}


def test_every_form_says_the_same(tmp_path):
    in_yaml, in_json = (
        read(tmp_path, write(ASKED), suffix)
        for write, suffix in ((yaml.safe_dump, ".yml"), (json.dumps, ".json"))
    )
    assert in_yaml == in_json
    in_toml = read(tmp_path, TOML, ".toml")
    assert in_toml.recipe == in_yaml.recipe
    assert dict(in_toml.changes) | {"regularizers.r2": None} == dict(in_yaml.changes)


def test_a_name_inherits_too_and_whole_files_inherit_nothing(tmp_path):
    named = read(tmp_path, '{"name": "image", "steps": 200}', ".json")
    assert named.recipe == recipe("image")
    whole = recipe("image").changed({"regularizers": {}})
    again = read(tmp_path, json.dumps(whole.to_json()), ".json")
    assert (again.recipe, again.changes) == (whole, {})


@pytest.mark.parametrize("name", sorted(RECIPES))
def test_every_recipe_is_written_and_read_back(name, tmp_path):
    found = read(tmp_path, "\n".join(write_recipe(recipe(name))), ".yaml")
    changed = found.recipe.with_data(found.data).changed(found.changes)
    assert changed.to_json() == recipe(name).to_json()


@pytest.mark.parametrize(
    ("text", "suffix", "said"),
    [
        ("recipe: imgae", ".yaml", "no recipe called 'imgae'. Did you mean 'image'"),
        ("[1, 2]", ".yaml", "a table of names and values"),
        ("a: [", ".yaml", "cannot be read"),
        ("a = ", ".toml", "cannot be read"),
        ("{", ".json", "cannot be read"),
        ("recipe: image\nminutes: soon", ".yaml", "minutes is a number"),
        ('{"steps": 3}', ".json", "name"),
    ],
)
def test_what_cannot_be_understood_is_named(tmp_path, text, suffix, said):
    with pytest.raises(ConfigError, match=said) as refused:
        read(tmp_path, text, suffix)
    assert f"mine{suffix}" in str(refused.value)


def test_what_is_typed_goes_before_what_the_file_says(multigan, tmp_path):  # noqa: F811
    mine = tmp_path / "mine.yaml"
    mine.write_text("recipe: digits\nsteps: 7\nseed: 3\ngenerator: {width: 8}\nlog_evry: 3\n")
    dry = ("--dry-run", "--json")
    assert "'log_evry'" in multigan("train", "--config", mine, *dry).err
    mine.write_text("recipe: digits\nsteps: 7\nseed: 3\ngenerator: {width: 8}\n")
    assert multigan("train", mine, "--config", mine, *dry).code == 1
    found = json.loads(multigan("train", "--config", mine, "--steps", 5, *dry).out)
    assert (found["steps"], found["seed"], found["generator"]["options"]) == (5, 3, {"width": 8})
    placed = json.loads(multigan("train", mine, "--set", "generator.width=4", *dry).out)
    assert placed["generator"]["options"] == {"width": 4}
    other = multigan("train", "dcgan", "--config", mine, "--data", "digits", *dry)
    assert json.loads(other.out)["name"] == "dcgan"
    said = multigan("recipe", "image").out
    assert said.startswith("# Any pictures")
    assert yaml.safe_load(said)["recipe"] == "image"
    assert json.loads(multigan("recipe", "image", "--json").out)["name"] == "image"

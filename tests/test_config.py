"""Recipes: JSON both ways, changes by path, errors that name the path."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from multigan.config import OptimizerOptions, Recipe, ScheduleOptions, parse_changes
from multigan.errors import ConfigError
from multigan.registry import Component

RECIPE = Recipe(
    name="r",
    generator=Component("dcgan", {"width": 32}),
    regularizers={"r1": {"weight": 0.1}, "r2": {"weight": 0.1}},
    schedules={"r1.weight": ScheduleOptions(1.0, 0.1)},
)


def test_json_round_trip():
    assert Recipe.from_json(json.loads(json.dumps(RECIPE.to_json()))) == RECIPE


@given(
    steps=st.integers(0, 10**9),
    width=st.integers(1, 1024),
    rate=st.floats(1e-9, 1, allow_nan=False),
    summary=st.text(),
)
def test_json_round_trip_of_any_values(steps, width, rate, summary):
    changed = RECIPE.changed(
        {
            "steps": steps,
            "generator.width": width,
            "optimizers.generator.learning_rate": rate,
            "summary": summary,
        }
    )
    assert Recipe.from_json(json.loads(json.dumps(changed.to_json()))) == changed


@pytest.mark.parametrize(
    ("change", "get", "expected"),
    [
        ("steps=7", lambda r: r.steps, 7),
        ("half_life=500", lambda r: r.half_life, 500.0),
        ("conditional=false", lambda r: r.conditional, False),
        ("generator.width=8", lambda r: r.generator.options, {"width": 8}),
        ("generator=resnet", lambda r: r.generator, Component("resnet")),
        ("augment=diffaugment", lambda r: r.augment, Component("diffaugment")),
        ("regularizers.r1.weight=5", lambda r: r.regularizers["r1"], {"weight": 5}),
        ("regularizers.r2=null", lambda r: set(r.regularizers), {"r1"}),
        ("regularizers.lecam={}", lambda r: r.regularizers["lecam"], {}),
        (
            "optimizers.generator.learning_rate=1e-3",
            lambda r: r.optimizers["generator"],
            OptimizerOptions(learning_rate=1e-3),
        ),
        (
            "schedules.r1.weight.end=0.5",
            lambda r: r.schedules["r1.weight"],
            ScheduleOptions(1.0, 0.5),
        ),
        (
            'schedules.learning_rate={"start": 1, "end": 0}',
            lambda r: r.schedules["learning_rate"],
            ScheduleOptions(1.0, 0.0),
        ),
        ("schedules.r1.weight=null", lambda r: r.schedules, {}),
        ("metrics=coverage", lambda r: r.metrics, ("coverage",)),
        ('data.size="64"', lambda r: r.data.options["size"], "64"),
    ],
)
def test_one_value_is_changed_by_its_path(change, get, expected):
    assert get(RECIPE.changed(parse_changes([change]))) == expected


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("step=7", r"nothing called 'step' in a recipe. Did you mean 'steps'\?"),
        ("steps=many", r"recipe.steps must be of type int, not 'many'"),
        ("steps=true", r"recipe.steps must be of type int, not True"),
        ("steps=-1", "steps cannot be negative"),
        ("batch_size=0", "batch_size must be at least 1"),
        ("augment.strength=1", "augment is None, so 'augment.strength' leads nowhere"),
        ("optimizers.generator.lr=1", r"no optimizers.generator.lr. Known: learning_rate"),
        ("on_divergence=ignore", "on_divergence is stop or rollback"),
        ("regularizers=r1", "must be a table of names and values"),
        ('schedules.r2.weight={"start": 1}', r"recipe.schedules.r2.weight is incomplete"),
    ],
)
def test_a_wrong_change_is_named_by_its_path(change, message):
    with pytest.raises(ConfigError, match=message):
        RECIPE.changed(parse_changes([change]))


def test_a_change_needs_an_equals_sign():
    with pytest.raises(ConfigError, match="written key=value, not 'steps'"):
        parse_changes(["steps"])


def test_a_newer_recipe_is_refused():
    with pytest.raises(ConfigError, match="newer than this multigan"):
        Recipe.from_json({"format": 9, "name": "x"})


def test_settling_fixes_how_long_schedules_take():
    settled = RECIPE.changed({"steps": 10, "batch_size": 8}).settled()
    assert settled.schedules["r1.weight"].over == 80
    assert settled.changed({"steps": 1000}).settled().schedules["r1.weight"].over == 80

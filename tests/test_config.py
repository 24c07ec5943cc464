"""Recipes: JSON both ways, changes by path, errors that name the path."""

import json
import math
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from multigan.config import (
    SCHEDULE_SHAPES,
    OptimizerOptions,
    Recipe,
    ScheduleOptions,
    parse_changes,
)
from multigan.core.schedules import SHAPES
from multigan.errors import ConfigError
from multigan.typed import Component
from multigan.typed.registry import Registry

RECIPE = Recipe(
    name="r",
    generator=Component("dcgan", {"width": 32}),
    regularizers={"r1": {"weight": 0.1}, "r2": {"weight": 0.1}},
    schedules={
        "r1.weight": ScheduleOptions(1.0, 0.1),
        "learning_rate": ScheduleOptions(1e-3, 1e-4),
    },
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
        ("schedules.r1.weight=null", lambda r: set(r.schedules), {"learning_rate"}),
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
        ("steps=many", r"recipe.steps must be a whole number of at least 0, not 'many'"),
        ("steps=true", r"recipe.steps must be a whole number of at least 0, not True"),
        (
            "steps=-1",
            "recipe.steps must be a whole number of at least 0, not -1\\. How long to train",
        ),
        (
            "batch_size=0",
            "batch_size must be a whole number of at least 1 and of at most 16777216, not 0",
        ),
        ("augment.strength=1", "augment is None, so 'augment.strength' leads nowhere"),
        ("optimizers.generator.lr=1", r"no optimizers.generator.lr. Known: learning_rate"),
        ("on_divergence=ignore", "on_divergence must be stop or rollback, not 'ignore'"),
        ("precision=half", "precision must be one of float32, tf32, bfloat16, float16, not"),
        ("regularizers=r1", "must be a table of names and values"),
        ('schedules.r2.weight={"start": 1}', r"recipe.schedules.r2.weight is incomplete"),
        (
            "optimizers.generator.learning_rate=-1",
            "recipe.optimizers.generator.learning_rate must be a finite number from 0 to 1, not -1",
        ),
        (
            "optimizers.generator.learning_rate=5",
            "learning_rate must be a finite number from 0 to 1, not 5",
        ),
        ("optimizers.generator.beta1=1.5", r"generator.beta1 must be .* of at least 0 and below 1"),
        ("optimizers.generator.beta2=1", r"generator.beta2 must be .* of at least 0 and below 1"),
        (f"optimizers.generator.learning_rate=1{400 * '0'}", "must be a finite number"),
        (
            "schedules.learning_rate.over=-1",
            r"recipe.schedules.learning_rate.over must be .* of at least 0, not -1",
        ),
        (
            "schedules.learning_rate.shape=round",
            r"learning_rate.shape must be one of half_cosine, linear",
        ),
        ("batch_size=10000000000000", "recipe.batch_size must be .* of at most 16777216, not 1"),
        ("half_life=-5", "recipe.half_life must be a finite number of at least 0, not -5"),
        ("max_rollbacks=-1", "recipe.max_rollbacks must be a whole number of at least 0, not -1"),
        (
            "keep_checkpoints=-1",
            "recipe.keep_checkpoints must be a whole number of at least 1, not",
        ),
        ("keep_checkpoints=0", "recipe.keep_checkpoints must be a whole number of at least 1, not"),
        ('name=""', "recipe.name must be a part of a folder's name, not empty, without slashes"),
        ("name=../up", "recipe.name must be a part of a folder's name, not empty, without slashes"),
        ("name=a\\b", "recipe.name must be a part of a folder's name, not empty, without slashes"),
        (
            "name=.hidden",
            "recipe.name must be a part of a folder's name, not empty, without slashes",
        ),
        ("data=", "recipe.data needs a name"),
        ("metrics=5", "recipe.metrics must be a list, each a text, not 5"),
    ],
)
def test_a_wrong_change_is_named_by_its_path(change, message):
    with pytest.raises(ConfigError, match=message):
        RECIPE.changed(parse_changes([change]))


def test_a_component_and_then_its_options_are_changed():
    changed = RECIPE.changed(parse_changes(["generator=resnet", "generator.width=8", "augment=x"]))
    assert changed.generator == Component("resnet", {"width": 8})
    assert changed.augment == Component("x")


def test_the_last_place_of_a_repeated_change_counts():
    changes = ["generator.width=8", "generator=resnet", "generator.width=8"]
    changed = RECIPE.changed(parse_changes(changes))
    assert changed.generator == Component("resnet", {"width": 8})


def test_a_component_may_be_written_as_a_table():
    changes = ['generator={"name": "resnet"}', "generator.width=8"]
    assert RECIPE.changed(parse_changes(changes)).generator == Component("resnet", {"width": 8})


def test_options_within_an_option_are_reached_by_their_path():
    recipe = RECIPE.changed({"objective.relaxation": "rollout", "generator.config.n_layer": 2})
    changes = ["objective.relaxation.rollouts=4", "objective.relaxation.lag=0.5"]
    changed = recipe.changed(parse_changes(changes))
    wanted = {"name": "rollout", "rollouts": 4, "lag": 0.5}
    assert changed.objective.options["relaxation"] == wanted
    assert changed.generator.options == {"width": 32, "config": {"n_layer": 2}}
    assert recipe.objective.options["relaxation"] == "rollout"  # the first is as it was
    without = changed.changed({"objective.relaxation.lag": None})
    assert without.objective.options["relaxation"] == {"name": "rollout", "rollouts": 4}
    with pytest.raises(ConfigError, match=r"width is 32, so 'generator.width.of' leads nowhere"):
        recipe.changed({"generator.width.of": 1})


def test_an_option_of_what_is_no_table_leads_nowhere():
    with pytest.raises(ConfigError, match=r"r1 is 5, so 'regularizers.r1.weight' leads nowhere"):
        RECIPE.changed({"regularizers.r1": 5, "regularizers.r1.weight": 1})


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "1e400", '{"a": [-1e400]}'])
def test_numbers_are_finite_where_they_are_typed(value):
    with pytest.raises(ConfigError, match=r"learning_rate cannot be .*: give a finite number"):
        parse_changes([f"learning_rate={value}"])


@pytest.mark.parametrize("path", ["half_life", "data.size", "regularizers.r1.weight"])
@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_numbers_are_finite_wherever_they_come_from(path, value):
    last = path.split(".")[-1]
    with pytest.raises(ConfigError, match=rf"recipe\..*{last} must be a finite number, not"):
        RECIPE.changed({path: value})


def test_text_that_looks_like_an_endless_number_stays_text():
    assert parse_changes([f"name=1{5000 * '0'}"])["name"].startswith("1000")


def test_the_shapes_of_schedules_are_those_that_the_core_has():
    assert set(SCHEDULE_SHAPES) == set(SHAPES)


def test_what_is_no_recipe_is_refused():
    with pytest.raises(ConfigError, match=r"A recipe is a table of names and values, not \[\]"):
        Recipe.from_json([])
    with pytest.raises(ConfigError, match="format 'two'"):
        Recipe.from_json({"format": "two", "name": "x"})


def build(width, *, rate: float | None = 1.0, deep: bool = False, sizes: Sequence[int] = ()):
    """Fails as the constructors of networks do."""
    if isinstance(width, str):
        raise TypeError(f"'size' must be ints, not {width!r}\nwith a trace")
    if width < 0:
        raise RuntimeError(f"Trying to create tensor with negative dimension {width}")
    if width < 3:
        raise RuntimeError(f"Out of memory by {1 // width}")
    raise ConfigError("width is even")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"width": -3}, "Cannot build network 'net' with width=-3: one of its sizes is not above"),
        ({"width": 0}, "Cannot build network 'net' with width=0: one of its sizes is not above 0"),
        ({"width": 1}, "Cannot build network 'net' with width=1: Out of memory by 1$"),
        ({"width": "x"}, "'net' with width='x': 'size' must be ints, not 'x'$"),
        ({"width": 3}, "^width is even$"),
        ({"width": 3, "rate": None, "deep": True, "sizes": [3]}, "^width is even$"),
        ({"width": 3, "rate": "nan"}, "'net': rate must be a finite number, or null, not 'nan'"),
        ({"width": 3, "rate": math.nan}, "rate must be a finite number, .*not nan"),
        ({"width": 3, "rate": True}, "rate must be a finite number, .*not True"),
        ({"width": 3, "deep": "no"}, "deep must be true or false, not 'no'"),
        ({"width": 3, "deep": 1}, "deep must be true or false, not 1"),
    ],
)
def test_a_constructor_that_fails_is_named_with_its_options(options, message):
    networks = Registry("network")
    networks["net"] = build
    with pytest.raises(ConfigError, match=message):
        networks.build(Component("net", options))


def test_networks_of_ones_own_may_be_lazy_and_annotated_for_type_checkers_only():
    from torch import nn

    def lazy(width: "KnownToCheckersOnly" = 3):  # noqa: F821
        return nn.LazyLinear(width)

    networks = Registry("network")
    networks["lazy"] = lazy
    assert networks.build(Component("lazy", {"width": 4})).out_features == 4


@pytest.mark.parametrize("layer", ["Linear", "Embedding"])
def test_a_network_of_ones_own_without_weights_is_refused(layer):
    from torch import nn

    networks = Registry("network")
    networks["net"] = lambda width: getattr(nn, layer)(3, width)
    with pytest.raises(ConfigError, match="'net' with width=0: one of its sizes is not above 0"):
        networks.build(Component("net", {"width": 0}))


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

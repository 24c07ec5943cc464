"""One checker for everything typed: what is read, what is refused and how, what is described."""

import inspect
import json
import math
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from multigan.config import Recipe, parse_changes
from multigan.errors import ConfigError
from multigan.typed import (
    Above,
    AtLeast,
    AtMost,
    Below,
    Component,
    Count,
    MultipleOf,
    OneOf,
    Range,
    Share,
    That,
    WholeName,
    checked,
    describe,
    documentation,
    from_plain,
    read_arguments,
    to_plain,
)
from multigan.typed.registry import Registry

NUMBERS = st.floats(-1e6, 1e6) | st.integers(-(10**6), 10**6)
NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,9}", fullmatch=True)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


@checked
@dataclass(frozen=True)
class Point:
    """A place.

    Attributes:
        label: What people call it.
    """

    x: Annotated[float, Range(-1e9, 1e9)]
    """How far to the right,
    in meters."""
    y: float = 0.0
    label: str = ""


@checked
@dataclass(frozen=True)
class Shape:
    """All kinds of fields."""

    corners: tuple[Point, ...] = ()
    sizes: tuple[Count, ...] = (1,)
    size: Annotated[int | tuple[int, int] | None, AtLeast(4), MultipleOf(4)] = None
    colors: dict[str, Share] = field(default_factory=dict)
    style: Literal["round", "square"] = "round"
    pen: Component | None = None
    paper: Annotated[Component | None, WholeName()] = None
    closed: bool = False
    source: Path | None = None
    extra: dict[str, Any] = field(default_factory=dict)


@given(
    corners=st.lists(st.builds(Point, NUMBERS, NUMBERS, st.text()), max_size=3),
    sizes=st.lists(st.integers(1, 2**70), max_size=3),
    size=st.none() | st.sampled_from([4, 8, (4, 8)]),
    colors=st.dictionaries(st.text(), st.floats(0, 1), max_size=3),
    style=st.sampled_from(["round", "square"]),
    extra=st.dictionaries(st.text(), JSON, max_size=3),
)
def test_records_survive_json(corners, sizes, size, colors, style, extra):
    shape = Shape(tuple(corners), tuple(sizes), size, colors, style, extra=to_plain(extra))
    assert from_plain(Shape, json.loads(json.dumps(to_plain(shape)))) == shape
    assert from_plain(Shape, shape) is shape


@given(
    kind=st.sampled_from([AtLeast, Above, AtMost, Below]), bound=NUMBERS, value=NUMBERS
)  # fmt: skip
def test_a_bound_lets_through_what_it_says(kind, bound, value):
    compare = {AtLeast: "__ge__", Above: "__gt__", AtMost: "__le__", Below: "__lt__"}[kind]
    allowed = getattr(float(value), compare)(float(bound))
    assert kind(bound).holds(value) == allowed
    if allowed:
        assert from_plain(Annotated[float, kind(bound)], value, "a.b") == value
    else:
        with pytest.raises(ConfigError, match=r"^a\.b must be a finite number (of at|above|below)"):
            from_plain(Annotated[float, kind(bound)], value, "a.b")


@given(low=NUMBERS, width=st.integers(0, 100), value=NUMBERS)
def test_ranges_hold_both_ends(low, width, value):
    inside = Range(low, low + width)
    assert inside.holds(low)
    assert inside.holds(low + width)
    assert inside.holds(value) == (low <= value <= low + width)


@given(step=st.integers(1, 50), value=st.integers())
def test_multiples(step, value):
    assert MultipleOf(step).holds(step * value)
    assert MultipleOf(step).holds(value) == (value % step == 0)


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (int, 3, 3),
        (float, 3, 3.0),
        (str, "a", "a"),
        (bool, True, True),
        (Path, "a/b", Path("a/b")),
        (int | None, None, None),
        (str | tuple[str, ...], "ab", "ab"),
        (str | tuple[str, ...], ["a", "b"], ("a", "b")),
        (tuple[str, ...], "ab", ("ab",)),
        (tuple[int, int], [1, 2], (1, 2)),
        (Sequence[int], [1, 2], (1, 2)),
        (Mapping[str, int], {"a": 1}, {"a": 1}),
        (Literal[1, 3], 3, 3),
        (Annotated[str, OneOf("a", "b")], "b", "b"),
        (Annotated[Count, AtMost(3)], 3, 3),
        (tuple[Annotated[int, AtLeast(1)], ...], [1], (1,)),
        (Component, {"name": "a", "options": {"b": 1}}, Component("a", {"b": 1})),
        (Component, {"name": "a", "b": 1}, Component("a", {"b": 1})),
        (Annotated[Component, WholeName()], "hf:a/b:c=1", Component("hf:a/b:c=1")),
        (Any, [1, "a"], [1, "a"]),
    ],
)
def test_values_are_read_as_their_annotations_say(kind, value, expected):
    found = from_plain(kind, value, "x")
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        (int, 1.0, "x must be a whole number, not 1.0."),
        (int, True, "x must be a whole number, not True."),
        (float, math.nan, "x must be a finite number, not nan."),
        (float, 10**400, "x must be a finite number, not 1000"),
        (bool, 1, "x must be true or false, not 1."),
        (int, None, "x must be a whole number, not None."),
        (Count | None, 0, "x must be a whole number of at least 1, or null, not 0."),
        (Annotated[int | None, Above(0), AtMost(9)], 0, "number above 0 and of at most 9, or null"),
        (Literal["a", "b"], "c", "x must be a or b, not 'c'."),
        (Literal["a", "b", "c"], ["a"], "x must be one of a, b, c, not ['a']."),
        (Literal[1, 3], True, "x must be 1 or 3, not True."),
        (Annotated[str, OneOf("a", "b")], "c", "x must be a or b, not 'c'."),
        (Annotated[str, That("a name", str.isidentifier)], "a b", "x must be a name, not 'a b'."),
        (tuple[int, int], [1], "x must be a list of 2, not [1]."),
        (tuple[int, ...], 5, "x must be a list, each a whole number, not 5."),
        (tuple[Count, ...], [1, 0], "x must be a whole number of at least 1, not 0."),
        (Sequence[int], "12", "x must be a list, each a whole number, not '12'."),
        (dict[str, int], [1], "x must be a table of names and values, not [1]."),
        (dict[str, int], {"a": "b"}, "x.a must be a whole number, not 'b'."),
        (str | tuple[str, ...] | None, 3, "x must be a text or a list, each a text, or null, not"),
        (Component, 5, "x must be a name, or a name with options, not 5."),
        (Component, {"name": 5}, "x.name must be a text, not 5."),
        (Component, "a:b=NaN", "x: b cannot be NaN: give a finite number."),
        (Component, "a:b=1,c", "x: Options are written name=value with commas between"),
        (Any, {"a": [math.inf]}, "x.a must be a finite number, not inf."),
        (Shape, {"corners": [{"x": "a"}]}, "x.corners.x must be a finite number from"),
        (Shape, {"colours": {}}, "There is no x.colours. Did you mean 'colors'?"),
        (Shape, {"corners": [{}]}, "x.corners is incomplete"),
        (Shape, {"size": [4, 6]}, "divisible by 4, or null, not [4, 6]."),
    ],
)
def test_what_is_refused_is_named_by_its_path(kind, value, said):
    with pytest.raises(ConfigError) as raised:
        from_plain(kind, value, "x")
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)


def test_an_error_ends_with_what_the_option_is_for():
    with pytest.raises(ConfigError, match=r"^x must be .*, not 'a'\. How far to the right, in met"):
        from_plain(Point, {"x": "a"})
    with pytest.raises(ConfigError, match=r"not 5\. What people call it\.$"):
        Point(1, label=5)


def test_a_class_reads_its_arguments_however_it_is_built():
    assert Point(1) == Point(x=1.0)
    assert isinstance(Point(1).x, float)
    assert Shape(pen="ink:width=2", corners=[Point(1)]).pen == Component("ink", {"width": 2})
    with pytest.raises(ConfigError, match=r"style must be round or square, not 'oval'"):
        replace(Shape(), style="oval")
    with pytest.raises(TypeError, match="unexpected keyword"):
        Point(1, z=3)


def test_registered_classes_are_checked_under_their_names():
    things = Registry("thing")

    class Base:
        def __init__(self, depth: Count = 1) -> None:
            self.depth = depth

    @things.register("box")
    class Box(Base):
        def __init__(self, width: Annotated[float, Above(0)] = 1.0, **others: Any) -> None:
            super().__init__(**others)
            self.width = width

    assert Box(2, depth=3).depth == 3
    assert things.build(Component("box", {"width": 2})).width == 2
    with pytest.raises(ConfigError, match=r"^box\.width must be a finite number above 0, not 0"):
        Box(0)
    with pytest.raises(ConfigError, match=r"^box\.depth must be a whole number of at least 1"):
        Box(depth=0)
    with pytest.raises(ConfigError, match=r"^Cannot build thing 'box': depth must be"):
        things.build(Component("box", {"depth": 0}))
    with pytest.raises(ConfigError, match="options are: width, depth"):
        things.build(Component("box", {"height": 0}))


def test_arguments_that_only_python_knows_are_left_alone():
    def make(numbers: "list[ForCheckersOnly]", made: inspect.Signature, width: Count, **more: int):  # noqa: F821
        raise AssertionError

    given = {"numbers": "a", "made": 3, "width": 1, "else": "x"}
    assert read_arguments(make, given) == given
    with pytest.raises(ConfigError, match="width must be"):
        read_arguments(make, given | {"width": 0})


@given(
    name=st.text(string.ascii_letters + "-_./ ", min_size=1),
    options=st.dictionaries(NAMES, JSON, max_size=4),
)
def test_the_text_of_a_component_is_read_back(name, options):
    component = Component(name, options)
    assert Component.parse(str(component)) == component
    assert Component.read(to_plain(component)) == component


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mel", Component("mel")),
        ("mel:n_mels=64,n_fft=512", Component("mel", {"n_mels": 64, "n_fft": 512})),
        ("a:b=x y,c=[1,2],d=null", Component("a", {"b": "x y", "c": [1, 2], "d": None})),
        ("a:b=one,two,c=1", Component("a", {"b": "one,two", "c": 1})),
        ('a:b={"c": "d,e=f"},g=', Component("a", {"b": {"c": "d,e=f"}, "g": ""})),
        ("mel:inverter=learned:path=runs/1", Component("mel", {"inverter": "learned:path=runs/1"})),
        ("stacked:digits", Component("stacked:digits")),
        ("hf:owner/name", Component("hf:owner/name")),
        ("C:\\data\\set", Component("C:\\data\\set")),
        ("inception:/a/b=c.pt", Component("inception:/a/b=c.pt")),
        ("", Component("")),
    ],
)
def test_components_as_a_shell_writes_them(text, expected):
    assert Component.parse(text) == expected


def test_a_recipe_takes_components_as_text_wherever_it_has_some():
    recipe = Recipe(name="r")
    changes = ["generator=dcgan:width=32,norm=none", "augment=diffaugment:strength=0.5"]
    changed = recipe.changed(parse_changes([*changes, "generator.width=8"]))
    assert changed.generator == Component("dcgan", {"width": 8, "norm": "none"})
    assert changed.augment == Component("diffaugment", {"strength": 0.5})
    read = Recipe.from_json({"name": "r", "representation": "mel:n_mels=64", "data": "a:b=1"})
    assert read.representation == Component("mel", {"n_mels": 64})
    assert read.data == Component("a:b=1")  # a path is a path
    with pytest.raises(ConfigError, match="generator: width cannot be 1e400"):
        recipe.changed({"generator": "dcgan:width=1e400"})


def test_what_can_be_set_is_described():
    x, y, label = describe(Point)
    assert x == ("x", "a finite number from -1e+09 to 1e+09", inspect.Parameter.empty, x.doc)
    assert x.doc == "How far to the right, in meters."
    assert (y.default, y.doc) == (0.0, "")
    assert label.doc == "What people call it."


def test_arguments_are_described_by_their_docstring():
    def make(width: Count, *, depth: int = 3, **others: int) -> None:
        """Makes nothing.

        Args:
            width, depth: Its sizes,
                in meters.
            others: More.

        Raises:
            ConfigError: Never.
        """

    assert [(s.name, s.expected, s.doc) for s in describe(make)] == [
        ("width", "a whole number of at least 1", "Its sizes, in meters."),
        ("depth", "a whole number", "Its sizes, in meters."),
    ]
    assert set(documentation(make)) == {"width", "depth", "others"}


def test_every_setting_of_a_recipe_and_of_a_loader_is_documented():
    from multigan.config import OptimizerOptions, ScheduleOptions
    from multigan.core.registries import KINDS

    for record in (Recipe, OptimizerOptions, ScheduleOptions, *(k.options for k in KINDS.values())):
        for setting in describe(record):
            assert setting.doc.endswith("."), (record, setting)
            assert setting.expected


def test_nothing_typed_needs_torch():
    import subprocess
    import sys

    code = "import sys, multigan.config; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

"""All that can be set of a recipe, by the paths that `--set` takes."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from multigan.config import Recipe
    from multigan.typed import Component, Setting

Row = tuple[str, Any, str, str]  # path, value, what it takes, what it does


def settings(recipe: "Recipe") -> Iterator[Row]:
    """Yields every setting of a recipe and of the components it names, the loader's too."""
    from multigan.typed import Component, describe

    for setting in describe(type(recipe)):
        value = getattr(recipe, setting.name)
        is_component = isinstance(value, Component)
        is_table = isinstance(value, Mapping) and bool(value)
        shown = value.name if is_component else "" if is_table else value
        yield setting.name, shown, setting.expected, setting.doc
        if is_component:
            yield from _options(f"{setting.name}.", value.options, _of(recipe, setting.name, value))
        for name, inner in value.items() if is_table else ():
            described = _of_entry(setting.name, name, inner)
            given = inner if isinstance(inner, Mapping) else vars(inner)
            yield from _options(f"{setting.name}.{name}.", given, described)


def _of(recipe: "Recipe", part: str, component: "Component") -> Sequence["Setting"]:
    """Returns what can be set of the component that is a part of a recipe."""
    from multigan.core import registries
    from multigan.modalities.kind import kind_of
    from multigan.typed import describe

    kind = kind_of(recipe.modality)
    if part == "data":
        return describe(kind.options)
    named: dict[str, Any] = {
        "representation": kind.representations,
        "objective": registries.OBJECTIVES,
        "generator": registries.GENERATORS,
        "discriminator": registries.DISCRIMINATORS,
        "augment": registries.AUGMENTATIONS,
    }
    found: Sequence[Setting] = named[part].settings(component.name)
    return found


def _of_entry(table: str, name: str, entry: Any) -> Sequence["Setting"]:
    """Returns what can be set of an entry of a recipe's table, e.g. of a regularizer."""
    from multigan.core.controllers import CONTROLLERS
    from multigan.core.regularizers import REGULARIZERS
    from multigan.typed import describe

    registries: dict[str, Any] = {"regularizers": REGULARIZERS, "controllers": CONTROLLERS}
    if table not in registries:
        return describe(type(entry))
    found: Sequence[Setting] = registries[table].settings(name)
    return found


def _options(path: str, given: Mapping[str, Any], described: Sequence["Setting"]) -> Iterator[Row]:
    """Yields what is described, with its value or else its default, and what is given besides."""
    from multigan.report.formatting import flat

    for name, expected, default, doc in described:
        yield path + name, given.get(name, default), expected, doc
    known = {setting.name for setting in described}
    rest = {name: value for name, value in given.items() if name not in known}
    yield from ((path + name, value, "", "") for name, value in flat(rest).items())

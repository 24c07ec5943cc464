"""Recipes in files: whole ones as runs keep them, and partial ones that inherit the rest.

recipe: image          # what is inherited; everything below is what differs
data: photos/
minutes: 10
generator: {width: 64}
regularizers: {r2: null}
"""

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from multigan.config import Recipe
from multigan.errors import ConfigError, MissingDependencyError
from multigan.files import parse_json
from multigan.modalities.recipes import RECIPES
from multigan.modalities.recipes import recipe as find_recipe
from multigan.typed import describe, named_parts, to_plain

SUFFIXES = (".json", ".yaml", ".yml", ".toml")
LEFT_OUT = ("format", "name", "summary", "plugins")


@dataclass(frozen=True)
class RecipeFile:
    """What a file asks for.

    Attributes:
        recipe: What it inherits, or all of it; None where data alone are named.
        changes: Other values of that, by dotted path.
        data: What to train on; None leaves the recipe's.
        minutes: How long to train; None leaves the recipe's steps.
        size: Of a sample; None leaves the recipe's.
    """

    recipe: Recipe | None = None
    changes: Mapping[str, Any] = field(default_factory=dict)
    data: str | None = None
    minutes: float | None = None
    size: int | None = None


def is_recipe_file(name: str) -> bool:
    """Whether a name is that of a file of a recipe."""
    return Path(name).suffix.lower() in SUFFIXES


def read_recipe_file(path: Path) -> RecipeFile:
    """Reads a file of a recipe.

    One with "format", as runs keep it, is whole. Any other inherits the recipe that it names under
    "recipe", or under "name".

    Raises:
        ConfigError: It cannot be read, or names no recipe and no data.
    """
    table = _read_table(path)
    try:
        return _understood(dict(table))
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from None


def write_recipe(recipe: Recipe) -> Iterator[str]:
    """Yields the lines of a YAML file that asks for a recipe, with what each setting is for."""
    yaml = _yaml()
    yield f"# {recipe.summary}"
    yield "# What is left out is inherited; null removes an entry: regularizers: {r2: null}."
    yield f"recipe: {recipe.name}"
    for setting in describe(Recipe):
        if setting.name in LEFT_OUT:
            continue
        value = _beside(to_plain(getattr(recipe, setting.name)))
        yield ""
        yield f"# {setting.doc}"
        text = yaml.safe_dump({setting.name: value}, sort_keys=False, allow_unicode=True)
        yield text.rstrip("\n")


def _beside(value: Any) -> Any:
    """Returns a component's options beside its name, as people write them."""
    if isinstance(value, Mapping) and set(value) == {"name", "options"}:
        return {"name": value["name"], **value["options"]} if value["options"] else value["name"]
    return value


def _understood(table: dict[str, Any]) -> RecipeFile:
    if "format" in table:
        return RecipeFile(Recipe.from_json(table))
    minutes, size, data = (table.pop(name, None) for name in ("minutes", "size", "data"))
    named = table.pop("recipe", None)
    if named is None and str(table.get("name", "")) in RECIPES:
        named = table.pop("name")
    if named is None and data is None:
        rest = {"minutes": minutes, "size": size}  # which no whole recipe has: refused by name
        table |= {name: value for name, value in rest.items() if value is not None}
        return RecipeFile(Recipe.from_json(table))
    for name, value in (("minutes", minutes), ("size", size)):
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise ConfigError(f"{name} is a number, not {value!r}.")
    changes = dict(_flat(table))
    if isinstance(data, Mapping):
        changes |= {f"data.{name}": value for name, value in _options(data)}
        data = data.get("name")
    inherited = None if named is None else find_recipe(str(named))
    return RecipeFile(inherited, changes, data, minutes, size)


def _options(component: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yields a component's options, which stand beside its name or under "options"."""
    yield from component.get("options", {}).items()
    yield from ((name, v) for name, v in component.items() if name not in ("name", "options"))


def _flat(table: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yields changes by dotted path, down to a component's options and a table's numbers."""
    components, tables = named_parts(Recipe)
    for name, value in table.items():
        if name in components and isinstance(value, Mapping):
            if "name" in value:
                yield name, value["name"]
            yield from ((f"{name}.{option}", v) for option, v in _options(value))
        elif name in tables and isinstance(value, Mapping):
            for entry, inner in value.items():
                if isinstance(inner, Mapping) and inner:
                    yield from ((f"{name}.{entry}.{key}", v) for key, v in inner.items())
                else:
                    yield f"{name}.{entry}", inner
        else:
            yield name, value


def _read_table(path: Path) -> Mapping[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise ConfigError(f"The recipe {path} cannot be read: {error}") from None
    try:
        found = _parsed(text, path.suffix.lower())
    except ValueError as error:
        said = " ".join(str(error).split())
        raise ConfigError(f"The recipe {path} cannot be read: {said}") from None
    if not isinstance(found, Mapping):
        raise ConfigError(f"{path}: A recipe is a table of names and values, not {found!r}.")
    return {str(name): value for name, value in found.items()}


def _parsed(text: str, suffix: str) -> Any:
    if suffix == ".json":
        return parse_json(text)
    if suffix == ".toml":
        return tomllib.loads(text)
    yaml = _yaml()
    try:
        return json.loads(json.dumps(yaml.safe_load(text)))  # no dates, no tuples
    except (yaml.YAMLError, TypeError) as error:
        raise ValueError(str(error)) from None


def _yaml() -> Any:
    try:
        import yaml
    except ModuleNotFoundError:
        raise MissingDependencyError("pyyaml", purpose="A recipe in YAML", extra="shell") from None
    return yaml

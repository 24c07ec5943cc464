"""Named configurations: functions that return a `Recipe`."""

from collections.abc import Callable

from multigan.config import Recipe
from multigan.recipes import images
from multigan.registry import Registry

RECIPES: Registry[Callable[[], Recipe]] = Registry("recipe")

for make in (images.digits, images.image):
    RECIPES[make.__name__.replace("_", "-")] = make


def recipe(name: str) -> Recipe:
    """Returns the recipe of that name.

    Raises:
        UnknownNameError: There is none; the message has those that there are.
    """
    return RECIPES[name]()

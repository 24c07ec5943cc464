"""How texts are cut, where a general recipe leaves it open."""

from multigan.config import Recipe
from multigan.modalities.suit import Budget, Suited
from multigan.modalities.text.load.options import TextOptions
from multigan.modalities.text.load.oracle_sentences import is_oracle
from multigan.modalities.text.load.origins import open_text
from multigan.typed import from_plain

FEW_LINES = 200
LONG = 2000  # characters: such a line is no sentence
MUCH = 20_000  # characters that make several hundred pieces


def suit_texts(recipe: Recipe, budget: Budget) -> Suited:
    """Cuts what is one long text into pieces, where lines are few or endless."""
    options = from_plain(TextOptions, recipe.data.options, "data")
    is_open = budget.free and "cut" not in recipe.data.options and options.length is None
    if not is_open or is_oracle(recipe.data.name):
        return Suited()
    found = open_text(recipe.data.name, options)
    lines = [text for text in found.texts if text.strip()]
    if found.classes or sum(map(len, lines)) < MUCH:
        return Suited()
    endless = sum(len(line) > LONG for line in lines) > len(lines) / 2
    if len(lines) >= FEW_LINES and not endless:
        return Suited()
    changes = {"data.cut": "windows", "data.tokenizer": options.tokenizer or "char"}
    if options.tokenizer is None:
        changes["data.length"] = 128
    return Suited(changes, (f"pieces of one long text, because it has {len(lines)} lines",))

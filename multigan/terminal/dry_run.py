"""What `multigan train --dry-run` says: everything that would be trained, built and measured."""

from torch import nn

from multigan.config import Recipe
from multigan.core.engine import open_engine
from multigan.core.trainer import Trainer
from multigan.report.formatting import flat
from multigan.runs.assemble import (
    build_parts,
    build_trainer,
    check_held_out,
    check_pieces,
    load_data,
)
from multigan.runs.evaluate import check_evaluations
from multigan.runs.real import advice
from multigan.runs.recipe_check import check_recipe
from multigan.runs.recommend import Open, closed
from multigan.terminal.output import print_json, print_table, remark, say


def describe(recipe: Recipe, *, device: str, as_json: bool, left: Open | None = None) -> None:
    """Loads the data and builds the trainer, says what they are, and writes nothing.

    Raises:
        MultiganError: Whatever would keep the recipe from being trained.
    """
    check_recipe(recipe)
    engine = open_engine(device, recipe.precision, recipe.deterministic)
    data = load_data(recipe)
    note = remark if as_json else say
    note(data.report.summary())
    recipe = closed(recipe, left or Open(), data, engine, note)
    for said in advice(recipe, data):
        note(said)
    parts = build_parts(recipe, data, engine)
    check_held_out(recipe, parts)
    check_pieces(recipe, parts)
    trainer = build_trainer(recipe, parts, engine)
    check_evaluations(recipe, parts.pipeline(trainer.average["generator"]), data)
    engine.close()
    if as_json:
        print_json(recipe.to_json())
        return
    print_table(["key", "value"], list(flat(recipe.to_json()).items()))
    say("")
    for phase in parts.objective.phases:
        say(f"{phase.name}: {parameters(phase.player):,} parameters")
    say(f"Device: {engine.device}")
    say(f"Memory: {memory_bytes(trainer) / 2**20:,.0f} MiB, and the activations of a batch besides")
    say(f"Knobs: {', '.join(trainer.knobs)}")
    say("Nothing was written.")


def parameters(network: nn.Module) -> int:
    """Returns how many numbers a network learns."""
    return sum(p.numel() for p in network.parameters())


def memory_bytes(trainer: Trainer) -> int:
    """Returns what training always holds: weights, gradients, Adam's two moments, averages."""
    learned = [p for phase in trainer.objective.phases for p in phase.player.parameters()]
    averaged = sum(p.nbytes for p in trainer.average.parameters())
    return 4 * sum(p.nbytes for p in learned) + averaged

"""Builds a recipe's parts. Nothing here trains, and nothing here writes."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from multigan.config import Recipe
from multigan.core.compiled import CompiledMoves
from multigan.core.condition import ConditionSpec
from multigan.core.controllers import CONTROLLERS, Controller
from multigan.core.draws import seeded
from multigan.core.engine import Engine
from multigan.core.game import AdversarialGame
from multigan.core.heap import keep_freed_memory
from multigan.core.inductor import Inductor, why_not_compiled
from multigan.core.modality import Modality
from multigan.core.moves import EagerMoves, Moves
from multigan.core.objective import Batch, Objective
from multigan.core.packing import Packed, packed_shape
from multigan.core.prior import Prior
from multigan.core.protocols import WantsWholeBatch
from multigan.core.registries import (
    DISCRIMINATORS,
    GENERATORS,
    OBJECTIVES,
    Ingredients,
    build_modality,
)
from multigan.core.replay import ReplayedMoves
from multigan.core.schedules import Schedule
from multigan.core.trainer import Trainer
from multigan.data.loaded import Loaded
from multigan.data.source import Source, part
from multigan.data.store import cache_root
from multigan.data.stream import Stream
from multigan.errors import ConfigError
from multigan.modalities.kind import kind_of
from multigan.sampling.pipeline import Pipeline
from multigan.typed import Component

Note = Callable[[str], None]

LEAST_HELD_OUT = 64  # samples; the means of fewer say too little


@dataclass(frozen=True)
class Parts:
    """What a recipe names, built.

    Attributes:
        data: The loaded data set.
        modality: Encodes and decodes it.
        condition: What both players are conditioned on, or None.
        prior: Where the generator's latents come from.
        objective: What is optimized, mostly the game of two players.
        components: The generator's and the modality's names and options, for saving.
    """

    data: Loaded
    modality: Modality
    condition: ConditionSpec | None
    prior: Prior
    objective: Objective
    components: dict[str, Component]

    def pipeline(self, generator: torch.nn.Module) -> Pipeline:
        """Returns a pipeline that samples `generator`."""
        return kind_of(self.modality.name).pipeline(
            generator,
            self.modality,
            self.prior,
            condition=self.condition,
            components=self.components,
        )


@dataclass(frozen=True)
class Unconditional:
    """A stream of samples without their labels."""

    stream: Stream

    @property
    def batch_size(self) -> int:
        """Samples in a batch, over all processes."""
        return self.stream.batch_size

    def batches(self, start: int) -> Iterator[Batch]:
        """Yields the stream's batches without their condition."""
        return (Batch(batch.samples) for batch in self.stream.batches(start))


def load_data(recipe: Recipe, data: Any = None) -> Loaded:
    """Loads what the recipe names, or `data` given in Python, with the recipe's options.

    Raises:
        ConfigError: The recipe needs a plug-in that this user has never named.
    """
    recipe = recipe.with_plugins()
    given = recipe.data.name if data is None else data
    return kind_of(recipe.modality).load(given, **recipe.data.options)


def build_parts(recipe: Recipe, data: Loaded, engine: Engine) -> Parts:
    """Builds the networks and the game on the engine's device; the seed fixes their weights.

    Raises:
        ConfigError: A name is unknown, an option is wrong, or two components do not go together.
    """
    adapter = kind_of(recipe.modality).component(data, recipe.representation)
    modality = build_modality(adapter)
    condition = data.condition if recipe.conditional else None
    with seeded(recipe.seed, "weights"):
        generator = GENERATORS.build(
            recipe.generator,
            latent_dim=recipe.latent_dim,
            sample_shape=modality.sample_shape,
            condition=condition,
        )
        discriminator = None
        if recipe.discriminator is not None:
            discriminator = _discriminator(recipe, modality.sample_shape, condition)
        prior = Prior(recipe.latent_dim)
        objective: Objective = OBJECTIVES.build(
            recipe.objective,
            ingredients=Ingredients(
                recipe, generator, discriminator, prior, modality, condition, data
            ),
        )
    modality.to(engine.device)
    freeze(objective, recipe.frozen)
    return Parts(
        data,
        modality,
        condition,
        prior,
        objective.to(engine.device),
        {"generator": recipe.generator, "modality": adapter},
    )


def network_groups(network: torch.nn.Module) -> list[str]:
    """Returns the names of a network's layers that learn anything, from the first to the last."""
    return list(dict.fromkeys(name.rpartition(".")[0] for name, _ in network.named_parameters()))


def freeze(objective: Objective, layers: Sequence[str]) -> None:
    """Keeps layers as they are: nothing moves their weights.

    Raises:
        ConfigError: There is no such layer, or a player would have nothing left to learn with.
    """
    known = network_groups(objective)
    for layer in layers:
        inside = [p for name, p in objective.named_parameters() if name.startswith(f"{layer}.")]
        if not inside:
            raise ConfigError(
                f"There is no layer {layer!r} to freeze. There are: {', '.join(known)}."
            )
        for parameter in inside:
            parameter.requires_grad_(False)
    for phase in objective.phases:
        if not any(parameter.requires_grad for parameter in phase.player.parameters()):
            raise ConfigError(f"All of the {phase.name} is frozen, so there is nothing to train.")


def _discriminator(
    recipe: Recipe, sample_shape: tuple[int, ...], condition: ConditionSpec | None
) -> torch.nn.Module:
    assert recipe.discriminator is not None
    if recipe.pack == 1:
        return DISCRIMINATORS.build(
            recipe.discriminator, sample_shape=sample_shape, condition=condition
        )
    if condition is not None:
        raise ConfigError(
            "The discriminator judges a pack of samples as one, and takes one condition. "
            "Train without conditions (conditional=false), or without packs (pack=1)."
        )
    if recipe.batch_size % (recipe.pack * recipe.accumulate):
        raise ConfigError(
            f"A batch of {recipe.batch_size} in {recipe.accumulate} pieces cannot be packed by "
            f"{recipe.pack}. Choose a batch_size that is a multiple of their product."
        )
    shape = packed_shape(sample_shape, recipe.pack)
    inner = DISCRIMINATORS.build(recipe.discriminator, sample_shape=shape, condition=None)
    return Packed(inner, recipe.pack)


def split_holdout(source: Source, share: float, seed: int) -> tuple[Source, Source | None]:
    """Returns the training split and the held-out split, None without one, drawn by the seed.

    Raises:
        ConfigError: The held-out split would be too small to measure anything.
    """
    if not share:
        return source, None
    learned, kept = holdout_indices(len(source), share, seed)
    return part(source, learned), part(source, kept)


def holdout_indices(total: int, share: float, seed: int) -> tuple[Tensor, Tensor]:
    """Returns the indices of the training and the held-out split; see `split_holdout`."""
    count = round(share * total)
    if not LEAST_HELD_OUT <= count < total:
        raise ConfigError(
            f"held_out={share:g} holds out {count} of {total} samples; it takes "
            f"{LEAST_HELD_OUT} of them to tell anything, and one more to learn from."
        )
    with seeded(seed, "held out"):
        order = torch.randperm(total)
    return order[count:], order[:count]


def check_held_out(recipe: Recipe, parts: Parts) -> None:
    """Refuses a held-out split that nothing would measure overfitting with.

    Raises:
        ConfigError: The doctor has no discriminator to judge, or never looks.
    """
    if not recipe.held_out:
        return
    asked = f"held_out={recipe.held_out:g} is a held-out split to measure how far a discriminator"
    if not isinstance(parts.objective, AdversarialGame):
        raise ConfigError(
            f"{asked} overfits, but {recipe.name} is no game of a generator and a "
            "discriminator. Leave it out: held_out=0."
        )
    if not recipe.health_every:
        raise ConfigError(
            f"{asked} overfits, but with health_every=0 nobody measures it. Choose an "
            "interval in steps, or held_out=0."
        )


def check_pieces(recipe: Recipe, parts: Parts) -> None:
    """Refuses to cut a batch into pieces whose gradients would not be the whole batch's.

    Raises:
        ConfigError: A regularizer compares means of the whole batch.
    """
    game = parts.objective
    if recipe.accumulate == 1 or not isinstance(game, AdversarialGame):
        return
    found = [r.name for r in game.regularizers if isinstance(r, WantsWholeBatch)]
    if found:
        raise ConfigError(
            f"{', '.join(found)} compares means of the whole batch, which accumulate="
            f"{recipe.accumulate} cuts into pieces. Use a smaller batch_size with accumulate=1, or "
            "leave the regularizer out."
        )


def held_out(recipe: Recipe, parts: Parts, engine: Engine, most: int = 512) -> Batch | None:
    """Returns up to `most` real samples of the held-out split, None without one."""
    if not recipe.held_out:
        return None
    source = parts.data.source
    _, kept = holdout_indices(len(source), recipe.held_out, recipe.seed)
    count = min(len(kept), most)
    raw, condition = source.read(kept[: count - count % recipe.pack])  # whole packs
    samples = parts.modality.encode(raw.to(engine.device))
    if parts.condition is None or condition is None:
        return Batch(samples)
    return Batch(samples, condition.to(engine.device))


def build_trainer(
    recipe: Recipe, parts: Parts, engine: Engine, on_note: Note | None = None
) -> Trainer:
    """Returns the trainer of a recipe's parts; its only callbacks are the recipe's controllers.

    On a CPU this process keeps memory that a step frees, from now on; see `multigan.core.heap`.

    Args:
        recipe, parts, engine: What is trained, and where.
        on_note: Told what takes long while it trains, such as compiling; by default the engine's
            notes.

    Raises:
        ConfigError: A controller turns a knob that there is not, or that has a schedule.
    """
    if engine.device.type == "cpu":
        keep_freed_memory()
    learned, _ = split_holdout(parts.data.source, recipe.held_out, recipe.seed)
    stream = Stream(
        learned,
        parts.modality.encode,
        recipe.batch_size,
        seed=recipe.seed,
        device=engine.device,
        rank=engine.rank,
        world_size=engine.world_size,
    )
    controllers = _controllers(recipe)
    trainer = Trainer(
        parts.objective,
        _optimizers(recipe, parts.objective),
        stream if parts.condition is not None else Unconditional(stream),
        callbacks=controllers,
        schedules=_schedules(recipe),
        engine=engine,
        seed=recipe.seed,
        accumulate=recipe.accumulate,
        half_life=recipe.half_life,
        clip={name: options.clip for name, options in recipe.optimizers.items()},
        moves=_moves(recipe, parts.objective, engine, on_note),
    )
    for controller in controllers:
        controller.check(trainer)
    return trainer


def check_changes(recipe: Recipe, data: Loaded, changes: Mapping[str, Any]) -> None:
    """Builds all of a changed recipe, in the processor's memory, and throws it away.

    Raises:
        ConfigError: What was changed cannot be built.
    """
    changed, engine = recipe.changed(changes).settled(), Engine()
    build_trainer(changed, build_parts(changed, data, engine), engine)


def _controllers(recipe: Recipe) -> list[Controller]:
    return [
        CONTROLLERS.build(Component(name, options)) for name, options in recipe.controllers.items()
    ]


def _moves(recipe: Recipe, objective: Objective, engine: Engine, say: Note | None) -> Moves:
    wanted = recipe.speed == "compiled"
    why = _why_not_traced(engine) or (why_not_compiled(engine.device) if wanted else None)
    if wanted and why:
        engine.notes.append(f"Moves are not compiled: {why}.")
    if recipe.speed == "eager" or _why_not_traced(engine):
        return EagerMoves(engine)
    on_refusal = engine.notes.append if recipe.speed == "replay" else None
    replayed = ReplayedMoves(objective, engine, on_refusal=on_refusal)
    if not wanted or why:
        return replayed
    compiler = Inductor(cache_root(None) / "compiled")
    return CompiledMoves(objective, engine, replayed, compiler, say=say or engine.notes.append)


def _why_not_traced(engine: Engine) -> str | None:
    """Returns why an engine's moves are eager ones, as the rest of a sentence; or None."""
    if engine.world_size > 1:
        return "what processes tell one another is no operation of one of them"
    if engine.precision == "tf32":
        return "which products TF32 rounds is not written in a trace"
    return "gradients in float16 are scaled" if engine.precision == "float16" else None


def _optimizers(recipe: Recipe, objective: Objective) -> dict[str, torch.optim.Optimizer]:
    players = {phase.name: phase.player for phase in objective.phases}
    if set(recipe.optimizers) != set(players):
        raise ConfigError(
            f"The recipe has optimizers for {', '.join(recipe.optimizers) or 'nobody'}; "
            f"the players are {', '.join(players)}."
        )
    return {
        name: torch.optim.Adam(
            players[name].parameters(),
            lr=options.learning_rate,
            betas=(options.beta1, options.beta2),
        )
        for name, options in recipe.optimizers.items()
    }


def _schedules(recipe: Recipe) -> dict[str, Schedule]:
    return {knob: Schedule(**vars(options)) for knob, options in recipe.settled().schedules.items()}

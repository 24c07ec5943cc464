"""What helps a particular run, given its game: knobs to turn, or a recipe to change.

Nothing is offered that the game would refuse.
"""

from torch.nn.modules.batchnorm import _BatchNorm

from multigan.core.controllers.controller import Controller
from multigan.core.game import AdversarialGame
from multigan.core.growth import ProgressiveGame
from multigan.core.packing import Packed
from multigan.core.protocols import MayLeak, MaySeeWhole
from multigan.core.trainer import Trainer
from multigan.runs.health.findings import Remedy

STRONGER, SLOWER, LIGHTER = 2.0, 0.5, 0.3
HIDDEN = 64  # units, as in the recipe `image`
FIRST_WEIGHT = 0.1  # of R1 and R2 where a run has neither; that of the recipe `image`
MORE = 0.2  # of augmentation's probability
PACK = 2  # samples that a discriminator judges together


def remedies_for(trainer: Trainer, *, conditional: bool) -> dict[str, Remedy]:
    """Returns the remedies that can be applied to a run, by name.

    Args:
        trainer: Of the run.
        conditional: Whether its players are conditional.
    """
    found = [_slow_down(trainer), _roll_back()]
    game = trainer.objective
    if isinstance(game, AdversarialGame):
        found += [*_penalty(game), *_augment(trainer, game), *_sharper(game)]
        if not conditional and _can_pack(trainer, game):
            found.append(_pack())
    return {remedy.name: remedy for remedy in found}


def _penalty(game: AdversarialGame) -> list[Remedy]:
    """Doubles the penalties there are, and adds what is missing of R1 and R2."""
    weights = {r.name: r.weight for r in game.regularizers if r.per_sample and r.weight}
    found = []
    if weights:
        knobs = {f"{name}.weight": STRONGER * weight for name, weight in weights.items()}
        said = ", ".join(f"{knob} to {value:g}" for knob, value in knobs.items())
        found.append(Remedy("penalty", f"Turn {said}.", knobs))
    missing = [name for name in ("r1", "r2") if name not in weights]
    # Batch norm mixes samples, so that no logit has a gradient of its own to penalize.
    if missing and not any(isinstance(m, _BatchNorm) for m in game.discriminator.modules()):
        weight = weights.get("r1", FIRST_WEIGHT)
        changes = {f"regularizers.{name}.weight": weight for name in missing}
        names = " and ".join(name.upper() for name in missing)
        text = f"Add {names} with weight {weight:g}, in a new run that takes over the weights."
        found.append(Remedy("add_penalties", text, changes=changes))
    return found


def _sharper(game: AdversarialGame) -> list[Remedy]:
    """Lets a blind discriminator see more: a view of whole samples, or lighter penalties."""
    found = []
    if isinstance(game.discriminator, MaySeeWhole) and not game.discriminator.sees_whole:
        text = (
            "Give the discriminator a hidden layer over the whole sample, or more width, in a new "
            "run that takes over the generator's weights."
        )
        found.append(Remedy("see_whole", text, changes={"discriminator.hidden": HIDDEN}))
    weights = {r.name: r.weight for r in game.regularizers if r.per_sample and r.weight}
    if weights:
        knobs = {f"{name}.weight": LIGHTER * weight for name, weight in weights.items()}
        said = ", ".join(f"{knob} to {value:g}" for knob, value in knobs.items())
        text = f"Turn {said}; or begin a run with a wider discriminator."
        found.append(Remedy("lighten", text, knobs))
    return found


def _augment(trainer: Trainer, game: AdversarialGame) -> list[Remedy]:
    """Augments more of what the discriminator sees, where nothing else turns that up or down."""
    knob = "augment.strength"
    augment, controllers = game.augment, [c for c in trainer.callbacks if isinstance(c, Controller)]
    if knob in {controller.knob for controller in controllers} | set(trainer.schedules):
        return []
    if not isinstance(augment, MayLeak) or augment.strength >= augment.leaks_above:
        return []
    stronger = min(augment.leaks_above, float(augment.strength) + MORE)
    return [Remedy("augment", f"Turn {knob} to {stronger:g}.", {knob: stronger})]


def _can_pack(trainer: Trainer, game: AdversarialGame) -> bool:
    grows, packed = isinstance(game, ProgressiveGame), isinstance(game.discriminator, Packed)
    divides = trainer.data.batch_size % (PACK * trainer.accumulate) == 0
    plain = type(game).shown is AdversarialGame.shown  # texts are scored in a form of their own
    return divides and plain and not grows and not packed


def _pack() -> Remedy:
    text = (
        "Let the discriminator judge two samples together (PacGAN), in a new run that takes over "
        "the generator's weights."
    )
    return Remedy("pack", text, changes={"pack": PACK})


def _slow_down(trainer: Trainer) -> Remedy:
    name = "discriminator.rate_scale"
    knob = trainer.knobs.get(name)
    knobs = {name: SLOWER * knob.get()} if knob else {}
    return Remedy("slow_down", "Halve the discriminator's learning rate.", knobs)


def _roll_back() -> Remedy:
    text = "Go back to the last healthy checkpoint, in a new run with half the learning rates."
    return Remedy("roll_back", text)

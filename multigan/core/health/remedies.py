"""What helps a particular run, given its game: knobs to turn, or a recipe to change."""

from multigan.core.game import AdversarialGame
from multigan.core.health.findings import Remedy
from multigan.core.packing import Packed
from multigan.core.trainer import Trainer

STRONGER, SLOWER = 2.0, 0.5
FIRST_WEIGHT = 0.1  # of R1 and R2 where a run has neither; that of the recipe `image`


def remedies_for(trainer: Trainer) -> dict[str, Remedy]:
    """Returns the remedies that can be applied to a run, by name."""
    found = [_slow_down(trainer), _roll_back()]
    game = trainer.objective
    if isinstance(game, AdversarialGame):
        found += [*_penalty(trainer, game), *_pack(game)]
    return {remedy.name: remedy for remedy in found}


def _penalty(trainer: Trainer, game: AdversarialGame) -> list[Remedy]:
    """Doubles the penalties there are, and adds what is missing of R1 and R2."""
    weights = {r.name: r.weight for r in game.regularizers if r.per_sample and r.weight}
    found = []
    if weights:
        knobs = {f"{name}.weight": STRONGER * weight for name, weight in weights.items()}
        said = ", ".join(f"{knob} to {value:g}" for knob, value in knobs.items())
        found.append(Remedy("penalty", f"Turn {said}.", knobs))
    missing = [name for name in ("r1", "r2") if name not in weights]
    if missing:
        weight = weights.get("r1", FIRST_WEIGHT)
        changes = {f"regularizers.{name}.weight": weight for name in missing}
        names = " and ".join(name.upper() for name in missing)
        text = f"Add {names} with weight {weight:g}, in a new run that takes over the weights."
        found.append(Remedy("add_penalties", text, changes=changes))
    return found


def _pack(game: AdversarialGame) -> list[Remedy]:
    if isinstance(game.discriminator, Packed):
        return []
    text = (
        "Let the discriminator judge two samples together (PacGAN), in a new run that takes over "
        "the generator's weights. Packs know no conditions."
    )
    return [Remedy("pack", text, changes={"pack": 2, "conditional": False})]


def _slow_down(trainer: Trainer) -> Remedy:
    name = "discriminator.rate_scale"
    knob = trainer.knobs.get(name)
    knobs = {name: SLOWER * knob.get()} if knob else {}
    return Remedy("slow_down", "Halve the discriminator's learning rate.", knobs)


def _roll_back() -> Remedy:
    text = "Go back to the last healthy checkpoint, in a new run with half the learning rates."
    return Remedy("roll_back", text)

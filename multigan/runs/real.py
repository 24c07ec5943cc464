"""Real samples as people get them, and what a recipe will make of them."""

from pathlib import Path

import torch
from torch import Tensor

from multigan.config import Recipe
from multigan.core.registries import build_modality
from multigan.data.loaded import Loaded
from multigan.data.sight import FEWEST, Sight, named_samples, spread
from multigan.errors import DataError
from multigan.modalities.kind import kind_of
from multigan.runs.pace import WARM_UPS

ROWS = 6  # of a sheet; of classes more, up to
MOST_CLASSES = 24


def write_real(loaded: Loaded, kind: str, stem: Path) -> Path:
    """Writes a sheet of real samples, a row for each class where there are some."""
    of = kind_of(kind)
    modality = build_modality(of.component(loaded, of.plain))
    raw, _ = loaded.source.read(_chosen(loaded, of.columns))
    return modality.write_sheet(modality.decode(modality.encode(raw)), stem, columns=of.columns)


def refuse_hopeless(recipe: Recipe, loaded: Loaded) -> None:
    """Refuses data that nothing can be learned from.

    Raises:
        DataError: They are such.
    """
    sight: Sight = kind_of(recipe.modality).sight(loaded)
    if sight.refusal:
        raise DataError(sight.refusal)


def advice(recipe: Recipe, loaded: Loaded) -> list[str]:
    """Returns what will go ill when a recipe learns from these data, in sentences."""
    sight: Sight = kind_of(recipe.modality).sight(loaded)
    warnings = [*([sight.refusal] if sight.refusal else []), *sight.warnings]
    return [f"Beware: {said}" for said in (*warnings, *of_recipe(recipe, loaded))]


def of_recipe(recipe: Recipe, loaded: Loaded) -> list[str]:
    """Returns what of a recipe does not go well with so many samples, or with so few steps."""
    warnings = []
    count, kind = len(loaded.source), kind_of(recipe.modality)
    if FEWEST <= count < kind.few and recipe.augment is None:
        vary = f" Vary them: --set augment={kind.varied}" if kind.varied else ""
        warnings.append(
            f"{count} {named_samples(loaded.report)} are few, and the discriminator soon knows "
            f"each of them.{vary}"
        )
    if recipe.batch_size > count:
        warnings.append(
            f"A batch has {recipe.batch_size} samples and there are {count}, so each has some of "
            f"them several times: --set batch_size={max(count // 4, 1)}"
        )
    warm_up = max((recipe.objective.options.get(name, 0) for name in WARM_UPS), default=0)
    if warm_up >= recipe.steps > 0:
        warnings.append(
            f"The warm-up alone takes {warm_up} steps, so with {recipe.steps} there is no game at "
            f"all: --set objective.warmup_steps={recipe.steps // 2}, or --minutes, which does that."
        )
    return warnings


def _chosen(loaded: Loaded, columns: int) -> Tensor:
    """Returns which samples stand on a sheet, (K,): a row of each class, or from all over."""
    labels, spec = getattr(loaded.source, "labels", None), loaded.condition
    if spec is None or spec.kind != "class" or labels is None:
        return spread(len(loaded.source), ROWS * columns)
    rows = []
    for number in range(min(spec.size, MOST_CLASSES)):
        of_class = (labels.cpu() == number).nonzero().flatten()
        if len(of_class):
            # A small class fills its row by starting over.
            places = torch.arange(columns) * max(len(of_class) // columns, 1) % len(of_class)
            rows.append(of_class[places])
    return torch.cat(rows)

"""A pipeline with its card and samples, on the Hub or in a folder."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from multigan.export.card import model_card
from multigan.export.origin import Origin
from multigan.files import write_atomic
from multigan.modalities.kind import kind_of
from multigan.sampling.on_hub import uploaded
from multigan.sampling.pipeline import Pipeline

SAMPLES = 20


def give(
    pipeline: Pipeline,
    repository: str,
    *,
    origin: Origin,
    results: Sequence[Mapping[str, Any]] = (),
    license: str = "",
    private: bool = False,
    folder: Path | None = None,
) -> str:
    """Puts a pipeline with a card and samples on the Hub, or only into `folder`; returns where.

    Raises:
        CheckpointError: The Hub refuses it.
        ConfigError: The pipeline's networks have no registered names.
    """

    def fill(place: Path) -> None:
        pipeline.save_pretrained(place)
        shown = _samples(pipeline, place)
        card = model_card(
            *(pipeline, origin),
            repository=repository,
            results=results,
            samples=shown,
            license=license,
        )
        write_atomic(place / "README.md", card)

    if folder is not None:
        fill(folder)
        return str(folder)
    with TemporaryDirectory() as made:
        place = Path(made) / "repository"
        fill(place)
        message = f"{origin.name}, step {pipeline.step}"
        return uploaded(place, repository, private=private, message=message)


def _samples(pipeline: Pipeline, folder: Path) -> str:
    """Writes a sheet of samples beside the card; returns Markdown that shows it."""
    kind = kind_of(pipeline.modality.name)
    items = pipeline(SAMPLES if not kind.printed else kind.explored)
    if kind.printed:
        return "\n".join(f"> {' '.join(str(item).split())}\n" for item in items)
    path = pipeline.modality.write_sheet(items, folder / "samples", columns=kind.columns)
    return f"![Samples of seed 0, not chosen]({path.name})"

"""Sampling from a trained generator, and keeping it on disk.

Shapes: B samples, S sample shape, Z latent size.
"""

from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar, Self, cast

import torch
from torch import Tensor, nn

from multigan.core.condition import ConditionSpec
from multigan.core.draws import fresh_seed, seed_also, seeded
from multigan.core.engine import pick_device
from multigan.core.modality import Modality
from multigan.core.prior import Prior
from multigan.core.protocols import HasStyles
from multigan.core.registries import KINDS
from multigan.core.switches import evaluating
from multigan.errors import ConfigError, ShapeError
from multigan.files import write_atomic
from multigan.sampling.conditions import (
    Condition,
    check_counts,
    conditions_of,
    first_condition,
)
from multigan.sampling.latents import (
    Directions,
    Projection,
    factorized_directions,
    mix_styles,
    principal_directions,
    project,
    random_directions,
    walk,
)
from multigan.sampling.locate import pipeline_folder
from multigan.sampling.on_hub import uploaded
from multigan.sampling.saving import read_saved, write_saved
from multigan.typed import Component


class Pipeline:
    """A generator, its prior and its modality, ready to make samples.

    Args:
        generator: `(latent (B, Z), condition) -> samples (B, *S)`.
        modality: Turns samples into images, waveforms or strings.
        prior: Where latents come from.
        condition: What the generator is conditioned on, if anything.
        components: The generator's and the modality's names and options. A saved pipeline is made
            of them: no class is pickled. Without them a pipeline samples but cannot be saved.
    """

    writes: ClassVar[bool] = False  # token by token, beginning with a prompt: no latent space

    def __init__(
        self,
        generator: nn.Module,
        modality: Modality,
        prior: Prior,
        *,
        condition: ConditionSpec | None = None,
        components: dict[str, Component] | None = None,
    ) -> None:
        self.generator = generator
        self.modality = modality
        self.prior = prior
        self.condition = condition
        self.components = components
        self.step: int | None = None  # of the training that it was made at

    @property
    def device(self) -> torch.device:
        """Where samples are made."""
        return next(self.generator.parameters()).device

    def to(self, device: str | torch.device) -> Self:
        """Moves the networks to `device` and returns this pipeline."""
        seed_also(torch.device(device))
        self.generator.to(device)
        self.modality.to(device)
        return self

    def __call__(
        self,
        num_samples: int = 1,
        *,
        condition: Condition = None,
        seed: int | None = None,
        truncation: float = 1.0,
        batch_size: int = 64,
    ) -> list[Any]:
        """Generates samples as images, waveforms or strings.

        Args:
            num_samples: How many to generate.
            condition: A class by number or name, one for all or one for each sample; attributes
                by name, with commas between ("smiling,hat"); numbers or attributes as a tensor
                (num_samples, C). None takes the classes, or the data's own examples, in turn.
            seed: Fixes the latents, whatever the batch size. None draws others with every call.
            truncation: Scales the latents towards zero, their mean, or the styles of a generator
                that has them towards the average style of the condition. 1 draws from the prior;
                smaller values trade diversity for fidelity.
            batch_size: How many go through the generator at once. Affects memory only.

        Returns:
            `num_samples` items, each what `modality.decode` makes of one sample.

        Raises:
            ConfigError: The condition, a count or the truncation is not one this pipeline has.

        Example:
            >>> pipeline = Pipeline.from_pretrained("runs/0003-digits")  # doctest: +SKIP
            >>> pipeline(4, condition=3, seed=7)[0].size  # doctest: +SKIP
            (8, 8)
        """
        seed = fresh_seed() if seed is None else seed
        latents = self.latents(num_samples, seed=seed, truncation=truncation)
        conditions = self.conditions(condition, num_samples)
        samples = self.generate(latents, conditions, batch_size=batch_size, truncation=truncation)
        return self.modality.decode(samples)

    def mix_styles(
        self, rows: Tensor, columns: Tensor, *, condition: Condition = None, layers: int = 0
    ) -> list[Any]:
        """Generates every row's sample with the finer styles of every column's.

        Args:
            rows, columns: Latents (R, Z) and (C, Z).
            condition: As in `interpolate`: one for all.
            layers: How many of the coarsest styles are the row's; 0 takes half of them.

        Returns:
            R * C items, row by row.

        Raises:
            ConfigError: The generator has no styles.
        """
        conditions = self.conditions(self.one_condition(condition), 1)
        with evaluating(self.generator), torch.inference_mode():
            samples = mix_styles(
                *(self.generator, rows.to(self.device), columns.to(self.device)),
                condition=None if conditions is None else conditions.to(self.device),
                layers=layers,
            )
        return self.modality.decode(samples.cpu())

    def interpolate(
        self,
        frames: int = 16,
        *,
        stops: int = 2,
        condition: Condition = None,
        seed: int = 0,
        truncation: float = 1.0,
        linear: bool = False,
        batch_size: int = 64,
    ) -> list[Any]:
        """Generates a walk along the arcs between `stops` random latents.

        Args:
            frames: How many samples the walk has.
            stops: How many latents it passes through.
            condition: As in `__call__`, but None stays with the first class.
            seed: Fixes the stops.
            truncation: As in `__call__`.
            linear: Walk along straight lines instead of arcs.
            batch_size: As in `__call__`.
        """
        if stops < 2:
            raise ConfigError(f"A walk needs at least 2 stops, not {stops}.")
        ends = self.latents(stops, seed=seed, truncation=truncation)
        latents = walk(ends, frames, linear=linear)
        conditions = self.conditions(self.one_condition(condition), frames)
        samples = self.generate(latents, conditions, batch_size=batch_size, truncation=truncation)
        return self.modality.decode(samples)

    def directions(
        self,
        count: int = 8,
        *,
        method: str = "principal",
        condition: Condition = None,
        seed: int = 0,
    ) -> Directions:
        """Returns directions in the latent space along which samples change most.

        Args:
            count: How many, the most telling first.
            method: "principal" (GANSpace), "factorized" (SeFa) or "random"; see
                `multigan.sampling.latents`.
            condition: One condition, under which they are found; None is the first class.
            seed: Of what is drawn to find them.

        Raises:
            ConfigError: There is no such method, or the latent space has fewer dimensions.

        Example:
            >>> directions = pipeline.directions(4)  # doctest: +SKIP
            >>> latents = directions.move(pipeline.latents(8), 0, 2.5)  # doctest: +SKIP
            >>> pipeline.modality.decode(pipeline.generate(latents))  # doctest: +SKIP
        """
        size, conditions = self.prior.dim, self.conditions(self.one_condition(condition), 1)
        if method == "random":
            return random_directions(size, count=count, seed=seed)
        if method == "factorized":
            return factorized_directions(self.generator, size, count=count, condition=conditions)
        if method == "principal":
            return principal_directions(
                self.generator, size, count=count, condition=conditions, seed=seed
            )
        raise ConfigError(f"Directions are principal, factorized or random, not {method!r}.")

    def project(
        self, samples: Tensor, *, condition: Condition = None, steps: int = 200, seed: int = 0
    ) -> Projection:
        """Searches latents from which the generator makes something like given samples.

        Args:
            samples: (B, *S), as `modality.encode` makes them of real data.
            condition: As in `__call__`, but None finds the class of each sample, too, by trying
                all of them: ask `Projection.condition`.
            steps: Of the search.
            seed: Of the latents that it begins with.

        Raises:
            ShapeError: The samples have another shape than this pipeline's.
            ConfigError: The condition is not one this pipeline has.
        """
        if samples.shape[1:] != self.modality.sample_shape:
            raise ShapeError(
                f"This pipeline makes samples of shape {self.modality.sample_shape}; those to be "
                f"projected have {tuple(samples.shape[1:])}. Bring them to its shape first."
            )
        targets = samples.to(self.device)
        search_class = condition is None and self._by_class
        conditions = (
            self._nearest_classes(targets, seed)
            if search_class
            else self.conditions(condition, len(targets))
        )
        return project(
            self.generator,
            targets,
            self.prior.dim,
            condition=None if conditions is None else conditions.to(self.device),
            steps=steps,
            seed=seed,
        )

    def latents(
        self, num_samples: int, *, seed: int = 0, truncation: float = 1.0, start: int = 0
    ) -> Tensor:
        """Returns latents (num_samples, Z): row i is the same for any number, counted from `start`.

        Raises:
            ConfigError: The number or the truncation is out of range.
        """
        check_counts(num_samples, truncation)
        rows = []
        for index in range(start, start + num_samples):
            with seeded(seed, "latent", index):
                rows.append(self.prior.sample(1))
        return truncation * torch.cat(rows)

    def conditions(self, condition: Condition, num_samples: int) -> Tensor | None:
        """Returns each sample's condition, or None for an unconditional generator."""
        return conditions_of(self.condition, condition, num_samples)

    def class_weights(self, classes: Tensor) -> Tensor:
        """Returns classes (B,) as weights (B, size), of which mixtures can be made.

        `generate` takes them in a condition's place; how well a generator's samples lie between
        those of two classes, nobody has trained it for.

        Raises:
            ConfigError: Its generator is not conditioned on classes, or cannot mix them.

        Example:
            >>> two = pipeline.class_weights(torch.tensor([3, 8]))  # doctest: +SKIP
            >>> pipeline.generate(latents, two.mean(0).expand(len(latents), -1))  # doctest: +SKIP
        """
        if not self.mixes_classes:
            raise ConfigError("This generator is conditioned on no classes that could be mixed.")
        return self._weights(classes)

    @cached_property
    def mixes_classes(self) -> bool:
        """Whether it can be conditioned on a mixture of classes: tried, with all of one class."""
        if not self._by_class:
            return False
        latent, conditions = self.latents(1), self.conditions(0, 1)
        assert conditions is not None
        try:
            one = self.generate(latent, conditions)
            same = self.generate(latent, self._weights(conditions))
            return torch.allclose(one, same, rtol=1e-3, atol=1e-3, equal_nan=True)
        except Exception:  # whatever a network raises that wants a class's number
            return False

    def _weights(self, classes: Tensor) -> Tensor:
        assert self.condition is not None  # the caller has asked
        return torch.nn.functional.one_hot(classes, self.condition.size).float()

    @torch.inference_mode()
    def generate(
        self,
        latents: Tensor,
        condition: Tensor | None = None,
        *,
        batch_size: int = 64,
        truncation: float = 1.0,
    ) -> Tensor:
        """Returns samples (B, *S) on the CPU for latents (B, Z).

        `truncation` is for generators with styles, to which a latent's length means nothing.
        """
        styled = truncation != 1 and isinstance(self.generator, HasStyles)
        options = {"truncation": truncation} if styled else {}
        chunks = torch.split(latents, batch_size)
        parts = [None] * len(chunks) if condition is None else torch.split(condition, batch_size)
        with evaluating(self.generator):
            samples = [
                self.generator(
                    z.to(self.device), None if c is None else c.to(self.device), **options
                ).cpu()
                for z, c in zip(chunks, parts, strict=True)
            ]
        return torch.cat(samples)

    def save_pretrained(self, folder: str | Path) -> Path:
        """Writes `pipeline.json` and `generator.safetensors` into `folder`, atomically.

        Raises:
            ConfigError: The pipeline was built from networks without registered names.
        """
        if self.components is None:
            raise ConfigError(
                "This pipeline's networks have no registered names, so it cannot be saved to be "
                "built again elsewhere. Register the generator in GENERATORS and pass components=."
            )
        parts = (self.generator, self.modality, self.prior, self.condition, self.components)
        write_saved(Path(folder), *parts, step=self.step)
        return Path(folder)

    def push_to_hub(self, repository: str, *, card: str = "", private: bool = False) -> str:
        """Puts the pipeline on the Hugging Face Hub as "owner/name"; returns its address.

        Args:
            repository: Where to; it is made if it is not there.
            card: The model card, Markdown. `multigan push` writes one from what the run knows.
            private: Whether only its owner sees a repository that is made.

        Raises:
            ConfigError: The pipeline was built from networks without registered names.
            CheckpointError: The Hub refuses it.
        """
        with TemporaryDirectory() as made:
            place = self.save_pretrained(Path(made) / "pipeline")
            if card:
                write_atomic(place / "README.md", card)
            return uploaded(place, repository, private=private, message=f"Step {self.step}")

    @classmethod
    def from_pretrained(cls, folder: str | Path, *, device: str = "cpu") -> Self:
        """Reads what `save_pretrained` wrote; a run's folder works as well.

        Args:
            folder: Where it is, "gallery/digits" or another that comes with multigan (`multigan
                gallery` lists them), or "owner/name" on the Hugging Face Hub, from where only data
                comes: nothing of a stranger's runs.
            device: As of a run.

        Raises:
            CheckpointError: The folder holds no whole pipeline, or the Hub has none of that name.
            UnknownNameError: The gallery has none of that name.
        """
        parts = read_saved(pipeline_folder(folder) or Path(folder))
        step = parts.pop("step")
        pipeline = KINDS[parts["modality"].name].pipeline(**parts)
        pipeline.step = step
        return cast(Self, pipeline.to(pick_device(device)))

    def _nearest_classes(self, targets: Tensor, seed: int) -> Tensor:
        """Returns the class (B,) under which some random latent comes nearest to each target."""
        assert self.condition is not None  # the caller has asked
        starts = [
            project(
                self.generator,
                targets,
                self.prior.dim,
                condition=torch.full((len(targets),), number, device=self.device),
                steps=0,
                seed=seed,
            ).starts
            for number in range(self.condition.size)
        ]
        return torch.stack(starts).argmin(0).cpu()

    def one_condition(self, condition: Condition) -> Condition:
        """Returns the condition, or the first class or example where none was named."""
        return first_condition(self.condition) if condition is None else condition

    @property
    def _by_class(self) -> bool:
        return self.condition is not None and self.condition.kind == "class"

"""Sampling text.

Shapes: B texts, L positions, V tokens.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, ClassVar, cast

import torch
from torch import Tensor, nn

from multigan.core.draws import fresh_seed, seeded
from multigan.core.switches import evaluating
from multigan.errors import ConfigError
from multigan.files import atomic_folder
from multigan.modalities.text.choosing import Sharpening, choose_by
from multigan.modalities.text.latent import LatentTextGenerator
from multigan.modalities.text.modality import TextModality
from multigan.modalities.text.networks.pretrained import CausalLMGenerator
from multigan.modalities.text.networks.sequence import TextGenerator
from multigan.modalities.text.tokenizers import FastTokenizer
from multigan.sampling.conditions import Condition, check_counts
from multigan.sampling.pipeline import Pipeline

OnToken = Callable[[int, Tensor], None]


class _EndsTexts(Pipeline):
    """Says to the generator which token ends a text."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.generator.end_id = self.modality.end_id


class LatentTextPipeline(_EndsTexts):
    """A generator of codes and a decoder that writes them out: latents (B, Z), as of pictures."""

    def generate_ids(self, num_samples: int = 1, *, seed: int = 0, **options: Any) -> Tensor:
        """Writes texts as token numbers (num_samples, L) int64; options as of `generate`."""
        conditions = self.conditions(options.pop("condition", None), num_samples)
        return self.generate(self.latents(num_samples, seed=seed), conditions, **options)

    @torch.inference_mode()
    def reconstruct(self, texts: Sequence[str]) -> list[str]:
        """Encodes texts and writes their codes out again: how much of a text a code holds."""
        generator = cast(LatentTextGenerator, self.generator)
        modality = cast(TextModality, self.modality)
        with evaluating(generator):
            codes = generator.encode(modality.encode_texts(texts).to(self.device))
            return modality.decode(generator.write(codes).cpu())


class TextPipeline(_EndsTexts):
    """A generator of tokens and its tokenizer, ready to write.

    A text's latent is a row of uniform numbers, one for each token: the same number picks the same
    token from the same distribution, so the first four of sixteen texts are the four.

    Example:
        >>> pipeline = TextPipeline.from_pretrained("runs/0004-text")  # doctest: +SKIP
        >>> pipeline(2, prompt="a man", temperature=0.7, seed=7)  # doctest: +SKIP
        ['a man riding a wave on top of a surfboard .', 'a man is sitting on a bench .']
    """

    writes: ClassVar[bool] = True

    def __call__(
        self,
        num_samples: int = 1,
        *,
        condition: Condition = None,
        seed: int | None = None,
        truncation: float = 1.0,
        batch_size: int = 64,
        temperature: float = 1.0,
        top_k: int = 0,
        top_p: float = 1.0,
        prompt: str = "",
    ) -> list[str]:
        """Writes texts.

        Args:
            num_samples: How many.
            condition: As in `Pipeline.__call__`.
            seed: Fixes the texts, whatever the batch size. None writes others with every call.
            truncation: Another name for the temperature, which all pipelines understand; both are
                multiplied.
            batch_size: How many are written at once.
            temperature, top_k, top_p: See `Sharpening`.
            prompt: How the texts begin.

        Raises:
            ConfigError: A count, the condition, the prompt or the sharpening is not one that this
                pipeline has.
        """
        ids = self.generate_ids(
            num_samples,
            condition=condition,
            seed=fresh_seed() if seed is None else seed,
            batch_size=batch_size,
            temperature=truncation * temperature,
            top_k=top_k,
            top_p=top_p,
            prompt=prompt,
        )
        return self.text_modality.decode(ids)

    def generate_ids(
        self,
        num_samples: int = 1,
        *,
        condition: Condition = None,
        seed: int = 0,
        batch_size: int = 64,
        temperature: float = 1.0,
        top_k: int = 0,
        top_p: float = 1.0,
        prompt: str = "",
        on_token: OnToken | None = None,
    ) -> Tensor:
        """Writes texts as token numbers (num_samples, L) int64; see `__call__`.

        `on_token(position, tokens (B,))` is called with each token as soon as it is written.
        """
        never = self.text_modality.tokenizer.unknown_id
        return self._write(
            self.latents(num_samples, seed=seed),
            self.conditions(condition, num_samples),
            Sharpening(temperature, top_k, top_p, () if never is None else (never,)),
            self._prompt_ids(prompt),
            batch_size,
            on_token,
        )

    def latents(
        self, num_samples: int, *, seed: int = 0, truncation: float = 1.0, start: int = 0
    ) -> Tensor:
        """Returns uniform numbers (num_samples, L): row i is the same for any number of rows."""
        check_counts(num_samples, truncation)
        rows = []
        for index in range(start, start + num_samples):
            with seeded(seed, "latent", index):
                rows.append(torch.rand(self.text_modality.length))
        return torch.stack(rows)

    def generate(
        self,
        latents: Tensor,
        condition: Tensor | None = None,
        *,
        batch_size: int = 64,
        truncation: float = 1.0,
    ) -> Tensor:
        """Returns token numbers (B, L) on the CPU for uniform numbers (B, L).

        `truncation` is for generators with styles, which these are not.
        """
        return self._write(latents, condition, Sharpening(), None, batch_size)

    def interpolate(self, *args: Any, **options: Any) -> Any:
        """Refuses: between two rows of tokens there is nothing."""
        raise ConfigError(
            "This generator writes token by token: it has no latent space to walk through, to find "
            "directions or texts in. The recipe latent-text has one."
        )

    directions = interpolate
    project = interpolate

    @torch.inference_mode()
    def log_probs(
        self, texts: Sequence[str], condition: Condition = None, *, batch_size: int = 64
    ) -> tuple[Tensor, Tensor]:
        """Returns how likely texts are: log-probabilities (B, L) in nats, and their tokens (B, L).

        Positions after the end have log-probability zero. Texts longer than L tokens are cut.
        """
        ids = self.text_modality.encode_texts(texts)
        whole = self.conditions(condition, len(ids))
        chunks = torch.split(ids, batch_size)
        conditions = [None] * len(chunks) if whole is None else torch.split(whole, batch_size)
        generator = cast(TextGenerator, self.generator)
        with evaluating(generator):
            rows = [
                generator.log_probs(c.to(self.device), None if d is None else d.to(self.device))
                for c, d in zip(chunks, conditions, strict=True)
            ]
        return torch.cat(rows).float().cpu(), ids

    def save_transformers(self, folder: str | Path) -> Path:
        """Writes the generator's model and tokenizer as `transformers` reads them.

        Raises:
            ConfigError: The generator is not a model of `transformers` alone, or its tokenizer is
                not a fast one.
        """
        generator, tokenizer = self.generator, self.text_modality.tokenizer
        if not isinstance(generator, CausalLMGenerator) or generator.told is not None:
            raise ConfigError(
                "Only an unconditional generator of the kind causal-lm can be saved as a model of "
                "transformers. Use save_pretrained."
            )
        if not isinstance(tokenizer, FastTokenizer):
            raise ConfigError(
                f"A tokenizer of {tokenizer.kind}s cannot be saved for transformers. Train with "
                "--set data.tokenizer=bpe, or a tokenizer of your own."
            )
        from transformers import PreTrainedTokenizerFast

        end = tokenizer.tokenizer.id_to_token(tokenizer.end_id)
        model = generator.plain_model()
        model.config.eos_token_id = tokenizer.end_id
        with atomic_folder(Path(folder)) as building:
            model.save_pretrained(building)
            wrapped = PreTrainedTokenizerFast(
                tokenizer_object=tokenizer.tokenizer, eos_token=end, bos_token=end
            )
            wrapped.save_pretrained(building)
        return Path(folder)

    @property
    def text_modality(self) -> TextModality:
        """The modality, as what it is."""
        return cast(TextModality, self.modality)

    @torch.inference_mode()
    def _write(
        self,
        latents: Tensor,
        condition: Tensor | None,
        sharpening: Sharpening,
        prompt: Tensor | None,
        batch_size: int,
        on_token: OnToken | None = None,
    ) -> Tensor:
        generator = cast(TextGenerator, self.generator)
        chunks = torch.split(latents, batch_size)
        parts = [None] * len(chunks) if condition is None else torch.split(condition, batch_size)
        written = []
        with evaluating(generator):
            for chunk, one in zip(chunks, parts, strict=True):
                ids, _ = generator.sample(
                    len(chunk),
                    _chooser(chunk.to(self.device), sharpening, on_token),
                    condition=None if one is None else one.to(self.device),
                    prefix=None if prompt is None else prompt.expand(len(chunk), -1),
                )
                written.append(ids.cpu())
        return torch.cat(written)

    def _prompt_ids(self, prompt: str) -> Tensor | None:
        """Returns the prompt's tokens (1, P).

        Raises:
            ConfigError: It has words that the run does not know, or leaves no room.
        """
        if not prompt.strip():
            return None
        tokenizer = self.text_modality.tokenizer
        ids = tokenizer.encode(prompt)
        unknown = [
            piece for piece in prompt.split() if tokenizer.unknown_id in tokenizer.encode(piece)
        ]
        if tokenizer.unknown_id is not None and tokenizer.unknown_id in ids:
            raise ConfigError(
                f"The run has never seen {', '.join(map(repr, unknown)) or 'part of the prompt'}, "
                f"which is in the prompt {prompt!r}. Say it in words of the training text."
            )
        if len(ids) >= self.text_modality.length:
            raise ConfigError(
                f"The prompt has {len(ids)} tokens and texts of this run at most "
                f"{self.text_modality.length}. Shorten it."
            )
        return torch.tensor([ids], device=self.device)


def text_pipeline(generator: nn.Module, *args: Any, **options: Any) -> Pipeline:
    """Returns the pipeline that suits a generator of text."""
    latent = isinstance(generator, LatentTextGenerator)
    return (LatentTextPipeline if latent else TextPipeline)(generator, *args, **options)


def _chooser(
    numbers: Tensor, sharpening: Sharpening, on_token: OnToken | None
) -> Callable[[Tensor, int], Tensor]:
    """Returns what picks each token by uniform numbers (B, L), and tells it on."""

    def choose(logits: Tensor, at: int) -> Tensor:
        tokens = choose_by(numbers[:, at], sharpening(logits))
        if on_token is not None:
            on_token(at, tokens)
        return tokens

    return choose

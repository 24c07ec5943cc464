"""Encoders of text: what turns texts into features that distances are taken of.

Shapes: N texts, F features, L tokens.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor

from multigan.errors import CheckpointError, ConfigError, MeasureError
from multigan.imports.pretrained import library, load_pretrained
from multigan.metrics.features import Description, Features, weights_hash
from multigan.typed import Component

LSA_SIZE = 64
TRANSFORMER = "transformer"


class TextEncoder(Protocol):
    """Anything that turns texts into features and can say what it is."""

    def describe(self) -> Description:
        """Returns what identifies the features, as JSON."""
        ...

    def __call__(self, texts: Sequence[str]) -> Features:
        """Returns the features (N, F) of texts."""
        ...


def build_text_encoder(
    spec: str, references: Sequence[str], device: torch.device | str = "cpu"
) -> TextEncoder:
    """Builds an encoder: "lsa", fitted to the references, or "transformer:<local folder>".

    Raises:
        ConfigError: There is no such encoder.
    """
    match Component.parse_located(spec):
        case Component("" | "lsa", options) if not options:
            return LatentSemantics(references)
        case Component("transformer", {"path": str(path), **others}) if path and not others:
            return TransformerEncoder(path, device)
    raise ConfigError(
        f"There is no text encoder {spec!r}. Known: lsa, and transformer:<folder> with the local "
        "folder of a model that save_pretrained wrote, with its tokenizer."
    )


class LatentSemantics:
    """Which words and pairs of words a text has, in a few directions: needs no weights.

    TF-IDF of words and pairs of neighbors, projected on the references' strongest singular vectors.
    It knows topics and phrases, but no grammar beyond pairs.

    Source: Deerwester et al. (1990), "Indexing by Latent Semantic Analysis".
    """

    def __init__(self, references: Sequence[str], size: int = LSA_SIZE) -> None:
        from sklearn.decomposition import TruncatedSVD
        from sklearn.feature_extraction.text import TfidfVectorizer

        self.counted = TfidfVectorizer(
            token_pattern=r"\S+", lowercase=False, ngram_range=(1, 2), min_df=2, sublinear_tf=True
        )
        try:
            counts = self.counted.fit_transform(references)
            directions = min(size, min(counts.shape) - 1)
        except ValueError:  # no word is in two texts
            directions = 0
        if directions < 1:
            raise MeasureError(
                f"Fewer than two words stand in two of the {len(references)} references, so their "
                "texts have no common directions. Give more or longer references."
            )
        self.projected = TruncatedSVD(directions, random_state=0).fit(counts)
        self._references = len(references)

    def describe(self) -> Description:
        """Names the encoder and what it was fitted to."""
        size = len(self.projected.components_)
        return {"name": f"lsa-{size}", "fitted_to": f"{self._references} references"}

    def __call__(self, texts: Sequence[str]) -> Features:
        """Returns the features (N, F) of texts."""
        features = self.projected.transform(self.counted.transform(texts))
        return Features(torch.from_numpy(np.asarray(features)).float(), extractor=self.describe())


class TransformerEncoder:
    """The mean of a transformer's last hidden states over a text's tokens.

    Args:
        path: The local folder of a model of `transformers` with its tokenizer, e.g. BERT's.
        device: Where it runs.
    """

    def __init__(self, path: str | Path, device: torch.device | str = "cpu") -> None:
        self.path = Path(path)
        self.tokenizer, self.model = _load(self.path)
        self.model.to(device).eval()
        if self.tokenizer.pad_token is None:  # GPT-2 and its like have none; the mask hides it
            self.tokenizer.pad_token = self.tokenizer.eos_token

    def describe(self) -> Description:
        """Names the folder, the kind of model and its weights."""
        return {
            "name": f"{TRANSFORMER}:{self.path.name}",
            "model": self.model.config.model_type,
            "weights": weights_hash(self.model),
            "pooling": "mean of the last hidden states",
        }

    @torch.no_grad()
    def __call__(self, texts: Sequence[str], batch_size: int = 64) -> Features:
        """Returns the features (N, F) of texts; of an empty text, zeros."""
        parts = [
            self._encode(list(texts[start : start + batch_size]))
            for start in range(0, len(texts), batch_size)
        ]
        return Features(torch.cat(parts), extractor=self.describe())

    def _encode(self, texts: list[str]) -> Tensor:
        most = min(self.tokenizer.model_max_length, 512)
        tokens = self.tokenizer(
            texts, padding=True, truncation=True, max_length=most, return_tensors="pt"
        ).to(self.model.device)
        if tokens["input_ids"].shape[1] == 0:
            return torch.zeros(len(texts), self.model.config.hidden_size)
        states = self.model(**tokens).last_hidden_state.float()
        mask = tokens["attention_mask"].unsqueeze(-1).float()
        return ((states * mask).sum(1) / mask.sum(1).clamp_min(1)).cpu()


def _load(path: Path) -> tuple[Any, Any]:
    if not (path / "config.json").is_file():
        raise CheckpointError(
            f"{path} is not a folder that save_pretrained wrote: it has no config.json. "
            "Pass the local folder of a transformers model and its tokenizer."
        )
    transformers = library("This encoder")
    try:
        tokenizer = load_pretrained(transformers.AutoTokenizer, path)
        return tokenizer, load_pretrained(transformers.AutoModel, path, weights=True)
    except ConfigError as error:
        raise CheckpointError(
            f"{path} holds no encoder with its tokenizer, in safetensors: {error}"
        ) from None

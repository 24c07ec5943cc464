"""Models of the package `transformers`, from the folders that `save_pretrained` wrote."""

from typing import Any

from multigan.errors import ConfigError
from multigan.imports.pretrained import library, load_pretrained


def load_model(path: str, kinds: tuple[str, ...], *, pinned: bool = False) -> Any:
    """Returns a model from a local folder, frozen; only safetensors are read.

    Args:
        path: The folder.
        kinds: The model types that will do; empty for any.
        pinned: Whether the weights are compared with a hash afterwards.

    Raises:
        ConfigError: There is no such model in the folder.
    """
    transformers = library("Codecs, vocoders and embedders")
    config = load_pretrained(transformers.AutoConfig, path, pinned=pinned)
    if kinds and config.model_type not in kinds:
        raise ConfigError(
            f"The model in {path} is of type {config.model_type!r}; {', '.join(kinds)} will do."
        )
    loader = _class(transformers, config)
    model = load_pretrained(loader, path, weights=True, pinned=pinned)
    return model.eval().requires_grad_(False)


def _class(transformers: Any, config: Any) -> Any:
    """Returns what loads a model without a head; AutoModel does not know every vocoder."""
    names = getattr(config, "architectures", None) or []
    if names and type(config) not in transformers.MODEL_MAPPING:
        named = getattr(transformers, str(names[0]), None)
        if isinstance(named, type) and issubclass(named, transformers.PreTrainedModel):
            return named
    return transformers.AutoModel

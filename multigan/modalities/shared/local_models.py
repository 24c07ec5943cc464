"""Models of the package `transformers`, from the folders that `save_pretrained` wrote."""

from pathlib import Path
from typing import Any

from multigan.errors import ConfigError, MissingDependencyError


def load_model(path: str, kinds: tuple[str, ...]) -> Any:
    """Returns a model from a local folder, frozen; only safetensors are read.

    Args:
        path: The folder.
        kinds: The model types that will do; empty for any.

    Raises:
        ConfigError: There is no such model in the folder.
    """
    try:
        from transformers import AutoConfig
    except ImportError:
        raise MissingDependencyError(
            "transformers", purpose="Codecs, vocoders and embedders", extra="text"
        ) from None
    if not Path(path).is_dir():
        raise ConfigError(f"There is no folder {path!r}. Name one that save_pretrained wrote.")
    try:
        config = AutoConfig.from_pretrained(path, local_files_only=True)
        if kinds and config.model_type not in kinds:
            raise ConfigError(
                f"The model in {path} is of type {config.model_type!r}; {', '.join(kinds)} will do."
            )
        model = _class(config).from_pretrained(path, local_files_only=True, use_safetensors=True)
    except (OSError, ValueError, KeyError) as error:
        if isinstance(error, ConfigError):
            raise
        raise ConfigError(f"There is no readable model in {path}: {error}") from None
    return model.eval().requires_grad_(False)


def _class(config: Any) -> Any:
    """Returns what loads a model without a head; AutoModel does not know every vocoder."""
    import transformers

    names = getattr(config, "architectures", None) or []
    if names and type(config) not in transformers.MODEL_MAPPING:
        return getattr(transformers, names[0], transformers.AutoModel)
    return transformers.AutoModel

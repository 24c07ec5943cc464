"""Whatever `transformers` loads: as data only, so that nobody else's code ever runs.

A folder may ask for its own Python files (`auto_map`), for kernels from the Hub, or hold its
weights as a pickle. None of these is read. What a saved pipeline names has to lie in its own
folder, and nothing is downloaded for it.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from multigan.errors import ConfigError, MissingDependencyError, MultiganError, first_line
from multigan.imports.hub_names import HUB_PREFIX, hint, looks_like_path
from multigan.imports.hub_reach import no_waiting
from multigan.imports.torchaudio_guard import install

OWN_CODE = "trust_remote_code"  # what transformers suggests where a folder's code would have to run
# Options whose values may name a kernel on the Hub, which is a program.
KERNELS = ("attn_implementation", "_attn_implementation", "experts_implementation", "use_kernels")
ADAPTER = "adapter_config.json"  # with the package peft it would load whatever it names

_home: ContextVar[Path | None] = ContextVar("home", default=None)
_offline: ContextVar[bool] = ContextVar("offline", default=False)


@contextmanager
def only_inside(folder: Path) -> Iterator[None]:
    """Lets nothing be loaded but what lies in a saved pipeline's folder, or is pinned by a hash."""
    token = _home.set(folder.resolve())
    try:
        yield
    finally:
        _home.reset(token)


@contextmanager
def offline() -> Iterator[None]:
    """Lets nothing be downloaded: what a run from elsewhere names has to be on this machine."""
    token = _offline.set(True)
    try:
        yield
    finally:
        _offline.reset(token)


def library(purpose: str) -> Any:
    """Returns the package `transformers`."""
    install()  # transformers imports torchaudio, which may not load beside this torch
    try:
        import transformers
    except ImportError:
        raise MissingDependencyError("transformers", purpose=purpose, extra="text") from None
    return transformers


def load_pretrained(
    loader: Any,
    where: str | Path,
    *,
    weights: bool = False,
    hub: bool = False,
    pinned: bool = False,
    error: type[MultiganError] = ConfigError,
) -> Any:
    """Returns what `loader.from_pretrained` makes of a folder, without running anything in it.

    Args:
        loader: A class of `transformers`: of a model, a configuration, a tokenizer.
        where: The folder that `save_pretrained` wrote.
        weights: Whether there are weights to be read, which have to be safetensors.
        hub: Whether it may be a name on the Hub as well.
        pinned: Whether the weights are compared with a hash, so that a pipeline may name a folder
            elsewhere.
        error: What is raised.

    Raises:
        MultiganError: There is none, or it would have to run code.
    """
    folder = (_home.get() or Path()) / Path(where).expanduser()
    try:
        check_place(folder, pinned=pinned)
        if folder.is_dir():
            _check_folder(folder)
            where = str(folder)
        elif not hub or _home.get() or looks_like_path(str(where)):
            raise ConfigError(
                f"There is no folder {str(where)!r}. Name one that save_pretrained wrote."
                f"{hint(str(where))}"
            )
        name = str(where).removeprefix(HUB_PREFIX)
        local = folder.is_dir() or _offline.get()
        safe = {"use_safetensors": True} if weights else {}
        with nullcontext() if local else no_waiting():
            _check_config(name, local)
            return loader.from_pretrained(
                name, trust_remote_code=False, local_files_only=local, **safe
            )
    except MultiganError as refused:
        raise error(str(refused)) from None
    except Exception as found:  # whatever the network, the Hub and a file format can raise
        raise error(_said(found, folder)) from None


def build_from_config(loader: Any, options: Mapping[str, Any]) -> Any:
    """Returns a new model of a configuration, as `model_type` and its other options describe it.

    Python files that it names are not looked at: the type has to be one of `transformers`.

    Raises:
        ConfigError: A configuration names a program.
    """
    check_options(options, "The configuration")
    named = {name: value for name, value in options.items() if name != "auto_map"}
    config = library("This network").AutoConfig.for_model(named.pop("model_type"), **named)
    return loader.from_config(config, trust_remote_code=False)


def check_options(options: Mapping[str, Any], where: str) -> None:
    """Raises a ConfigError if a configuration, or one inside it, names a program to be run."""
    for name, value in options.items():
        named = str(value)
        if name in KERNELS and (value is True or isinstance(value, Mapping) or "/" in named):
            raise ConfigError(
                f"{where} wants to run a kernel from elsewhere ({name}={named}), and multigan "
                "runs no code of a model's. Remove that option from it."
            )
        if isinstance(value, Mapping):
            check_options(value, where)


def check_place(folder: Path, *, pinned: bool = False) -> None:
    """Raises a ConfigError if a saved pipeline names what does not lie in its own folder."""
    home = _home.get()
    if home is None or pinned or folder.resolve().is_relative_to(home):
        return
    raise ConfigError(
        f"The pipeline in {home} names a model elsewhere, {str(folder)!r}, which is not read. "
        "Put the model into the pipeline's folder and name it there, or train anew with it."
    )


def _check_folder(folder: Path) -> None:
    if (folder / ADAPTER).is_file():
        raise ConfigError(
            f"{folder} holds adapters of the package peft, which name their model themselves. "
            "Merge them (merge_and_unload) and save the whole model with save_pretrained."
        )


def _check_config(name: str, local: bool) -> None:
    read = library("This model").PreTrainedConfig.get_config_dict
    try:
        config, _ = read(name, local_files_only=local)
    except OSError:
        return  # a tokenizer needs none; transformers says what it misses
    check_options(config, f"The configuration of {name}")


def _said(error: Exception, folder: Path) -> str:
    if OWN_CODE in str(error):
        return (
            f"{folder} wants to run Python code of its own (auto_map), and multigan runs no code "
            "of a model's. Choose a model of a type that transformers has itself."
        )
    if any(folder.glob("*.bin")) and not any(folder.glob("*.safetensors")):
        return (
            f"{folder} has its weights as a pickle (.bin), which can run any code while it is "
            "read, and none in safetensors. Save the model again with save_pretrained."
        )
    here = f"There is no readable model in {folder}: " if folder.is_dir() else ""
    return here + first_line(error)

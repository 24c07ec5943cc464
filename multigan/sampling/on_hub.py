"""Saved pipelines on the Hugging Face Hub: to and fro, as data only.

What is fetched are JSON and safetensors; nothing in them runs. A pipeline that needs a plug-in is
refused unless this user has named that very file, as everywhere.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from multigan.errors import CheckpointError, MissingDependencyError, first_line
from multigan.imports.hub_names import HUB_PREFIX, looks_like_path

PARTS = ("pipeline.json", "*.safetensors", "*.json")


def is_hub_name(name: str | Path) -> bool:
    """Whether a pipeline is to be looked for on the Hub: "owner/name" that is nothing here."""
    if not isinstance(name, str) or Path(name).exists():
        return False
    return name.startswith(HUB_PREFIX) or ("/" in name and not looks_like_path(name))


def fetched(name: str) -> Path:
    """Returns the folder of a pipeline on the Hub, kept in the Hub's cache.

    Raises:
        CheckpointError: It cannot be had.
        MissingDependencyError: huggingface_hub is missing.
    """
    hub = _library("Reading a pipeline from the Hub")
    repository = name.removeprefix(HUB_PREFIX)
    with _said_in_a_line(f"The pipeline {repository!r} cannot be had from the Hub"):
        folder = hub.snapshot_download(
            repository, allow_patterns=list(PARTS), library_name="multigan"
        )
    return Path(folder)


def uploaded(folder: Path, repository: str, *, private: bool, message: str) -> str:
    """Uploads a folder as a repository, made where there is none; returns its address.

    Raises:
        CheckpointError: The Hub refuses it.
        MissingDependencyError: huggingface_hub is missing.
    """
    hub = _library("Writing to the Hub")
    with _said_in_a_line(f"{repository!r} cannot be written on the Hub"):
        address = hub.create_repo(repository, private=private, exist_ok=True)
        hub.upload_folder(repo_id=repository, folder_path=folder, commit_message=message)
    return str(address)


def _library(purpose: str) -> Any:
    try:
        import huggingface_hub
    except ImportError:
        raise MissingDependencyError("huggingface_hub", purpose=purpose, extra="export") from None
    return huggingface_hub


@contextmanager
def _said_in_a_line(what: str) -> Iterator[None]:
    """Raises whatever a network and a service have to say as a CheckpointError."""
    try:
        yield
    except Exception as error:  # of several libraries, under names that change
        raise CheckpointError(f"{what}: {first_line(error)}") from None

"""What every loader returns, whatever kind of data it reads."""

from typing import Any, Protocol

from multigan.core.condition import ConditionSpec
from multigan.data.source import Source


class Report(Protocol):
    """What a loader says of the data it read."""

    def to_json(self) -> dict[str, Any]:
        """Returns plain values for environment.json."""
        ...

    def summary(self) -> str:
        """Returns a sentence or two for people."""
        ...


class Loaded(Protocol):
    """A data set that a loader has read."""

    @property
    def source(self) -> Source: ...
    @property
    def condition(self) -> ConditionSpec | None: ...
    @property
    def report(self) -> Report: ...
    @property
    def fingerprint(self) -> str: ...

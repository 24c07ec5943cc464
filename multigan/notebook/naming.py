"""What people call latent directions, kept beside the pipeline whose directions they are."""

from contextlib import suppress
from pathlib import Path

from multigan.errors import ConfigError
from multigan.files import read_object, write_json

FILE = "directions.json"
LONGEST = 40  # characters of a name

Names = dict[str, dict[str, str]]  # by method, then by number


class DirectionNames:
    """The names of one pipeline's directions.

    Args:
        folder: The saved pipeline's; None keeps them in memory only.
    """

    def __init__(self, folder: Path | None) -> None:
        self._file = None if folder is None else folder / FILE
        self._names: Names = {}

    def known(self) -> Names:
        """Returns all names; what is no name in the file is left out."""
        found = {} if self._file is None else read_object(self._file)
        tables = {m: table for m, table in found.items() if isinstance(table, dict)}
        read = {
            method: {number: name for number, name in table.items() if isinstance(name, str)}
            for method, table in tables.items()
        }
        return {**read, **self._names}

    def rename(self, method: str, index: int, name: str) -> None:
        """Calls a direction something; an empty name takes that away.

        Raises:
            ConfigError: The name is too long.
        """
        if len(name) > LONGEST:
            raise ConfigError(f"A direction's name has at most {LONGEST} characters.")
        table = {**self.known().get(method, {}), str(index): name.strip()}
        self._names[method] = {number: text for number, text in table.items() if text}
        if self._file is not None:
            with suppress(OSError):  # somebody else's run: the name is known here alone
                write_json(self._file, self.known())

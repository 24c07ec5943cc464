"""Plug-ins: code of one's own that gives names to networks, losses, data sets or kinds of data.

Code runs only if it is this user's own choice: packages installed with an entry point in the group
`multigan.plugins`, and files and modules that were named to `--plugin` or `load_plugin`. Recipes
and saved pipelines name the plug-ins that they need. One of these is loaded by itself only if this
user has once named that very code: `plugins.json` in the user's own configuration has its path and
its SHA-256. A run of somebody else's therefore never runs code; it says what to name.
"""

import hashlib
import importlib
import os
import sys
import traceback
import warnings
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from contextlib import suppress
from dataclasses import dataclass
from importlib.abc import SourceLoader
from importlib.machinery import ModuleSpec
from importlib.util import module_from_spec, spec_from_file_location
from itertools import accumulate
from pathlib import Path
from shlex import quote
from threading import RLock
from typing import TYPE_CHECKING, Any

from multigan.errors import ConfigError, first_line
from multigan.files import plain_file, read_object, write_json

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "multigan.plugins"  # of entry points
OWN = __name__.partition(".")[0]
_LOCK = RLock()  # one plug-in is loaded at a time; others wait until it is there


@dataclass(frozen=True)
class Plugin:
    """Code that a recipe or a saved pipeline needs."""

    name: str
    """A file's absolute path, or a module's name."""

    sha256: str
    """Of the file; of a module, of all files of its package."""


@dataclass(frozen=True)
class _Code:
    """A plug-in as it lies on this disk: what is hashed is what runs."""

    plugin: Plugin
    path: str
    source: bytes | None = None  # of a file; a module is left to Python's own import


@dataclass
class _Loaded:
    plugin: Plugin
    module: str
    named: bool  # by the person, in this process


_LOADED: dict[str, _Loaded] = {}
_REGISTERED: list[tuple[str, MutableMapping[str, Any], str]] = []  # by which module, where, what
_INSTALLED_BEGUN: list[bool] = []
_INSTALLED_DONE: list[bool] = []


class _Source(SourceLoader):
    """Runs the bytes that were hashed, whatever has become of the file since."""

    def __init__(self, code: _Code) -> None:
        self._code = code

    def get_filename(self, fullname: str) -> str:
        """Returns where the code was read from."""
        return self._code.path

    def get_data(self, path: str | bytes) -> bytes:
        """Returns the code."""
        return self._code.source or b""


def load_plugin(plugin: str | Path) -> Plugin:
    """Runs code of one's own, so that what it registers can be named in recipes and in a shell.

    It is remembered in the user's configuration, so that runs which need it go on without being
    told. A file that has changed since is loaded anew, and takes the place of what it was.

    Args:
        plugin: A Python file, or a module that can be imported.

    Raises:
        ConfigError: There is no such code, or it does not run.

    Example:
        >>> multigan.load_plugin("curves.py")  # doctest: +SKIP
    """
    with _LOCK:
        code = _find(str(plugin))
        _load(code, named=True)
        _trust(code)
    return code.plugin


def require(plugins: Iterable[Plugin], needed_by: str) -> tuple[Plugin, ...]:
    """Loads what a recipe or a pipeline names, as far as this user trusts it; else nothing at all.

    Args:
        plugins: What it names.
        needed_by: What to call it in an error.

    Returns:
        What is loaded for each: the same code, or what the person has named in its place.

    Raises:
        ConfigError: This user has never named one of them; the message says how to.
    """
    with _LOCK:
        wanted = tuple(plugins)
        found = [_at_hand(each) or _trusted(each) or _in_its_place(each) for each in wanted]
        for each, code in zip(wanted, found, strict=True):
            if code is None:
                raise ConfigError(_refusal(each, needed_by))
        for code in found:
            if isinstance(code, _Code):
                _load(code, named=False)
        return tuple(code.plugin for code in found if code is not None)


def used_by(tree: Any) -> tuple[Plugin, ...]:
    """Returns the loaded plug-ins that registered a name which stands in a tree of plain values."""
    names = set(_names(tree))
    modules = [module for module, _, name in _REGISTERED if name in names]
    loaded = _LOADED.values()
    return tuple(one.plugin for one in loaded if any(_belongs(m, one.module) for m in modules))


def load_installed() -> None:
    """Loads the installed plug-ins, once; one that is broken is warned of, and passed over.

    Not while multigan itself is half imported: plug-ins import what they build on.
    """
    if _INSTALLED_DONE or _half_imported():  # whoever imports must not wait: another may for it
        return
    with _LOCK:
        if _INSTALLED_BEGUN:
            return
        _INSTALLED_BEGUN.append(True)
        for entry in _installed():
            try:
                found = entry.load()
                if entry.attr:
                    found()
            except (Exception, SystemExit) as error:
                warnings.warn(
                    f"The installed plug-in {entry.name} ({entry.value}) cannot be loaded: "
                    f"{type(error).__name__}: {first_line(error)}",
                    stacklevel=2,
                )
        _INSTALLED_DONE.append(True)


def _installed() -> dict["EntryPoint", None]:
    """Returns the entry points of all packages but those that lie in the folder one works in.

    `python -m multigan` and notebooks would find these, too; a folder may be anybody's.
    """
    from importlib.metadata import distributions

    elsewhere = [folder for folder in sys.path if Path(folder).resolve() != Path.cwd()]
    found = (entry for each in distributions(path=elsewhere) for entry in each.entry_points)
    return {entry: None for entry in found if entry.group == GROUP}


def _half_imported() -> bool:
    ours = [module for name, module in sys.modules.copy().items() if _belongs(name, OWN)]
    return any(getattr(getattr(m, "__spec__", None), "_initializing", False) for m in ours)


def foreign_caller() -> str:
    """Returns the module that called the caller; "" if it is one of multigan's own."""
    module = str(sys._getframe(2).f_globals.get("__name__", ""))
    return "" if _belongs(module, OWN) else module


def note(module: str, registry: MutableMapping[str, Any], name: str) -> None:
    """Takes down that a module which is not multigan's has registered a name."""
    _REGISTERED.append((module, registry, name))


def _belongs(module: str, whole: str) -> bool:
    """Whether a module is another one, or in the same package as that."""
    return module == whole or module.partition(".")[0] == whole.partition(".")[0] != ""


def _names(tree: Any) -> Iterator[str]:
    """Yields the keys and texts of tables, and the names of components written as text.

    Lists are left out: they are vocabularies and examples.
    """
    if isinstance(tree, Mapping):
        for key, value in tree.items():
            yield str(key)
            yield from _names(value)
    elif isinstance(tree, str):
        yield from (tree, tree.partition(":")[0])


def _find(given: str) -> _Code:
    """Returns the code that a person names, without running any of it."""
    path = Path(given).expanduser()
    if path.is_file():
        return _of_file(path.resolve())
    code = _of_module(given)
    if code is None:
        raise ConfigError(
            f"There is no plug-in {given!r}: name a Python file, or a module that can be imported."
        )
    return code


def _of_file(path: Path) -> _Code:
    try:
        source = plain_file(path).read_bytes()
    except OSError as error:
        raise ConfigError(f"The plug-in {path} cannot be read: {error}") from None
    return _Code(Plugin(str(path), hashlib.sha256(source).hexdigest()), str(path), source)


def _of_module(name: str) -> _Code | None:
    """Returns a module's code; no package is imported to find it."""
    specs = list(_specs(name))
    if not specs or specs[-1] is None or not specs[-1].has_location:
        return None
    first, last = specs[0], specs[-1]
    assert first is not None
    folders = first.submodule_search_locations
    files = (
        [Path(str(last.origin))]
        if folders is None
        else sorted(path for folder in folders for path in Path(folder).rglob("*"))
    )
    digest = hashlib.sha256()
    for path in files:
        if path.is_file() and path.parent.name != "__pycache__":
            content = path.read_bytes()
            digest.update(f"{path}\0{len(content)}\0".encode() + content)
    return _Code(Plugin(name, digest.hexdigest()), str(last.origin))


def _specs(name: str) -> Iterator[ModuleSpec | None]:
    """Yields where a module's packages are, outermost first, and the module itself."""
    where: list[str] | None = None
    for part in accumulate(name.split("."), "{}.{}".format):
        asked = (finder.find_spec(part, where) for finder in sys.meta_path)
        spec = next((found for found in asked if found is not None), None)
        yield spec
        if spec is None:
            return
        where = list(spec.submodule_search_locations or [])


def _at_hand(plugin: Plugin) -> _Loaded | None:
    """Returns the same code, if it is loaded."""
    same = (one for one in _LOADED.values() if one.plugin.sha256 == plugin.sha256)
    return next(same, None)


def _in_its_place(plugin: Plugin) -> _Loaded | None:
    """Returns what the person has named in this process, and is called the same."""
    named = [one for one in _LOADED.values() if one.named]
    first = [one for one in named if one.plugin.name == plugin.name]
    return next(iter(first + [one for one in named if _file(one.plugin) == _file(plugin)]), None)


def _file(plugin: Plugin) -> str:
    return plugin.name.replace("\\", "/").rpartition("/")[2]


def _trusted(plugin: Plugin) -> _Code | None:
    """Returns the code that a plug-in names, if this user has once named exactly that."""
    known = [entry for entry in _trusted_entries() if entry.get("name") == plugin.name]
    if not any(entry.get("sha256") == plugin.sha256 for entry in known):
        return None
    with suppress(ConfigError, OSError):
        is_file = Path(plugin.name).is_absolute()
        code = _of_file(Path(plugin.name)) if is_file else _of_module(plugin.name)
        if code is not None and code.plugin == plugin and _entry(code) in known:
            return code
    return None


def _trust(code: _Code) -> None:
    """Writes that this user has named this code; a folder that cannot be written is no error."""
    entries = _trusted_entries()
    if _entry(code) not in entries:
        with suppress(OSError):
            _trust_file().parent.mkdir(parents=True, exist_ok=True)
            write_json(_trust_file(), {"plugins": [*entries, _entry(code)]})


def _entry(code: _Code) -> dict[str, str]:
    return {"path": code.path, **vars(code.plugin)}


def _trusted_entries() -> list[dict[str, Any]]:
    entries = read_object(_trust_file()).get("plugins")
    entries = entries if isinstance(entries, list) else []
    return [entry for entry in entries if isinstance(entry, dict)]


def _trust_file() -> Path:
    folder = os.environ.get("MULTIGAN_CONFIG") or Path.home() / ".config" / "multigan"
    return Path(folder) / "plugins.json"


def _refusal(plugin: Plugin, needed_by: str) -> str:
    # A stranger may have written this path: it is not even looked at, and may be pasted.
    named = any(entry.get("name") == plugin.name for entry in _trusted_entries())
    why = (
        "what you have named is another version of it"
        if named
        else "you have never named it on this machine"
    )
    told = plugin.name if named else _file(plugin)
    return (
        f"{needed_by} needs the plug-in {plugin.name!r} (SHA-256 {plugin.sha256[:12]}), and {why}. "
        "Nothing of it was run. Look at it, and if you trust it, name it: "
        f"--plugin {quote(ascii(told)[1:-1] if not told.isprintable() else told)}"
    )


def _load(code: _Code, *, named: bool) -> None:
    """Runs code, unless just that is loaded."""
    name = code.plugin.name
    before = _LOADED.get(name)
    if before is not None and before.plugin == code.plugin:
        before.named = before.named or named
        return
    if before is not None and code.source is None:
        raise ConfigError(f"The plug-in {name} has changed since it was loaded. Start Python anew.")
    module = name if code.source is None else _module_name(code.path)
    _LOADED.pop(name, None)
    try:
        _run(code, module)
    except (Exception, SystemExit) as error:
        _forget(module)
        raise ConfigError(
            f"The plug-in {name} does not run: {type(error).__name__}: {first_line(error)}"
            f"{_place(error, code.path)}"
        ) from error
    _LOADED[name] = _Loaded(code.plugin, module, named)


def _run(code: _Code, name: str) -> None:
    if code.source is None:
        importlib.import_module(name)
        return
    _forget(name)
    spec = spec_from_file_location(name, code.path, loader=_Source(code))
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[name] = module  # where dataclasses and pickles look
    spec.loader.exec_module(module)


def _module_name(path: str) -> str:
    """Returns the name of a file's module: no import finds it, and it hides no other."""
    return f"plugin_{Path(path).stem}_{hashlib.sha256(path.encode()).hexdigest()[:8]}".replace(
        ".", "_"
    )


def _forget(module: str) -> None:
    """Takes away what a module has registered."""
    for _, registry, name in [entry for entry in _REGISTERED if entry[0] == module]:
        registry.pop(name, None)
    _REGISTERED[:] = [entry for entry in _REGISTERED if entry[0] != module]


def _place(error: BaseException, path: str) -> str:
    lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == path]
    return f" (line {lines[-1]})" if lines else ""

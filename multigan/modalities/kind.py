"""One object plugs a kind of data in: how it is loaded, encoded, measured, sampled and shown."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from multigan.config import Recipe
from multigan.core.modality import Modality
from multigan.core.registries import DATA, KINDS
from multigan.data.known_classes import beside_known
from multigan.data.loaded import Loaded
from multigan.data.loader_options import LoaderOptions
from multigan.data.sight import Sight, look_at
from multigan.errors import ConfigError
from multigan.metrics.evaluation import Evaluator
from multigan.modalities.suit import Budget, Suited, Traits, suit_no_number, suit_nothing
from multigan.sampling.graph import Graph, sample_graph
from multigan.sampling.pipeline import Pipeline
from multigan.typed import Component, from_plain
from multigan.typed.registry import Registry


def match_nothing(modality: Modality) -> dict[str, Any]:
    """Returns no loader options: all data of the kind has one shape anyway."""
    return {}


@dataclass(frozen=True)
class Kind:
    """One kind of data.

    Attributes:
        loader: `(data, options) -> Loaded`; call it through `load`.
        options: The class of its options, the only list of what it takes.
        modality: The class that encodes it; a recipe and a saved pipeline name it by the kind's
            name.
        component: Names the modality, with the options that fit the loaded data, given what a
            recipe says of the representation.
        representations: What that may be; None where there is nothing to choose.
        match_options: Returns loader options that bring other data to the form a modality encodes.
        subset_options: The names of loader options that choose a part of one particular data set.
        pipeline: What samples its generators.
        graph: What leaves of a pipeline, as a function of tensors for other runtimes.
        page: The template of its living pages (`export/site`); "" where there are none.
        evaluator: How it is measured.
        write_pairs: `(pipeline, own, path, seed=) -> path` writes a page with samples beside the
            training samples most like them; None where there is none.
        keep_nearest: The same for a run's report: a `.json` file of distances and what they are of.
        traits: By what its data are known, where nobody says what they are.
        general: The recipe for any data of the kind; "" where there is none.
        size: The path of the setting that says how large a sample is.
        suit: Chooses what that recipe leaves open, from the files and the time there is.
        suit_number: Likewise, once the data are loaded.
        few: Samples of which there had better be more; 0 where `sight` says that.
        varied: The augmentation that makes more of few; "" for none.
        sight: Says of loaded data what a person should know before anything learns from it.
        plain: The representation that shows the data as they are; None for the only one.
        columns: How many samples of a condition stand in a row of a sheet.
        explored: How many samples an explorer shows at first.
        printed: Whether a shell prints samples as they are where no folder is named.
        sampling: The options of `multigan sample` that its pipeline takes besides everybody's.
        formats: What files a sample can be written as, where that can be chosen: suffixes without
            their dot, one of which becomes the modality's `suffix`.
        demo: The recipe of `multigan demo`; "" where there is none.
        finale: `(pipeline, folder) -> sentence` ends that demo with a file of its own.
    """

    loader: Callable[[Any, Any], Loaded]
    options: type[LoaderOptions]
    modality: type[Modality]
    component: Callable[[Any, Component | None], Component]
    representations: Registry[Any] | None = None
    match_options: Callable[[Any], dict[str, Any]] = match_nothing
    subset_options: frozenset[str] = frozenset()
    pipeline: Callable[..., Pipeline] = Pipeline
    graph: Callable[[Pipeline], Graph] = sample_graph
    page: str = ""
    evaluator: Evaluator = field(default_factory=Evaluator)
    write_pairs: Callable[..., Path] | None = None
    keep_nearest: Callable[..., Path] | None = None
    traits: Traits = field(default_factory=Traits)
    general: str = ""
    size: str = "data.length"
    suit: Callable[[Recipe, Budget], Suited] = suit_nothing
    suit_number: Callable[[Recipe, Any], Suited] = suit_no_number
    few: int = 200
    varied: str = ""
    sight: Callable[[Any], Sight] = look_at
    plain: Component | None = None
    columns: int = 10
    explored: int = 16
    printed: bool = False
    sampling: frozenset[str] = frozenset()
    formats: tuple[str, ...] = ()
    demo: str = ""
    finale: Callable[[Pipeline, Path], str] | None = None

    def load(self, data: Any, /, **options: Any) -> Loaded:
        """Loads data: a path, a name on the Hub or in `DATA`, or an object.

        Raises:
            ConfigError: An option is unknown, or has a value of the wrong kind.
            DataError: A path is mistyped, or whatever else is wrong with the data.
        """
        if isinstance(data, str) and data in DATA:
            data = DATA[data]()
        read = from_plain(self.options, options, "data")
        loaded = self.loader(data, read)
        known = getattr(read, "known_classes", ())
        return beside_known(loaded, known) if known else loaded

    def load_like(
        self, modality: Modality, data: Any, options: Mapping[str, Any] | None = None, **more: Any
    ) -> Loaded:
        """Loads other data whole, as `options` would, in the form that a modality encodes.

        Args:
            modality: Of a run or a pipeline.
            data: Other data.
            options: The loader options of the run's own data; what chose a part of it is left out.
            more: Loader options that go before the others.
        """
        kept = {n: v for n, v in (options or {}).items() if n not in self.subset_options}
        return self.load(data, **{**kept, **self.match_options(modality), **more})


def kinds_with(has: Callable[[Kind], bool]) -> str:
    """Returns the names of the kinds of data of which something holds, for a sentence."""
    return " or ".join(sorted(name for name, kind in KINDS.items() if has(kind)))


def kind_of(name: str) -> Kind:
    """Returns the kind of data of that name.

    Raises:
        UnknownNameError: There is none; the message has those that there are.
    """
    kind: Kind = KINDS[name]
    return kind


def refuse_representation(what: str, representation: Component | None) -> None:
    """Raises a `ConfigError` if a recipe names a representation where there is none to choose."""
    if representation is not None:
        raise ConfigError(
            f"{what} have no representation to choose, but the recipe names "
            f"{representation.name!r}. Leave it out: --set representation=null"
        )

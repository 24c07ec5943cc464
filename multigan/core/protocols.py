"""What networks and their helpers may have besides what every game needs of them.

Ask for one with `isinstance(generator, HasStyles)`, once and not in every step: each member is
looked up anew. Since Python 3.12 that finds methods, properties and plain attributes, but no
parameter, buffer or submodule of a network, so no protocol names one.

Shapes: B samples, S sample shape, N logits per sample, Z latent size, L styles, W style size.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from torch import Tensor

if TYPE_CHECKING:
    from multigan.core.game import AdversarialGame


@runtime_checkable
class HasStyles(Protocol):
    """A generator that makes samples of styles, coarse to fine, and the styles of latents.

    Called with `truncation` it brings the styles so near to the average one: 0 leaves only that.
    """

    num_styles: int  # L

    def styles(self, latent: Tensor, condition: Tensor | None = None) -> Tensor:
        """(B, Z) -> (B, L, W)."""
        ...

    def synthesize(self, styles: Tensor) -> Tensor:
        """(B, L, W) -> (B, *S)."""
        ...


@runtime_checkable
class HasAverageStyles(HasStyles, Protocol):
    """A generator with styles that says what it draws them towards when they are truncated."""

    def averages(self, condition: Tensor | None) -> Tensor:
        """Returns the average style under each condition, (B, ...) -> (B, W), or (1, W)."""
        ...


@runtime_checkable
class KeepsExamples(Protocol):
    """A generator whose latents are not drawn from a prior, such as a vocoder's spectrograms."""

    def example_latents(self) -> Tensor:
        """Returns the latents (E, Z) of some real samples, to be listened to in turn."""
        ...


@runtime_checkable
class HasSavedOptions(Protocol):
    """A generator that is saved under other options than it was built with."""

    @property
    def saved_options(self) -> Mapping[str, Any]:
        """Options that build it without the files of somebody else that it came from."""
        ...


@runtime_checkable
class HasFeatures(Protocol):
    """A discriminator with layers that others may compare samples by."""

    def features(self, samples: Tensor, condition: Tensor | None = None) -> list[Tensor]:
        """Returns the activations of its layers, first to last: (B, *S) -> [(B, ...), ...]."""
        ...


@runtime_checkable
class HasAuxiliaryHead(Protocol):
    """A discriminator that may predict a sample's condition, beside its logits."""

    @property
    def has_aux_logits(self) -> bool:
        """Whether this one does."""
        ...

    def logits_and_aux(
        self, samples: Tensor, condition: Tensor | None
    ) -> tuple[Tensor, Tensor | None]:
        """Returns the logits (B, N) and the auxiliary ones (B, ...) or None, in one pass."""
        ...

    def aux_loss(self, aux_logits: Tensor, condition: Tensor) -> Tensor:
        """Returns how wrong each prediction is: (B, ...), (B, ...) -> (B,)."""
        ...


@runtime_checkable
class HasStrength(Protocol):
    """An augmentation whose strength may be turned while a run trains."""

    strength: float  # in [0, 1]


@runtime_checkable
class MayLeak(HasStrength, Protocol):
    """An augmentation that generators learn themselves once it is too strong."""

    @property
    def leaks_above(self) -> float:
        """The largest strength that is safe."""
        ...


@runtime_checkable
class MaySeeWhole(Protocol):
    """A discriminator with an option `hidden`: a hidden layer over the whole sample."""

    @property
    def sees_whole(self) -> bool:
        """Whether this one has it."""
        ...


@runtime_checkable
class WantsWholeBatch(Protocol):
    """A regularizer whose term is another one of a batch that comes in pieces."""

    whole_batch: bool


@runtime_checkable
class ChecksGame(Protocol):
    """A regularizer that does not go with every game."""

    def check_game(self, game: "AdversarialGame") -> None:
        """Raises a `ConfigError` if it does not go with this one, when the game is built."""
        ...

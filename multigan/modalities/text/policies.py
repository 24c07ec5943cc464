"""Gradients of discrete tokens without a path: the generator as a policy that is rewarded.

The discriminator sees nothing but sampled tokens here. What it thinks of them is a reward, and the
generator makes rewarded tokens likelier (Williams 1992, REINFORCE).

Shapes: B texts, L positions, V tokens, R rows of a block, E the discriminator's embedding size.
"""

from typing import TYPE_CHECKING, Annotated, ClassVar, cast

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, log_softmax

from multigan.core.draws import uniform
from multigan.core.ema import frozen_copy
from multigan.core.engine import mean_over_processes
from multigan.core.objective import Batch
from multigan.modalities.text.choosing import choose_by
from multigan.modalities.text.networks.sequence import TextGenerator, without_dropout
from multigan.modalities.text.relaxations import RELAXATIONS, GeneratorTerms, Sampled, ShowsTokens
from multigan.modalities.text.vocabulary import Rows, entropy_of, masked_mean, until_end
from multigan.typed import Above, Count, Decay, Share

if TYPE_CHECKING:
    from multigan.modalities.text.text_game import TextGame

# Logits held at once while texts are completed: half a GiB on a GPU. A CPU gains nothing from more
# than the allocator uses again; see `multigan.core.heap`.
ROLLOUT_LOGITS = {"cpu": 2**23}
MANY = 2**27


class _Policy(ShowsTokens, nn.Module):
    """Shows the discriminator hard tokens, and weighs the tokens' log-probabilities by rewards.

    Args:
        baseline_decay: How much of the old baseline stays at each update; None for no baseline.
            0.08 is ScratchGAN's.
    """

    pathwise: ClassVar[bool] = False
    baseline: Tensor

    def __init__(self, baseline_decay: Decay | None) -> None:
        super().__init__()
        self.baseline_decay = baseline_decay
        self.register_buffer("baseline", torch.zeros(()))

    def follow(self, generator: nn.Module, *, playing: bool) -> None:
        """Keeps nothing of the generator."""

    def adversarial(
        self, game: "TextGame", batch: Batch, sampled: Sampled, states: Tensor
    ) -> GeneratorTerms:
        """Makes rewarded tokens likelier: the gradient of the expected reward, as a term."""
        rewards = self.rewards(game, batch, sampled).float()  # bfloat16 under autocast
        advantage = rewards - self._baseline_of(rewards, sampled.free)

        def compute(logits: Tensor, rows: Rows) -> tuple[Tensor, ...]:
            log_probs = -cross_entropy(logits, rows.of(sampled.ids), reduction="none")
            return (log_probs, entropy_of(logits)) if game.entropy_weight else (log_probs,)

        log_probs, *entropies = game.generator.over_vocabulary(states, sampled.free, compute)
        entropy = masked_mean(entropies[0], sampled.free) if entropies else None
        return GeneratorTerms(-masked_mean(advantage * log_probs, sampled.free), entropy)

    def rewards(self, game: "TextGame", batch: Batch, sampled: Sampled) -> Tensor:
        """Returns what each token has earned, (B, L), without gradient."""
        raise NotImplementedError

    def _baseline_of(self, rewards: Tensor, counted: Tensor) -> Tensor | float:
        """Returns the running mean of the rewards before this batch, then moves it."""
        if self.baseline_decay is None:
            return 0.0
        before = self.baseline.clone()
        if self.training:
            mean = mean_over_processes(masked_mean(rewards, counted))
            self.baseline.copy_(torch.lerp(mean, before, self.baseline_decay))
        return before


Bandwidth = Annotated[float, Above(0)]


@RELAXATIONS.register("reinforce")
class Reinforce(_Policy):
    """Rewards every token at once, from a discriminator that scores every token.

    Source: de Masson d'Autume et al. (2019), "Training Language GANs from Scratch" (ScratchGAN):
    reward 2 sigmoid(D) - 1, discounted returns, an exponential baseline. A discriminator with one
    score of the whole text rewards all of its tokens alike.

    Args:
        discount: How much a reward one token later counts; 0.23 in the paper.
        baseline_decay: See `_Policy`.
    """

    def __init__(self, discount: Share = 0.23, baseline_decay: Decay | None = 0.08) -> None:
        super().__init__(baseline_decay)
        self.discount = discount

    @torch.no_grad()
    def rewards(self, game: "TextGame", batch: Batch, sampled: Sampled) -> Tensor:
        """Returns the discounted returns."""
        logits = game.score(self.show(game, sampled), batch.condition)
        rewards = 2 * logits.sigmoid() - 1
        length = sampled.ids.shape[1]
        if rewards.shape[1] != length:
            return rewards.mean(1, keepdim=True).expand(-1, length)
        return returns(rewards * sampled.mask, self.discount)


@RELAXATIONS.register("rollout")
class Rollout(_Policy):
    """Rewards a token by how texts that begin with it turn out, on average.

    Source: Yu et al. (2017), "SeqGAN", Monte-Carlo search. All completions of all beginnings are
    sampled in one batch, or in as few as fit into memory.

    Args:
        rollouts: How many completions of each beginning; 16 in the paper.
        lag: How much of its old weights the policy that completes texts keeps when the generator
            is updated by the game; in the warm-up it is the generator. 0.8 in the paper's code,
            but for its embeddings, which do not lag there. 0: the generator itself, and no copy.
        baseline_decay: See `_Policy`; the paper has no baseline.
    """

    def __init__(
        self, rollouts: Count = 16, lag: Decay = 0.0, baseline_decay: Decay | None = None
    ) -> None:
        super().__init__(baseline_decay)
        self.rollouts, self.lag = rollouts, lag
        self.policy: TextGenerator | None = None

    @torch.no_grad()
    def follow(self, generator: nn.Module, *, playing: bool) -> None:
        """Moves the lagging policy towards the generator, or all the way in the warm-up."""
        if not self.lag:
            return
        if self.policy is None:
            self.policy = cast(TextGenerator, frozen_copy(generator))
        weight = 1 - self.lag if playing else 1.0
        torch._foreach_lerp_(list(self.policy.parameters()), list(generator.parameters()), weight)

    @torch.no_grad()
    def rewards(self, game: "TextGame", batch: Batch, sampled: Sampled) -> Tensor:
        """Returns the mean probability of being real, of the completions of each beginning."""
        count, length = sampled.ids.shape
        numbers = uniform(count, self.rollouts, length - 1, length, device=sampled.ids.device)
        held = ROLLOUT_LOGITS.get(sampled.ids.device.type, MANY)
        most = max(1, held // (count * (length - 1) * game.generator.vocab_size))
        sums = torch.zeros(count, length - 1, device=sampled.ids.device)
        for part in torch.split(numbers, most, dim=1):
            sums += self._completed(game, batch, sampled, part).sum(1)
        whole = self._reality(game, sampled.ids, batch.condition)
        return torch.cat([sums / self.rollouts, whole.unsqueeze(1)], dim=1)

    def _completed(
        self, game: "TextGame", batch: Batch, sampled: Sampled, numbers: Tensor
    ) -> Tensor:
        """Returns how real completions are: numbers (B, K, L - 1, L) -> (B, K, L - 1)."""
        count, repeats, beginnings, length = numbers.shape
        # Beginning t keeps its tokens up to position t. Beginnings come first, so that the rows
        # whose token is chosen are the first ones: which those are no GPU has to be asked.
        flat = numbers.permute(2, 0, 1, 3).reshape(-1, length)
        free = [min(at, beginnings) * count * repeats for at in range(length)]
        rows = sampled.ids.repeat_interleave(repeats, 0).repeat(beginnings, 1)
        asked = batch.condition
        if asked is not None:
            asked = asked.repeat_interleave(repeats, 0)
            asked = asked.repeat(beginnings, *[1] * (asked.ndim - 1))
        policy = self.policy or game.generator
        with without_dropout(policy):
            ids, _ = policy.sample(
                len(flat),
                lambda logits, at: choose_by(flat[: len(logits), at], logits.softmax(-1)),
                condition=asked,
                prefix=rows,
                free=free,
                length=length,
            )
        # Texts come first again: a batch in parts is cut by them, and so is what it draws.
        ids = ids.view(beginnings, count, repeats, length).permute(1, 2, 0, 3).reshape(-1, length)
        if batch.condition is not None:
            asked = batch.condition.repeat_interleave(repeats * beginnings, 0)
        return self._reality(game, ids, asked).view(count, repeats, beginnings)

    def _reality(self, game: "TextGame", ids: Tensor, condition: Tensor | None) -> Tensor:
        embedded = game.discriminator.embed(ids, until_end(ids, game.end_id))
        return game.score(embedded, condition).sigmoid().mean(1)


@RELAXATIONS.register("neighbor")
class Neighbor(_Policy):
    """Rewards a sampled token and its neighbors, whose reward the discriminator's slope foretells.

    After Lin et al. (2020), "TaylorGAN: Neighbor-Augmented Policy Update Towards Sample-Efficient
    Natural Language Generation": the reward of another token is the first-order Taylor expansion
    of the discriminator at the sampled one, weighted by a Gaussian kernel of their embeddings'
    distance. The kernel is normalized here.

    Args:
        bandwidth: The kernel's deviation, in units of sqrt(E), the length of unit embeddings.
        baseline_decay: See `_Policy`.
    """

    def __init__(self, bandwidth: Bandwidth = 0.3, baseline_decay: Decay | None = 0.5) -> None:
        super().__init__(baseline_decay)
        self.bandwidth = bandwidth

    def adversarial(
        self, game: "TextGame", batch: Batch, sampled: Sampled, states: Tensor
    ) -> GeneratorTerms:
        """Makes tokens likelier by their expected reward, near ones more than far ones."""
        with torch.enable_grad():
            embedded = self.show(game, sampled).detach().requires_grad_()
            reward = game.score(embedded, batch.condition).mean(1)
            (slope,) = torch.autograd.grad(reward.sum(), embedded)
        rewards = reward.detach().unsqueeze(1).expand_as(sampled.ids)
        advantage = rewards - self._baseline_of(rewards, sampled.free)
        table = game.discriminator.table().detach()
        scale = 2 * self.bandwidth**2 * table.shape[1]

        def compute(logits: Tensor, rows: Rows) -> tuple[Tensor, ...]:
            here, there = rows.of(embedded.detach()), rows.of(slope)
            foretold = there @ table.T - (there * here).sum(1, keepdim=True)
            kernel = (-torch.cdist(here, table).square() / scale).softmax(-1)
            weights = kernel * (foretold + rows.of(advantage).unsqueeze(1))
            gain = (weights * log_softmax(logits, dim=-1)).sum(1)
            return (gain, entropy_of(logits)) if game.entropy_weight else (gain,)

        gain, *entropies = game.generator.over_vocabulary(states, sampled.free, compute)
        entropy = masked_mean(entropies[0], sampled.free) if entropies else None
        return GeneratorTerms(-masked_mean(gain, sampled.free), entropy)


def returns(rewards: Tensor, discount: float) -> Tensor:
    """Returns each position's discounted sum of rewards from there on: (B, L) -> (B, L)."""
    length = rewards.shape[1]
    ahead = torch.arange(length, device=rewards.device)
    ahead = ahead.unsqueeze(1) - ahead  # (L, L): how many positions s lies after t
    powers = discount ** ahead.clamp_min(0).to(rewards.dtype)
    return rewards @ (powers * (ahead >= 0))

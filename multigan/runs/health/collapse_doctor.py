"""Looks at a run while it trains, and says what is wrong with it."""

import time
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor

from multigan.core.game import AdversarialGame
from multigan.core.growth import ProgressiveGame
from multigan.core.objective import Batch
from multigan.core.switches import evaluating
from multigan.core.trainer import Callback, Logs, Trainer
from multigan.files import write_json
from multigan.runs.folder import RunFolder
from multigan.runs.health.blindness import look
from multigan.runs.health.findings import LASTING, WARM_UP, Finding, Remedy, diagnose, worst
from multigan.runs.health.reference import Reference, make_reference
from multigan.runs.health.remedies import remedies_for
from multigan.runs.health.vitals import (
    Vitals,
    compare,
    draw_samples,
    gradient_ratio,
    memory,
    saturation,
)

ADVANTAGE = "discriminator/advantage"
SHARE = 0.03  # of the training's processor time, for asking a fresh network
FIRST_GUESS = 1.0  # seconds, what asking takes before it was ever done
KEPT = WARM_UP + LASTING  # inspections that a verdict depends on


class Doctor(Callback):
    """Inspects a game at regular steps and writes what it finds.

    It draws nothing from the run's random numbers and changes nothing, so a run is the same with
    and without it. An inspection costs about two passes of `samples` samples through each player,
    without gradients. Now and then a fresh network learns for a few seconds, too.

    Where networks grow, real samples are as coarse as theirs, and what was seen before the newest
    stage had faded in is forgotten: no alarm stands in a fade, nor in the warm-up after it.

    Args:
        run: Where health.json and rows of metrics are written; None writes nothing.
        every: Interval in steps; 0 never inspects.
        samples: How many real and generated samples are compared.
        held_out: Real samples that no player learns from; without them nobody can measure how far
            the discriminator overfits.
        sight: The share of the processor time that may go into asking a fresh network what it sees,
            see `multigan.runs.health.blindness`; 0 never asks.
        healer: Acts on alarms that last: told the trainer, the findings and how often it has acted
            before, it says whether it has acted again.
    """

    def __init__(
        self,
        run: RunFolder | None = None,
        *,
        every: int = 250,
        samples: int = 512,
        held_out: Batch | None = None,
        sight: float = SHARE,
        healer: Callable[[Trainer, list[Finding], int], bool] | None = None,
    ) -> None:
        self.run, self.every, self.samples, self.healer = run, every, samples, healer
        self.held_out, self.sight = held_out, sight
        self.history: list[Vitals] = []
        self.findings: list[Finding] = []
        self.seconds = 0.0  # of processor time, spent on inspections
        self._watched = self._looking = 0.0  # so far, and of that spent on asking
        self._last_look = FIRST_GUESS
        self._seen: dict[str, float] = {}
        self._began = time.process_time()
        self._inspections = self._healed = 0
        self._well = False
        self._real: Batch | None = None
        self._reference: Reference | None = None
        self._features: Tensor | None = None
        self._level = 0.0
        self._advantage: Tensor | None = None
        self._steps = 0

    def on_fit_start(self, trainer: Trainer) -> None:
        """Starts the clock."""
        self._began = time.process_time()

    def on_step_end(self, trainer: Trainer, logs: Logs) -> None:
        """Adds what the step says of the discriminator; inspects on every `every`-th step."""
        if not self.every or not isinstance(trainer.objective, AdversarialGame):
            return
        if ADVANTAGE in logs:
            value = logs[ADVANTAGE]
            self._advantage = value if self._advantage is None else self._advantage + value
            self._steps += 1
        if trainer.steps_done % self.every == 0:
            began = time.process_time()
            if trainer.engine.is_main:
                self.inspect(trainer)
            self.seconds += time.process_time() - began
            self._heal(trainer)

    def inspect(self, trainer: Trainer) -> list[Finding]:
        """Measures now, and returns and writes what was found."""
        self._keep_up_with_growth(trainer)
        vitals = self._measure(trainer)
        self.history = [*self.history, vitals][-KEPT:]
        self._inspections += 1
        self.findings = diagnose(self._judged(), self._remedies(trainer))
        state = worst(self.findings)
        self._well = state == "ok" and self._inspections > WARM_UP
        self._write(trainer, vitals, state)
        return self.findings

    def is_healthy(self) -> bool:
        """Whether the last inspection found nothing; not before the first one after the warm-up."""
        return self._well

    def state_dict(self) -> dict[str, Any]:
        """Returns the inspections that later verdicts depend on."""
        return {
            "history": [vitals.to_json() for vitals in self.history],
            "inspections": self._inspections,
            "healed": self._healed,
            "well": self._well,
            "features": self._features,
            "level": self._level,
            "advantage": self._advantage,
            "steps": self._steps,
            "watched": self._watched + time.process_time() - self._began,
            "looking": self._looking,
            "last_look": self._last_look,
            "seen": self._seen,
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Takes over the inspections."""
        self.history = [Vitals.from_json(vitals) for vitals in state["history"]]
        self._inspections, self._healed = state["inspections"], state["healed"]
        self._well = state["well"]
        self._features, self._advantage = state["features"], state["advantage"]
        self._steps = state["steps"]
        # Which checkpoints of earlier versions have not:
        self._level = state.get("level", 0.0)
        self._watched, self._looking = state.get("watched", 0.0), state.get("looking", 0.0)
        self._last_look = state.get("last_look", FIRST_GUESS)
        self._seen = state.get("seen", {})

    def _keep_up_with_growth(self, trainer: Trainer) -> None:
        game = trainer.objective
        if not isinstance(game, ProgressiveGame) or game.level == self._level:
            return
        self._level = game.level
        self._reference = self._features = None
        self.history, self._inspections = [], 0  # what is new has not begun to learn
        self._seen = {}

    def _heal(self, trainer: Trainer) -> None:
        if self.healer is None:
            return
        self.findings = trainer.engine.share(self.findings)
        lasting = any(finding.lasts for finding in self.findings)
        if lasting and self.healer(trainer, self.findings, self._healed):
            self._healed += 1
            self.history, self._inspections = [], 0  # the remedy gets its time
            self._seen = {}

    def _remedies(self, trainer: Trainer) -> dict[str, Remedy]:
        return remedies_for(trainer, conditional=self._first_real(trainer).condition is not None)

    def _judged(self) -> list[Vitals]:
        """Returns the inspections; of a long run only those after the warm-up are still kept."""
        padding = min(self._inspections - len(self.history), WARM_UP)
        return [self.history[0]] * padding + self.history

    @torch.no_grad()
    def _measure(self, trainer: Trainer) -> Vitals:
        game = trainer.objective
        assert isinstance(game, AdversarialGame)
        found: dict[str, Any] = {"step": trainer.steps_done}
        real = self._first_real(trainer)
        if real.samples.is_floating_point():
            found |= self._measure_samples(trainer, game, real)
        if self.held_out is not None:
            learned, unseen = (
                _logits(game, game.shown(batch), batch.condition) for batch in (real, self.held_out)
            )
            found |= {"memory": memory(learned, unseen), "unseen": len(self.held_out)}
        if self._advantage is not None:
            found["advantage"] = float(self._advantage / self._steps)
            self._advantage, self._steps = None, 0
        self._look(trainer, game)
        found |= self._seen
        found["generator_gradient"] = gradient_ratio(game.generator)
        found["discriminator_gradient"] = gradient_ratio(game.discriminator)
        return Vitals(**found)

    def _look(self, trainer: Trainer, game: AdversarialGame) -> None:
        """Asks a fresh network, when that is due and its time has been earned."""
        began = time.process_time()
        earned = self.sight * (self._watched + began - self._began)
        if self._inspections < WARM_UP or self._looking + self._last_look > earned:
            return
        found = look(trainer, game)
        self._seen = {"fresh_auc": found.fresh, "own_auc": found.own}
        self._last_look = time.process_time() - began
        self._looking += self._last_look

    def _measure_samples(
        self, trainer: Trainer, game: AdversarialGame, real: Batch
    ) -> dict[str, Any]:
        """Returns what samples tell; not of words, whose numbers have no distances."""
        shown = game.shown(real)
        if self._reference is None:
            self._reference = make_reference(shown, real.condition)
        reference = self._reference
        samples = draw_samples(game, reference, len(real), trainer.engine.device)
        features = reference.features(samples)
        before = None if self._features is None else self._features.to(features.device)
        self._features = features
        if not features.isfinite().all():
            return {}
        last = self.history[-1] if self.history else None
        found = compare(features, before, reference, last)
        logits = (_logits(game, judged, real.condition) for judged in (shown, samples))
        found["saturation"] = saturation(game.loss, *logits)
        return found

    def _first_real(self, trainer: Trainer) -> Batch:
        """Returns the first real samples of the run; kept once read."""
        if self._real is None:
            found, conditions, count = [], [], 0
            for batch in trainer.data.batches(0):
                found.append(batch.samples)
                conditions.append(batch.condition)
                count += len(batch)
                if count >= self.samples:
                    break
            given = [c for c in conditions if c is not None]
            condition = torch.cat(given)[: self.samples] if given else None
            self._real = Batch(torch.cat(found)[: self.samples], condition)
        return self._real

    def _write(self, trainer: Trainer, vitals: Vitals, state: str) -> None:
        if self.run is None:
            return
        findings = [finding.to_json() for finding in self.findings]
        write_json(self.run.health_file, {"step": trainer.steps_done, "findings": findings})
        numbers = {f"health/{name}": value for name, value in vitals.numbers().items()}
        self.run.append_metrics({"step": trainer.steps_done, "health": state, **numbers})


def _logits(game: AdversarialGame, samples: Tensor, condition: Tensor | None) -> Tensor:
    """Returns the discriminator's logits, and leaves its norms' statistics as they are."""
    with evaluating(game.discriminator):
        logits: Tensor = game.discriminator(samples, condition).float()
    return logits

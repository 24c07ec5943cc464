"""The training loop. It knows phases, optimizers and steps; it does not know what a GAN is."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from multigan.core.draws import part_of
from multigan.core.ema import Average
from multigan.core.engine import Engine, batch_statistics, gradients
from multigan.core.knobs import Knob
from multigan.core.moves import EagerMoves, Move, Moves
from multigan.core.objective import Batch, Objective, Phase
from multigan.core.schedules import Schedule
from multigan.core.switches import frozen
from multigan.core.window import LossWindow
from multigan.errors import CheckpointError, ConfigError, DivergedError, UnknownNameError

SHARE_EVERY = 10  # steps between two questions to the main process, which each cost a wait

Logs = dict[str, Tensor]  # detached scalars; reading one back costs a wait for the device


class Data(Protocol):
    """Endless batches, each a function of its index."""

    @property
    def batch_size(self) -> int:
        """Samples in a batch, over all processes."""
        ...

    def batches(self, start: int) -> Iterator[Batch]:
        """Yields this process's part of batch `start`, `start + 1`, ..."""
        ...


class Callback:
    """Something that happens around training; override what you need."""

    def on_fit_start(self, trainer: "Trainer") -> None:
        """Runs before the first step."""

    def on_step_end(self, trainer: "Trainer", logs: Logs) -> None:
        """Runs after every step."""

    def on_fit_end(self, trainer: "Trainer") -> None:
        """Runs when training ends, also by an error."""

    def state_dict(self) -> dict[str, Any]:
        """Returns what this callback must remember to resume exactly: tensors and plain values."""
        return {}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Takes over what `state_dict` returned."""


class Trainer:
    """Plays the phases of an objective, step after step.

    Args:
        objective: What to optimize, on the engine's device.
        optimizers: One per phase, by the phase's name.
        data: Batches of real samples.
        callbacks: Called in order.
        schedules: How knobs move, by the knob's name.
        engine: Device, precision and processes.
        seed: Together with the step number, decides every random draw of that step.
        accumulate: Into how many pieces a batch is cut to fit into memory. The gradients are
            those of the whole batch.
        half_life: Of the exponential moving average (EMA) of the networks' weights, in samples; see
            `Average`.
        clip: The largest norm of a player's gradient, by the phase's name; 0 for any.
        moves: How gradients are computed; by default eagerly, by autograd.

    Example:
        >>> trainer = Trainer(game, optimizers, data, seed=0)  # doctest: +SKIP
        >>> trainer.fit(1000)  # doctest: +SKIP
        >>> trainer.average["generator"](latent, condition)  # doctest: +SKIP
    """

    def __init__(
        self,
        objective: Objective,
        optimizers: Mapping[str, torch.optim.Optimizer],
        data: Data,
        *,
        callbacks: Sequence[Callback] = (),
        schedules: Mapping[str, Schedule] | None = None,
        engine: Engine | None = None,
        seed: int = 0,
        accumulate: int = 1,
        half_life: float = 20_000,
        clip: Mapping[str, float] | None = None,
        moves: Moves | None = None,
    ) -> None:
        self.objective = objective
        self.optimizers = dict(optimizers)
        self.data = data
        self.callbacks = list(callbacks)
        self.engine = engine or Engine()
        self.moves = moves or EagerMoves(self.engine)
        self.seed = seed
        self.accumulate = accumulate
        self.clip = dict(clip or {})
        self.average = Average(objective.averaged, half_life=half_life)
        self.window = LossWindow()
        self.steps_done = 0
        self.batches_seen = 0
        self.overrides: dict[str, float] = {}  # knobs that a person turned; they beat schedules
        self.learning_rate_scale = 1.0  # lowered by a rollback
        self._rate_scales = dict.fromkeys(optimizers, 1.0)  # each player's own, for balance
        self.stop_reason: str | None = None
        self.stop_facts: dict[str, Any] = {}
        self._stopped = False
        self._finite_at = -1
        self._rates = {name: o.param_groups[0]["lr"] for name, o in self.optimizers.items()}
        self._batches: Iterator[Batch] | None = None
        made = {phase.name: self.engine.scaler() for phase in objective.phases}
        self._scalers = {name: scaler for name, scaler in made.items() if scaler is not None}
        self._opponents = {p.name: _outside(p.player, objective) for p in objective.phases}
        self.knobs = self._make_knobs()
        self.schedules = {
            knob: schedule
            for name, schedule in (schedules or {}).items()
            for knob in self._expand(name)
        }
        self._at_start = {name: knob.get() for name, knob in self.knobs.items()}
        self._check()

    @property
    def samples_seen(self) -> int:
        """Real samples per player so far, over all processes: steps times batch size."""
        return self.steps_done * self.data.batch_size

    def fit(self, steps: int) -> None:
        """Trains for `steps` further steps, or until somebody calls `stop`."""
        if self._stopped:  # an earlier `fit` has obeyed
            self.stop_reason, self.stop_facts, self._stopped = None, {}, False
        try:
            self._notify("on_fit_start")
            for _ in range(steps):
                if self.must_stop():
                    break
                self._notify("on_step_end", self.step())
        finally:
            self._stopped = self.stop_reason is not None
            self._notify("on_fit_end")

    def stop(self, reason: str, facts: Mapping[str, Any] | None = None) -> None:
        """Ends `fit` after the step in progress, or before the first if it has not begun.

        Args:
            reason: For people, without a period.
            facts: The same for programs, by name; a run's status.json gets them.
        """
        self.stop_reason, self.stop_facts = reason, dict(facts or {})

    def must_stop(self) -> bool:
        """Whether somebody called `stop`, the same in every process."""
        if self.engine.world_size > 1:
            if self.steps_done % SHARE_EVERY:
                return False
            self.stop_reason = self.engine.share(self.stop_reason)
        return self.stop_reason is not None

    def check_finite(self) -> None:
        """Makes sure that what is about to be shown or saved is worth it, in every process.

        Raises:
            DivergedError: A loss since the last log, or a weight, is not finite.
        """
        if self._finite_at == self.steps_done:
            return
        self.window.means(self.steps_done, self.engine)
        for phase in self.objective.phases:
            finite = torch.stack([p.isfinite().all() for p in phase.player.parameters()]).all()
            share = finite.float()
            self.engine.average([share])
            if share.item() < 1:
                raise DivergedError(
                    f"By step {self.steps_done} the updates of the {phase.name} have made its "
                    "weights non-finite, though no loss was. Lower its learning rate."
                )
        self._finite_at = self.steps_done

    def step(self) -> Logs:
        """Plays every active phase and returns its loss terms as `phase/term`."""
        self._apply_schedules(self.steps_done)
        logs: Logs = {}
        for phase in self.objective.phases:
            for repetition in range(phase.repeat if phase.active(self.steps_done) else 0):
                logs |= self._update(phase, repetition)
        if self.engine.world_size > 1:
            self.engine.average(batch_statistics(self.objective))
        self.steps_done += 1
        self.average.update(self.data.batch_size, self.samples_seen)
        self.window.add(logs, self.steps_done)
        return logs

    def turn(self, name: str, value: float | None) -> None:
        """Sets a knob for the rest of the run, over any schedule; None undoes that.

        Raises:
            UnknownNameError: There is no knob of that name.
            ConfigError: The value is out of its range.
        """
        for knob in self._expand(name):
            if value is None:
                self.overrides.pop(knob, None)
                self.knobs[knob].set(self._at_start[knob])
            else:
                self.knobs[knob].set(self.knobs[knob].check(knob, value))
                self.overrides[knob] = value

    def scale_learning_rate(self, factor: float) -> None:
        """Multiplies every learning rate, scheduled or not, for the rest of the run."""
        self.learning_rate_scale *= factor
        for name, rate in self._rates.items():
            self._set_rate(name, rate)

    def state_dict(self) -> dict[str, Any]:
        """Returns everything `load_state_dict` needs to continue exactly where this one stands."""
        scales = {name: scaler.state_dict() for name, scaler in self._scalers.items()}
        moves = self.moves.state_dict()
        return {
            "objective": self.objective.state_dict(),
            "average": self.average.state_dict(),
            "optimizers": {name: o.state_dict() for name, o in self.optimizers.items()},
            "window": self.window.state_dict(),
            "callbacks": {
                type(callback).__name__: state
                for callback in self.callbacks
                if (state := callback.state_dict())
            },
            "progress": {
                "steps_done": self.steps_done,
                "batches_seen": self.batches_seen,
                "learning_rate_scale": self.learning_rate_scale,
                "overrides": dict(self.overrides),
                "seed": self.seed,
                **({"scalers": scales} if scales else {}),
                **({"moves": moves} if moves else {}),
            },
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Takes over what `state_dict` returned.

        Raises:
            CheckpointError: The state belongs to other networks, players or callbacks.
        """
        try:
            self.objective.load_state_dict(state["objective"])
            self.average.load_state_dict(state["average"])
            for name, optimizer in self.optimizers.items():
                optimizer.load_state_dict(state["optimizers"][name])
            for name, scaler in self._scalers.items():
                if kept := state["progress"].get("scalers", {}).get(name):
                    scaler.load_state_dict(kept)
            for callback in self.callbacks:
                if saved := state["callbacks"].get(type(callback).__name__):
                    callback.load_state_dict(saved)
        except (RuntimeError, KeyError, ValueError) as error:
            raise CheckpointError(f"The saved state does not fit this trainer: {error}") from None
        self.window.load_state_dict(state["window"], self.engine.device)
        progress = state["progress"]
        self.moves.load_state_dict(progress.get("moves", {}))
        self.steps_done, self.batches_seen = progress["steps_done"], progress["batches_seen"]
        self.seed = progress["seed"]
        self.overrides = {}
        self.learning_rate_scale = progress["learning_rate_scale"]
        self.scale_learning_rate(1.0)
        for name, value in progress["overrides"].items():
            self.turn(name, value)
        self._apply_schedules(max(self.steps_done - 1, 0))  # where the last step left knobs
        self._batches = None
        self._finite_at = -1

    def _update(self, phase: Phase, repetition: int) -> Logs:
        """Moves one player once and returns its terms' means over the pieces of the batch."""
        with self.engine.updating():
            logs = self._add_gradients(phase, repetition)
            self._move(phase)
        return logs

    def _add_gradients(self, phase: Phase, repetition: int) -> Logs:
        """Differentiates one player's terms, piece by piece; returns their means."""
        engine = self.engine
        self.optimizers[phase.name].zero_grad(set_to_none=True)
        pieces = self._next_batch().split(self.accumulate)
        path = (self.seed, self.steps_done, phase.name, repetition)
        scaler = self._scalers.get(phase.name)
        logs: Logs = {}
        with frozen(self._opponents[phase.name]):
            for index, piece in enumerate(pieces):
                part = engine.rank * self.accumulate + index
                with part_of(part, engine.world_size * self.accumulate):
                    move = Move(phase, piece, self.steps_done, path, len(pieces), scaler)
                    terms = self.moves.play(move)
                for name, term in terms.items():
                    key, share = f"{phase.name}/{name}", term.detach() / len(pieces)
                    logs[key] = logs[key] + share if key in logs else share
        return logs

    def _move(self, phase: Phase) -> None:
        """Averages one player's gradients over all processes and moves its weights by them."""
        optimizer, scaler = self.optimizers[phase.name], self._scalers.get(phase.name)
        self.engine.average(gradients(phase.player))
        if scaler is not None:
            scaler.unscale_(optimizer)
        if largest := self.clip.get(phase.name):
            torch.nn.utils.clip_grad_norm_(phase.player.parameters(), largest)
        if scaler is None:
            optimizer.step()
        else:  # leaves the weights alone where a gradient is not finite
            scaler.step(optimizer)
            scaler.update()
        if phase.after is not None:
            phase.after()

    def _apply_schedules(self, step: int) -> None:
        for name, schedule in self.schedules.items():
            if name not in self.overrides:
                self.knobs[name].set(schedule(step * self.data.batch_size))

    def _next_batch(self) -> Batch:
        if self._batches is None:
            self._batches = self.data.batches(start=self.batches_seen)
        self.batches_seen += 1
        return next(self._batches)

    def _make_knobs(self) -> dict[str, Knob]:
        knobs = dict(self.objective.knobs)
        knobs["average.half_life"] = Knob(
            lambda: self.average.half_life, lambda v: setattr(self.average, "half_life", v)
        )
        for name, optimizer in self.optimizers.items():
            knobs[f"{name}.learning_rate"] = Knob(
                partial(self._rates.__getitem__, name), partial(self._set_rate, name), maximum=1.0
            )
            knobs[f"{name}.rate_scale"] = Knob(
                partial(self._rate_scales.__getitem__, name), partial(self._scale_rate, name)
            )
            if "betas" in optimizer.param_groups[0]:
                knobs[f"{name}.beta2"] = _beta2_knob(optimizer)
        return knobs

    def _expand(self, name: str) -> list[str]:
        """Returns the knobs that `name` means: "learning_rate" is that of every player."""
        if name in self.knobs:
            return [name]
        every = [
            f"{player}.{name}" for player in self.optimizers if f"{player}.{name}" in self.knobs
        ]
        if not every:
            shared = {
                knob.rpartition(".")[2]
                for knob in self.knobs
                if knob.split(".")[0] in self.optimizers
            }
            raise UnknownNameError("knob", name, known={*self.knobs, *shared})
        return every

    def _set_rate(self, name: str, rate: float) -> None:
        self._rates[name] = rate
        for group in self.optimizers[name].param_groups:
            group["lr"] = rate * self._rate_scales[name] * self.learning_rate_scale

    def _scale_rate(self, name: str, scale: float) -> None:
        self._rate_scales[name] = scale
        self._set_rate(name, self._rates[name])

    def _check(self) -> None:
        names = [phase.name for phase in self.objective.phases]
        if set(names) != set(self.optimizers):
            raise ConfigError(
                f"The phases {', '.join(names)} need one optimizer each, by name; "
                f"there are optimizers for {', '.join(self.optimizers) or 'none'}."
            )
        for name, schedule in self.schedules.items():
            for value in (schedule.start, schedule.end):
                self.knobs[name].check(f"The schedule of {name}", value)
        pieces = self.accumulate * self.engine.world_size
        if self.data.batch_size % pieces:
            raise ConfigError(
                f"A batch of {self.data.batch_size} cannot be cut into {pieces} equal pieces "
                f"({self.engine.world_size} processes x {self.accumulate} accumulation steps)."
            )

    def _notify(self, event: str, *args: object) -> None:
        for callback in self.callbacks:
            getattr(callback, event)(self, *args)


def _outside(player: nn.Module, objective: nn.Module) -> list[nn.Parameter]:
    own = {id(p) for p in player.parameters()}
    return [p for p in objective.parameters() if id(p) not in own]


def _beta2_knob(optimizer: torch.optim.Optimizer) -> Knob:
    def change(value: float) -> None:
        for group in optimizer.param_groups:
            group["betas"] = (group["betas"][0], value)

    return Knob(lambda: optimizer.param_groups[0]["betas"][1], change, maximum=0.999999)

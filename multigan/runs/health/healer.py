"""Applies what the doctor suggests, by itself."""

from collections.abc import Callable, Sequence

from multigan.core.trainer import Trainer
from multigan.errors import MultiganError
from multigan.runs.folder import RunFolder
from multigan.runs.health.findings import Finding, Remedy

MOST_TURNS = 3  # of knobs; a run that they have not helped needs more than knobs
STOPPED_FOR = "stopped_for"  # in status.json: the finding and the remedy that needs a new run


class Healer:
    """Turns knobs at an alarm; where that is not enough, stops the run, so that a new one heals it.

    It acts on what lasts only: healthy runs raise alarms that pass. The doctor forgets its
    inspections after each remedy, so that the remedy gets its time.

    Args:
        run: Where rows about what was done are written.
        check: Called with a remedy that needs a new run before this one is stopped for it; raises a
            `MultiganError` if that run could not be built. Such a remedy is refused, once.
    """

    def __init__(
        self, run: RunFolder, check: Callable[[Remedy], None] = lambda remedy: None
    ) -> None:
        self.run, self.check = run, check
        self._refused: set[str] = set()

    def __call__(self, trainer: Trainer, findings: Sequence[Finding], turns: int) -> bool:
        """Acts on the first lasting alarm that has a remedy; returns whether anything was done.

        Args:
            trainer: Of the run.
            findings: Of the inspection.
            turns: How often knobs were turned before.
        """
        for finding in findings:
            remedy = finding.remedy
            if not finding.lasts or remedy is None or remedy.name in self._refused:
                continue
            if not remedy.needs_fork and turns < MOST_TURNS:
                self._turn(trainer, finding, remedy)
                return True
            if remedy.needs_fork and self._can_begin(trainer, remedy):
                reason = f"unwell: {finding.text} {remedy.text}".rstrip(".")
                cause = {"finding": finding.name, "remedy": remedy.name}
                trainer.stop(reason, {STOPPED_FOR: cause})
                return True
        return False

    def _can_begin(self, trainer: Trainer, remedy: Remedy) -> bool:
        try:
            self.check(remedy)
        except MultiganError as error:
            self._refused.add(remedy.name)
            if trainer.engine.is_main:
                text = f"{remedy.text} That run cannot be built: {error}"
                self.run.append_metrics({"step": trainer.steps_done, "refused": text})
            return False
        return True

    def _turn(self, trainer: Trainer, finding: Finding, remedy: Remedy) -> None:
        for knob, value in remedy.knobs.items():
            trainer.turn(knob, min(value, trainer.knobs[knob].maximum))
        if trainer.engine.is_main:
            event = {"heal": f"{finding.text} {remedy.text}", "set": remedy.knobs}
            self.run.append_metrics({"step": trainer.steps_done, **event})

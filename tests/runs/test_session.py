"""Runs from start to end, and through what happens in between."""

import json

import pytest
import torch

import multigan
from multigan import ImageTrainer, Pipeline, Run
from multigan.core.trainer import Callback
from multigan.errors import (
    CheckpointError,
    ConfigError,
    DataError,
    DivergedError,
    MultiganError,
    RunError,
)
from multigan.files import write_json
from multigan.modalities.recipes import RECIPES, recipe
from multigan.runs.evaluate import evaluate_run
from multigan.runs.folder import checkpoint_step
from multigan.runs.fork import fork
from multigan.runs.session import resume, start

SMALL = {
    "batch_size": 8,
    "generator.width": 8,
    "discriminator.width": 8,
    "latent_dim": 8,
    "log_every": 2,
    "log_seconds": 0,
    "look_every": 4,
    "look_seconds": 0,
    "checkpoint_every": 4,
}


def train(tmp_path, data="digits", steps=8, changes=None, **more) -> Run:
    return ImageTrainer(
        data, steps=steps, out=tmp_path / "runs", changes=SMALL | (changes or {}), **more
    ).fit()


@pytest.fixture(scope="module")
def shared_cache(tmp_path_factory):
    return tmp_path_factory.mktemp("shared-cache")


@pytest.fixture(autouse=True)
def classifiers_are_trained_once(own_cache, shared_cache, monkeypatch):
    monkeypatch.setenv("MULTIGAN_CACHE", str(shared_cache))


@pytest.fixture(scope="module")
def finished(tmp_path_factory) -> Run:
    return train(tmp_path_factory.mktemp("finished"))


@pytest.mark.parametrize("name", ["lecam", "feature_matching"])
def test_pieces_without_the_whole_batchs_gradient_are_refused(tmp_path, name):
    asked, pieces = {f"regularizers.{name}": {}}, {"accumulate": 2}
    with pytest.raises(ConfigError, match=rf"{name} compares means of .* accumulate=2 cuts"):
        train(tmp_path, changes=asked | pieces)
    assert not (tmp_path / "runs").exists()
    parent = train(tmp_path, changes=asked)
    with pytest.raises(ConfigError, match=f"{name} compares means"):
        fork(parent, step=4, changes=pieces)
    assert train(tmp_path, changes=pieces, steps=2).status()["state"] == "finished"


def test_a_run_leaves_what_the_design_says(finished):
    assert finished.name == "0001-digits"
    assert finished.status()["state"] == "finished"
    assert [path.name for path in finished.sample_files()] == [
        f"{step:06d}.png" for step in (0, 4, 8)
    ]
    assert [path.name for path in finished.checkpoint_folders()] == ["step-000004", "step-000008"]
    assert finished.recipe.steps == 8
    environment = json.loads(finished.environment_file.read_text())
    assert environment["packages"]["torch"] == torch.__version__
    assert environment["data"]["used"] == 1797
    assert (finished.path / "report.html").is_file()


def test_a_run_is_sampled(finished):
    images = finished.pipeline()(16, condition=3, seed=7)
    assert [image.size for image in images] == [(8, 8)] * 16
    again = Pipeline.from_pretrained(finished.path)(16, condition=3, seed=7)
    assert [a.tobytes() for a in again] == [b.tobytes() for b in images]


def test_the_pipeline_is_the_average_of_the_last_step(finished):
    from multigan.runs.checkpoint import load_checkpoint

    average = load_checkpoint(finished.checkpoint_folders()[-1])["average"]
    generator = finished.pipeline().generator.state_dict()
    assert all(torch.equal(generator[n], average[f"networks.generator.{n}"]) for n in generator)


def test_a_longer_run_equals_a_resumed_shorter_one(tmp_path):
    changes = {"schedules.learning_rate.over": 100, "schedules.beta2.over": 100}
    whole = train(tmp_path / "a", steps=12, changes=changes)
    short = train(tmp_path / "b", steps=6, changes=changes)
    longer = multigan.resume(short.path, steps=12)
    ends = [run.checkpoints / "step-000012" / "networks.safetensors" for run in (whole, longer)]
    assert ends[0].read_bytes() == ends[1].read_bytes()


def test_a_finished_run_is_not_resumed_without_a_new_end(finished):
    with pytest.raises(ConfigError, match=r"has done its 8 steps.* --steps 16"):
        resume(finished)


def test_a_run_that_is_being_trained_is_not_resumed(finished):
    with finished.lock(), pytest.raises(RunError, match="trained by another process"):
        resume(finished, steps=20)


def test_nothing_is_written_for_a_recipe_that_cannot_be_built(tmp_path):
    for changes in (
        {"generator.widht": 4},
        {"loss": "hing"},
        {"schedules.r9.weight": {"start": 1, "end": 0}},
        {"regularizers.r3": {}},
        {"evaluate_every": 1, "metrics": ["covrage"]},
    ):
        with pytest.raises(ConfigError):
            train(tmp_path, changes=changes)
    assert not (tmp_path / "runs").exists()


def test_tensors_given_in_python(tmp_path):
    images = torch.randint(256, (40, 3, 12, 8), dtype=torch.uint8)
    labels = torch.arange(40) % 2
    run = train(tmp_path, data=(images, labels), steps=4)
    assert run.pipeline()(2, condition=1)[0].size == (8, 12)
    with pytest.raises(RunError, match=r"only Python can give again"):
        multigan.resume(run, steps=6)
    assert multigan.resume(run, steps=6, data=(images, labels)).status()["step"] == 6


def test_changed_data_is_refused_unless_accepted(tmp_path):
    images = torch.randint(256, (40, 1, 8, 8), dtype=torch.uint8)
    run = train(tmp_path, data=images, steps=4)
    with pytest.raises(DataError, match="is not what run 0001-image began with: 40 samples"):
        resume(run, steps=6, data=images[:30])
    changed = resume(run, steps=6, data=images[:30], accept_changed_data=True)
    assert changed.fit().status()["step"] == 6


def test_labels_can_be_left_out(tmp_path):
    run = train(tmp_path, steps=2, changes={"conditional": False})
    assert run.pipeline().condition is None


class Poison(Callback):
    """Makes weights not a number the first `times` times that a step is done."""

    def __init__(self, step: int, times: int = 1) -> None:
        self.step, self.times = step, times

    def on_step_end(self, trainer, logs):
        if trainer.steps_done == self.step and self.times:
            self.times -= 1
            with torch.no_grad():
                next(trainer.objective.discriminator.parameters()).fill_(float("nan"))


def poisoned(tmp_path, **changes):
    settled = recipe("digits").changed(SMALL | {"steps": 12} | changes)
    return start(settled, out=tmp_path, device="cpu", callbacks=[Poison(6)])


def test_a_divergence_stops_the_run_and_leaves_the_last_good_checkpoint(tmp_path):
    session = poisoned(tmp_path)
    with pytest.raises(DivergedError, match=r"made .*discriminator/adversarial.* non-finite"):
        session.fit()
    run = session.run
    assert run.status()["state"] == "failed"
    assert "non-finite" in run.status()["message"]
    assert [folder.name for folder in run.checkpoint_folders()] == ["step-000004"]
    assert all(t.isfinite().all() for t in run.pipeline().generator.state_dict().values())


def test_a_divergence_rolls_back_with_a_smaller_learning_rate_if_asked(tmp_path):
    without_schedule = {"schedules.learning_rate": None}
    session = poisoned(tmp_path, on_divergence="rollback", **without_schedule)
    run = session.fit()
    assert run.status()["state"] == "finished"
    assert session.trainer.learning_rate_scale == 0.5
    (note,) = [row["rollback"] for row in run.metrics() if "rollback" in row]
    assert "from step 8 to 4" in note
    assert session.trainer.optimizers["generator"].param_groups[0]["lr"] == pytest.approx(
        0.5 * session.recipe.optimizers["generator"].learning_rate
    )


def test_before_the_first_checkpoint_it_rolls_back_to_the_start(tmp_path):
    session = poisoned(tmp_path, on_divergence="rollback", checkpoint_every=100)
    assert session.fit().status()["state"] == "finished"
    assert "to 0;" in session.notes[0]


def test_weights_that_diverge_without_a_loss_roll_back_too(tmp_path):
    class PoisonGenerator(Poison):
        def on_step_end(self, trainer, logs):
            if trainer.steps_done == self.step and self.times:
                self.times -= 1
                with torch.no_grad():
                    trainer.objective.generator.input.weight[0, 0] = float("inf")

    settled = recipe("digits").changed(SMALL | {"steps": 8, "on_divergence": "rollback"})
    # Infinite just before the look, the evaluation and the checkpoint of step 4.
    session = start(settled, out=tmp_path, device="cpu")
    session.trainer.callbacks.insert(0, PoisonGenerator(4))
    assert session.fit().status()["state"] == "finished"
    assert "generator" in session.notes[0]


def test_rollbacks_are_remembered_by_the_next_session(tmp_path):
    session = poisoned(tmp_path, on_divergence="rollback", max_rollbacks=1)
    session.trainer.callbacks.append(Poison(6, times=2))
    with pytest.raises(DivergedError, match="1 rollbacks have not helped"):
        session.fit()
    resumed = resume(session.run)
    assert resumed.trainer.steps_done == 4
    assert resumed.trainer.learning_rate_scale == 0.5
    assert resumed._rollbacks == 1


def test_an_unexpected_error_is_told_in_the_status(tmp_path):
    class Broken(Callback):
        def on_step_end(self, trainer, logs):
            raise OSError("disk full")

    session = start(recipe("digits").changed(SMALL), out=tmp_path, callbacks=[Broken()])
    with pytest.raises(OSError, match="disk full"):
        session.fit()
    assert session.run.status()["message"] == "OSError: disk full"


def test_a_run_without_a_pipeline_says_how_to_get_one(tmp_path):
    session = start(recipe("digits").changed(SMALL), out=tmp_path)
    with pytest.raises(CheckpointError, match="multigan runs checkpoint"):
        session.run.pipeline()


def test_a_damaged_recipe_is_an_error(tmp_path):
    (tmp_path / "recipe.json").write_text("{")
    with pytest.raises(RunError, match="cannot be read"):
        _ = Run(tmp_path).recipe


def test_metrics_are_measured_while_training(tmp_path):
    changes = {"evaluate_every": 4, "metrics": ["coverage", "agreement"], "best_by": "coverage"}
    run = train(tmp_path, changes=changes)
    measured = [row for row in run.metrics() if "metric/coverage" in row]
    assert [row["step"] for row in measured] == [4, 8]
    best = max(measured, key=lambda row: row["metric/coverage"])["step"]
    latents = torch.zeros(1, 8)
    chosen, at_step = (run.pipeline(best=True), run.pipeline(step=best))
    condition = torch.zeros(1, dtype=torch.long)
    assert torch.equal(chosen.generate(latents, condition), at_step.generate(latents, condition))
    with pytest.raises(CheckpointError, match=r"no checkpoint of step 3\. Kept: 4, 8"):
        run.pipeline(step=3)


def test_what_cannot_be_measured_is_refused_at_the_start_and_ends_no_older_run(tmp_path):
    few = torch.randint(256, (200, 1, 8, 8), dtype=torch.uint8)
    changes = {"evaluate_every": 2, "best_by": "frechet-extrapolated", "metrics": ["coverage"]}
    with pytest.raises(ConfigError, match=r"at least 768 samples .* there would be 200"):
        train(tmp_path, data=few, changes=changes)
    with pytest.raises(ConfigError, match="agreement needs the real samples' labels"):
        train(tmp_path, data=few, changes=changes | {"best_by": "agreement"})
    assert not (tmp_path / "runs").exists()
    run = train(tmp_path, data=few, steps=2)
    write_json(run.recipe_file, run.recipe.changed(changes).to_json())  # as it was once accepted
    session = resume(run, steps=6, data=few)
    session.fit()
    assert run.status()["state"] == "finished"
    assert sum("metric/coverage" in row for row in run.metrics()) == 2
    (note,) = session.notes  # said once, of two evaluations
    assert note.startswith("Not measured (frechet-extrapolated): ")


def test_a_run_that_never_looked_has_no_best_step(finished):
    with pytest.raises(CheckpointError, match="has not looked for its best step"):
        finished.pipeline(best=True)


def test_the_best_step_is_saved_between_checkpoints(tmp_path):
    changes = {"evaluate_every": 3, "metrics": ["spread"], "best_by": "coverage"}
    run = train(tmp_path, steps=10, changes=changes | {"checkpoint_every": 5})
    best = max(
        (row for row in run.metrics() if "metric/coverage" in row),
        key=lambda row: row["metric/coverage"],
    )
    assert best["step"] in [checkpoint_step(folder) for folder in run.checkpoint_folders()]


def test_a_run_is_evaluated_against_its_data_and_against_other_data(finished):
    notes = []
    results = evaluate_run(finished, num_samples=200, on_note=notes.append)
    values = {result.name: result for result in results}
    assert values["agreement"].control == pytest.approx(1, abs=0.1)
    assert values["coverage"].value <= 1
    assert "held-out" in notes[-1]
    (only,) = evaluate_run(
        finished, metrics=["frechet"], num_samples=100, extractor="random-conv", reference="digits"
    )
    assert only.label == "Fréchet distance (random-conv)"
    assert only.split == "digits"


def test_an_unknown_metric_is_named_with_a_guess(finished):
    with pytest.raises(MultiganError, match=r"Did you mean 'coverage'\?"):
        evaluate_run(finished, metrics=["covrage"], num_samples=50)


# Those of texts and sounds are tried with their kind.
IMAGES = sorted(name for name, make in RECIPES.items() if make().modality == "image")


@pytest.mark.parametrize("name", IMAGES)
def test_every_recipe_trains_two_steps_resumes_and_samples(name, tmp_path):
    small = recipe(name).changed(SMALL | {"steps": 2})
    run = start(small, out=tmp_path, device="cpu").fit()
    assert resume(run, steps=3, device="cpu").fit().status()["step"] == 3
    assert len(run.pipeline()(3)) == 3


def test_recipes_of_other_data_keep_their_options(tmp_path):
    trainer = ImageTrainer("some/folder", changes={"data.size": 32})
    assert trainer.recipe.name == "image"
    assert trainer.recipe.data.name == "some/folder"
    assert trainer.recipe.data.options == {"size": 32}


def test_a_path_is_kept_absolute_so_that_the_run_resumes_from_anywhere(tmp_path, monkeypatch):
    (tmp_path / "pictures").mkdir()
    monkeypatch.chdir(tmp_path)
    assert ImageTrainer("pictures").recipe.data.name == str(tmp_path / "pictures")
    (tmp_path / "digits").mkdir()
    assert ImageTrainer("digits").recipe.data.name == "digits"

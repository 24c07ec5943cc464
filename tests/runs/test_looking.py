"""What is seen of data before training, and what is chosen for those who choose nothing."""

import json

import numpy as np
import pytest
import torch
from PIL import Image

from multigan.config import Recipe, ScheduleOptions
from multigan.core.engine import Engine
from multigan.data.sight import look_at, percentiles
from multigan.errors import ConfigError, DataError
from multigan.modalities.guess import guess_kind
from multigan.modalities.kind import kind_of
from multigan.modalities.recipes import recipe
from multigan.modalities.suit import Budget
from multigan.runs.assemble import build_parts
from multigan.runs.pace import settled_by_time, with_steps
from multigan.runs.real import of_recipe
from multigan.runs.recommend import Open, closed, recipe_for
from multigan.runs.run import Run
from tests.cli.conftest import multigan  # noqa: F401  a fixture

QUICK = ("--set", "generator.width=4", "--set", "discriminator.width=4", "--set", "latent_dim=4")


@pytest.fixture(autouse=True)
def short_timings(monkeypatch):
    monkeypatch.setattr("multigan.runs.pace.TIMED_SECONDS", 0.0)


def pixels(count: int, size: int = 8, channels: int = 1) -> torch.Tensor:
    return torch.randint(0, 256, (count, channels, size, size), dtype=torch.uint8)


def pictures(folder, count: int = 16, sizes=((8, 8),), classes=("",)) -> str:
    for index in range(count):
        place = folder / classes[index % len(classes)]
        place.mkdir(parents=True, exist_ok=True)
        width, height = sizes[index % len(sizes)]
        noise = np.random.default_rng(index).integers(0, 256, (height, width), dtype=np.uint8)
        Image.fromarray(noise).save(place / f"{index:03d}.png")
    return str(folder)


def sounds(folder, seconds: float, rate: int, count: int = 10) -> str:
    soundfile = pytest.importorskip("soundfile")
    folder.mkdir()
    for index in range(count):
        time = np.arange(int(seconds * rate)) / rate
        soundfile.write(folder / f"{index}.wav", 0.5 * np.sin(6.3 * 220 * time), rate)
    return str(folder)


# -- which kind -----------------------------------------------------------------------------------


def test_the_kind_of_data_is_told_from_its_files(tmp_path):
    photos = pictures(tmp_path / "photos")
    (tmp_path / "photos" / "notes.txt").write_text("bought in May")
    (tmp_path / "words").mkdir()
    (tmp_path / "words" / "a.wav").write_bytes(b"RIFF")
    (tmp_path / "words" / "a.txt").write_text("one")
    (tmp_path / "verses.txt").write_text("a\nb\n")
    (tmp_path / "empty").mkdir()
    found = {name: guess_kind(name).kind for name in (photos, str(tmp_path / "words"))}
    assert list(found.values()) == ["image", "audio"]
    assert guess_kind(str(tmp_path / "verses.txt")).kind == "text"
    assert guess_kind("stacked:digits").kind == guess_kind("digits").kind == "image"
    with pytest.raises(ConfigError, match=r"cannot be told .* Name a recipe"):
        guess_kind(str(tmp_path / "empty"))
    with pytest.raises(ConfigError, match="multigan train image --data someone/cats"):
        guess_kind("someone/cats")


def test_tables_are_told_by_their_columns(tmp_path):
    arrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    picture = {"bytes": b"", "path": ""}
    for column, value, kind in (
        ("image", picture, "image"),
        ("audio", picture, "audio"),
        ("text", "a", "text"),
    ):
        parquet.write_table(arrow.table({column: [value]}), tmp_path / f"{column}.parquet")
        assert guess_kind(str(tmp_path / f"{column}.parquet")).kind == kind


def test_every_general_recipe_is_of_its_kind():
    for name in ("digits", "prose", "notes"):
        chosen = recipe_for(name)
        assert chosen.recipe.modality == guess_kind(name).kind
        assert chosen.recipe.data.name == name
        assert "so the recipe is" in chosen.reasons[0]


# -- what suits it --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sizes", "step", "size"),
    [
        (((8, 8),), 1e-3, None),  # as they are
        (((200, 150),), 1e-3, 128),
        (((200, 150),), 1.0, 32),  # a slow machine
        (((70, 60), (64, 80)), 1e-3, 48),
        (((30, 30), (27, 40)), 1e-3, 28),
    ],
)
def test_pictures_get_a_size_that_is_learned_in_time(tmp_path, sizes, step, size):
    asked = recipe("image").with_data(pictures(tmp_path / "photos", 8, sizes))
    found = kind_of("image").suit(asked, Budget(600, lambda *_: step))
    assert found.changes.get("data.size") == size


@pytest.mark.parametrize(
    ("seconds", "rate", "step", "fits"),
    [(0.5, 8000, 0.1, "start"), (5, 44_100, 0.3, "slice"), (5, 44_100, 9.0, "slice")],
)
def test_sounds_get_a_form_that_their_spectrograms_can_be_built_from(
    tmp_path, seconds, rate, step, fits
):
    asked = recipe("sound").with_data(sounds(tmp_path / "sounds", seconds, rate))
    found = kind_of("audio").suit(asked, Budget(600, lambda *_: step))
    chosen = asked.changed(found.changes)
    hop, length = (
        chosen.representation.options["hop_length"],
        chosen.data.options["length"],
    )
    assert length % (32 * hop) == 0
    assert chosen.data.options["sample_rate"] == min(rate, 16_000)
    assert chosen.data.options.get("fit", "start") == fits
    assert 0.008 <= hop / chosen.data.options["sample_rate"] <= 0.0205
    loaded = kind_of("audio").load(chosen.data.name, **chosen.data.options)
    small = {"generator.width": 2, "discriminator.width": 2}
    assert build_parts(chosen.changed(small), loaded, Engine()).modality.sample_shape[1] == 64


def test_few_images_are_varied_and_never_all_in_one_batch():
    few = kind_of("image").load(pixels(100))
    found = kind_of("image").suit_number(recipe("image"), few)
    assert found.changes == {"augment": "diffaugment", "batch_size": 16}
    assert len(found.reasons) == 2
    many = kind_of("image").load(pixels(600))
    assert not kind_of("image").suit_number(recipe("image"), many).changes


def test_one_long_text_is_cut_into_pieces(tmp_path):
    (tmp_path / "book.txt").write_text("it was a dark and stormy night. " * 1000)
    asked = recipe("text").with_data(str(tmp_path / "book.txt"))
    found = kind_of("text").suit(asked, Budget(600, lambda *_: 0.1))
    assert found.changes["data.cut"] == "windows"
    assert not kind_of("text").suit(asked, Budget(600, lambda *_: 0.1, free=False)).changes


def test_scripts_without_spaces_are_learned_by_characters():
    verses = kind_of("text").load(["床前明月光，疑是地上霜。", "舉頭望明月，低頭思故鄉。"])
    assert verses.report.tokenizer == "char"
    assert "no spaces between words" in " ".join(verses.report.notes)
    assert (
        kind_of("text").load(["오늘은 날씨가 좋다", "내일은 비가 온다"]).report.tokenizer == "word"
    )


# -- how long -------------------------------------------------------------------------------------


def test_steps_fill_the_time_and_warm_ups_keep_their_share():
    long = recipe("text").changed(
        {"schedules.inverse_temperature": {"start": 1, "end": 9, "over": 64_000, "after": 128_000}}
    )
    short = settled_by_time(long, minutes=1, seconds=0.054)
    assert short.steps == 1000
    assert short.objective.options["warmup_steps"] == 500  # a half, as of 2000 in 4000
    schedule = ScheduleOptions(1, 9, 16_000, "half_cosine", 32_000)
    assert short.schedules["inverse_temperature"] == schedule
    assert (short.health_every, short.checkpoint_every) == (100, 250)
    assert with_steps(long, long.steps) == long
    assert settled_by_time(long, 1, 1e9).steps == 1


def test_a_run_of_some_minutes_is_one_of_so_many_steps(tmp_path):
    loaded = kind_of("image").load(pixels(16))
    asked = recipe("image").changed({"generator.width": 4, "discriminator.width": 4})
    said: list[str] = []
    found = closed(asked, Open(minutes=0.01), loaded, Engine(), said.append)
    assert 1 <= found.steps < 10_000
    assert f"{found.steps} steps in about 0.01 minutes" in said[0]
    assert Recipe.from_json(found.to_json()) == found
    with pytest.raises(DataError, match="5 images are too few"):
        closed(asked, Open(free=True), kind_of("image").load(pixels(5)), Engine(), said.append)


# -- what is seen ---------------------------------------------------------------------------------


def facts(images) -> dict[str, str]:
    return dict(kind_of("image").sight(images).facts)


def test_copies_and_classes_are_counted():
    one = pixels(300)
    twice = kind_of("image").load((torch.cat([one, one[:50]]), torch.tensor([0] * 345 + [1] * 5)))
    sight = look_at(twice)
    assert dict(sight.facts)["repeated"].startswith("50 samples")
    assert dict(sight.facts)["classes"] == "0 345, 1 5"
    said = " ".join(sight.warnings)
    assert "14% of the samples are copies" in said
    assert "1 of 2 classes have fewer than 20" in said
    assert "The largest class has 345 samples and the smallest, 1, 5" in said


def test_dark_flat_and_transparent_pictures_are_told():
    dark = kind_of("image").load(pixels(40) // 64 * 4)
    assert "very dark" in " ".join(kind_of("image").sight(dark).warnings)
    flat = pixels(40)
    flat[:20] = 128
    assert "50% of the pictures have one color" in " ".join(
        kind_of("image").sight(kind_of("image").load(flat)).warnings
    )
    holes = pixels(10, channels=4)
    holes[:, 3] = 255
    holes[:5, 3] = 0
    assert facts(kind_of("image").load(holes))["alpha"].startswith("50%")
    grey = pixels(10).expand(-1, 3, -1, -1).contiguous()
    assert "channels=1" in facts(kind_of("image").load(grey))["colors"]


def test_a_tone_is_heard_at_its_level_and_pitch():
    time = torch.arange(8000) / 8000
    tone = 0.5 * torch.sin(2 * torch.pi * 220 * time) * (time < 0.25)
    loaded = kind_of("audio").load(tone.repeat(10, 1), sample_rate=8000, trim_db=None)
    sight = kind_of("audio").sight(loaded)
    seen = dict(sight.facts)
    assert seen["peaks"].startswith("-6.02 dB")
    assert seen["sounding"].startswith("0.25 s")
    assert seen["pitch"].startswith("220 Hz")
    assert "silent for more than half" in " ".join(sight.warnings)
    quiet = kind_of("audio").load(0.005 * torch.rand(10, 4096), sample_rate=8000, trim_db=None)
    assert "hardly audible" in " ".join(kind_of("audio").sight(quiet).warnings)


def test_texts_are_told_by_lengths_and_words():
    texts = kind_of("text").load([f"the {word} sleeps" for word in ["cat", "dog", "cow"]] * 4)
    sight = kind_of("text").sight(texts)
    seen = dict(sight.facts)
    assert seen["lengths"] == "3, nearly all tokens of at most 4"
    assert seen["commonest"].startswith(("the sleeps", "sleeps the"))
    assert seen["example"] == "the dog sleeps" or seen["example"].startswith("the")
    assert "12 texts are few" in " ".join(sight.warnings)
    alone = kind_of("text").load(["cat", "dog", "cow"] * 4, tokenizer="word")
    assert "tokenizer=char" in " ".join(kind_of("text").sight(alone).warnings)


def test_percentiles_say_where_most_lie():
    assert percentiles(torch.arange(101.0), unit=" Hz") == "5 to 95 Hz, half below 50 Hz"
    assert percentiles(torch.ones(7)) == "1, nearly all"


def test_what_of_a_recipe_does_not_go_with_the_data_is_said():
    loaded = kind_of("image").load(pixels(40))
    said = " ".join(of_recipe(recipe("image"), loaded))
    assert "40 images are few" in said
    assert "--set augment=diffaugment" in said
    assert "A batch has 64 samples and there are 40" in said
    texts = kind_of("text").load(["a b", "b a"] * 40)
    said = " ".join(of_recipe(recipe("text").changed({"steps": 1000}), texts))
    assert "The warm-up alone takes 2000 steps" in said


# -- typed ----------------------------------------------------------------------------------------


def test_look_shows_data_and_trains_nothing(multigan, tmp_path):  # noqa: F811
    photos = pictures(tmp_path / "photos", classes=("cats", "dogs"))
    said = multigan("look", photos, *QUICK, "--out", tmp_path / "seen", "--minutes", 0.001)
    assert said.code == 0
    assert "16 images of 2 classes" in said.out
    assert "cats 8" in said.out
    assert said.out.splitlines()[-1] == (
        f"Train it: multigan train {photos} --minutes 0.001 "
        + " ".join(f"--set {change}" for change in QUICK[1::2])
    )
    with Image.open(tmp_path / "seen.png") as sheet:
        assert sheet.width > 64
    assert not (tmp_path / "runs").exists()
    found = json.loads(multigan("look", photos, *QUICK, "--out", tmp_path / "b", "--json").out)
    assert found["refusal"] == ""
    assert found["recipe"]["batch_size"] == 8
    few = multigan("look", pictures(tmp_path / "few", 5), *QUICK, "--out", tmp_path / "c")
    assert few.code == 1
    assert "5 images are too few" in few.out


def test_data_alone_is_enough_to_train(multigan, tmp_path):  # noqa: F811
    photos = pictures(tmp_path / "photos")
    said = multigan("train", photos, "--minutes", 0.001, "--out", tmp_path / "runs", *QUICK)
    assert said.code == 0, said.err
    first = said.out.splitlines()[0]
    assert first == f"Chosen: {photos} is 16 .png files, so the recipe is image."
    assert "augment=diffaugment" in said.out
    assert "Samples: " in said.out
    run = Run(tmp_path / "runs" / "0001-image")
    assert run.status()["of"] == run.recipe.steps
    assert (run.samples / "real.png").is_file()
    assert run.recipe.augment.name == "diffaugment"


def test_what_is_typed_is_told_apart(multigan, tmp_path, monkeypatch):  # noqa: F811
    photos = pictures(tmp_path / "photos")
    refused = {
        ("train",): "Say what to train",
        ("train", "digts"): "Did you mean 'digits'?",
        ("train", photos, "--data", photos): "Leave one out",
        ("train", photos, "--minutes", 1, "--steps", 1): "either --steps or --minutes",
        ("train", "image", "--data", photos, "--minutes", 0): "more than 0",
        ("train", photos, "--set", "generator.widht=4"): "Did you mean 'width'",
        ("train", "no/where"): "no recipe, file or folder",
    }
    for words, said in refused.items():
        answer = multigan(*words, "--out", tmp_path / "runs")
        assert answer.code == 1
        assert said in answer.err
    assert not (tmp_path / "runs").exists()
    dry = ("--dry-run", "--json", "--steps", 1)
    assert json.loads(multigan("train", photos, "--size", 4, *dry).out)["data"]["options"] == {
        "size": 4
    }
    named = multigan("train", photos, "--recipe", "dcgan", *dry)
    assert json.loads(named.out)["name"] == "dcgan"
    assert json.loads(multigan("train", "image", "--data", photos, *dry).out)["batch_size"] == 64

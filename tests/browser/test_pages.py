"""Living pages in Chromium, from disk and with the network off: they make Python's samples."""

from statistics import median, quantiles
from typing import Any

import numpy as np
import pytest

from multigan.export import page as living_page
from multigan.modalities.audio.music.melody import parse_melody
from tests.browser.driving import shoot
from tests.export.untrained import untrained

soundfile = pytest.importorskip("soundfile")
pytest.importorskip("onnxruntime")
pytest.importorskip("onnxscript")
pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

SCHEMES = ("file:", "blob:", "data:")
PIXELS = """() => {
  const canvas = document.querySelector('#picture');
  const {width, height} = canvas;
  const copy = new OffscreenCanvas(width, height).getContext('2d');
  copy.drawImage(canvas, 0, 0);
  return {values: [...copy.getImageData(0, 0, width, height).data], width, height};
}"""
SHOWN = "multigan.page.studio.move(() => {})"


@pytest.fixture
def opened(page, tmp_path):
    """Opens a page from disk without a network; anything on the console fails the test."""
    said: list[str] = []
    page.context.set_offline(True)
    page.on("console", lambda message: said.append(message.text))
    page.on("request", lambda request: said.append(request.url))

    def open_page(pipeline: Any, **options: Any) -> Any:
        file = tmp_path / "page.html"
        file.write_text(living_page(pipeline, **options))
        page.goto(file.as_uri())
        page.wait_for_function("document.documentElement.dataset.state != 'opening'")
        assert page.evaluate("document.documentElement.dataset.state") == "ready", said
        return page

    yield open_page
    assert [text for text in said if not text.startswith(SCHEMES)] == []


def shown(page) -> np.ndarray:
    """Returns the large picture once it is drawn, (H, W, 4) bytes."""
    page.evaluate(SHOWN)
    found = page.evaluate(PIXELS)
    return np.array(found["values"], dtype=int).reshape(found["height"], found["width"], 4)


def report(name: str, milliseconds: list[float]) -> None:
    high = quantiles(milliseconds, n=20)[-1]
    print(f"{name}: median {median(milliseconds):.1f} ms, 95 % below {high:.1f} ms")


def test_the_same_seed_and_class_give_pythons_picture(opened):
    pipeline = untrained("digits", **{"generator.width": 8})
    page = opened(pipeline)
    first = shown(page)[:, :, 0]
    assert np.abs(first - np.asarray(pipeline(1, seed=0)[0], dtype=int)).max() <= 2

    page.get_by_label("Seed", exact=True).fill("417")
    page.get_by_label("Seed", exact=True).press("Enter")
    page.get_by_label("Class", exact=True).get_by_role("button", name="3").click()
    page.get_by_label("truncation").fill("0.6")
    wanted = pipeline(1, seed=417, condition=3, truncation=0.6)[0]
    assert np.abs(shown(page)[:, :, 0] - np.asarray(wanted, dtype=int)).max() <= 2
    shoot(page, "page-digits")


def test_a_drag_moves_along_pythons_directions_at_once(opened):
    pipeline = untrained("digits", **{"generator.width": 8})
    page = opened(pipeline)
    box = page.locator("#frame").bounding_box()
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(*middle)
    page.mouse.down()
    for step in range(60):
        page.mouse.move(middle[0] + step, middle[1] - step / 2)
        page.wait_for_timeout(10)
    page.mouse.up()
    report("drag", page.evaluate("multigan.page.studio.latencies"))
    moves = page.evaluate("[...multigan.page.studio.point.moves]")
    assert moves[0] > 0.3
    assert moves[1] == pytest.approx(moves[0] / 2, rel=0.05)
    latent = pipeline.latents(1) + sum(
        distance * vector
        for distance, vector in zip(moves, pipeline.directions(6).vectors, strict=True)
    )
    wanted = pipeline.modality.decode(pipeline.generate(latent, pipeline.conditions(0, 1)))[0]
    assert np.abs(shown(page)[:, :, 0] - np.asarray(wanted, dtype=int)).max() <= 2


def test_a_walk_between_pins_is_saved_as_an_animation(opened):
    from PIL import Image

    page = opened(untrained("digits", **{"generator.width": 8}))
    page.get_by_role("button", name="Pin", exact=True).click()
    page.get_by_role("button", name="New").click()
    page.evaluate(SHOWN)
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Pin", exact=True).press("Enter")
    assert page.locator("#pins .thumbnail").count() == 2
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save GIF").click()
    with Image.open(saved.value.path()) as animation:
        assert animation.n_frames == 32
        animation.seek(16)
        end = np.asarray(animation.convert("L").resize((8, 8), Image.Resampling.NEAREST), dtype=int)
    assert np.abs(end - shown(page)[:, :, 0]).max() <= 2
    page.get_by_role("button", name="Walk").click()
    page.wait_for_timeout(300)
    page.get_by_role("button", name="Rest").click()


def test_styles_of_two_latents_are_mixed(opened):
    small = {"generator.width": 8, "generator.style_dim": 8}
    pipeline = untrained("stylegan2", **small)
    page = opened(pipeline)
    page.get_by_role("button", name="From another").click()
    page.get_by_label("coarse").fill("1")
    state = page.evaluate("({fine: multigan.page.studio.point.fineSeed})")
    rows, columns = pipeline.latents(1), pipeline.latents(1, seed=state["fine"])
    wanted = pipeline.mix_styles(rows, columns, condition=0, layers=1)[0]
    assert np.abs(shown(page)[:, :, 0] - np.asarray(wanted, dtype=int)).max() <= 2


def test_a_page_says_what_it_is_where_no_script_runs(browser, tmp_path):
    (tmp_path / "page.html").write_text(living_page(untrained("digits", **{"generator.width": 4})))
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((tmp_path / "page.html").as_uri())
    assert page.get_by_alt_text("A sample of this generator").is_visible()
    assert "alive where scripts run" in page.content()
    context.close()


def decibels(found: np.ndarray, wanted: np.ndarray) -> float:
    """Returns how loud the difference is beside what is wanted, in dB."""
    return 10 * np.log10(np.square(found - wanted).sum() / np.square(wanted).sum())


def test_notes_and_melodies_are_pythons_and_keys_answer_at_once(opened):
    pipeline = untrained("notes", **{"generator.width": 48})
    page = opened(pipeline)
    page.evaluate("multigan.page.studio.move(() => {})")
    found = np.array(page.evaluate("[...multigan.page.studio.sample.waveform]"))
    sample = decibels(found, pipeline(1, seed=0)[0].waveform[0].numpy())
    page.get_by_label("Melody").fill("C4:1 E4+G4:.5 R:1 C5:6")
    page.get_by_label("tempo").fill("150")
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save WAV").nth(1).click()
    song, rate = soundfile.read(saved.value.path())
    notes = parse_melody("C4:1 E4+G4:.5 R:1 C5:6", beats_per_minute=150)
    wanted = pipeline.play(notes, timbres=1).waveform[0].numpy()
    assert (rate, len(song)) == (8000, len(wanted))
    melody = decibels(song, wanted)
    print(f"sample {sample:.0f} dB, melody {melody:.0f} dB")
    page.locator("body").click(position={"x": 5, "y": 5})
    for letter in "asdfghjk" * 3:
        page.keyboard.down(letter)
        page.wait_for_timeout(60)
        page.keyboard.up(letter)
    keys = page.evaluate("multigan.page.piano.latencies")
    assert len(keys) == 24
    report("key to sound", keys)
    shoot(page, "page-notes")
    assert sample < -40
    assert melody < -40


@pytest.mark.parametrize("name", ["mle", "latent-text"])
def test_the_same_seed_gives_pythons_texts(opened, name):
    pipeline = untrained(name, **{"generator.width": 32})
    page = opened(pipeline)
    page.locator("#texts:not([aria-busy])").wait_for()
    assert page.locator(".paper").all_inner_texts() == pipeline(5, seed=0)
    if not pipeline.writes:
        return
    begins = pipeline(1, seed=0)[0].split()[0].strip(".,")
    options = {"seed": 9, "prompt": begins, "temperature": 0.5, "top_k": 20, "top_p": 0.9}
    page.get_by_label("Seed", exact=True).fill("9")
    page.get_by_label("temperature").fill("0.5")
    page.get_by_label("top p").fill("0.9")
    page.get_by_label("top k").fill("20")
    page.get_by_label("Beginning", exact=True).fill(begins)
    page.get_by_label("Beginning", exact=True).press("Enter")
    page.wait_for_timeout(100)
    page.locator("#texts:not([aria-busy])").wait_for()
    assert page.locator(".paper").all_inner_texts() == pipeline(5, **options)
    report("a token", page.evaluate("multigan.page.writer.milliseconds"))
    page.get_by_label("Beginning", exact=True).fill("xyzzyx")
    page.get_by_label("Beginning", exact=True).press("Enter")
    page.get_by_text("never seen part of").wait_for()
    shoot(page, "page-texts")

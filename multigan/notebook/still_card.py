"""The picture of a run that stays in a saved notebook: headline, samples, losses, health."""

import io
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from multigan.notebook.previews import SamplePreviews
from multigan.report.formatting import shown
from multigan.runs.curves import Points
from multigan.runs.folder import RunFolder

WIDTH, HEIGHT, MARGIN, TOP = 900, 396, 14, 62  # pixels
SIDE = HEIGHT - TOP - MARGIN  # of the samples
LEFT = MARGIN + SIDE + 74  # of the chart, with room for its numbers
INK, FAINT, PAPER, RULE = (31, 31, 31), (96, 96, 96), (255, 255, 255), (222, 222, 222)
LINES = ((0, 114, 178), (199, 80, 0), (0, 128, 92))  # as in the dashboard
MOST_LINES = 24  # of texts
FEW = 20  # values; of fewer none is an outlier
MAIN = "/adversarial"


def card_of(run: RunFolder, headline: str) -> tuple[bytes, str]:
    """Returns a PNG of a run as it stands, and the same in words for whoever cannot see it."""
    card = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    draw = ImageDraw.Draw(card)
    doctor, curves = doctors_line(run), _main(run.read_curves())
    draw.text((MARGIN, 10), headline.split("\n")[0], INK, _font(15))
    draw.text((MARGIN, 34), doctor, FAINT, _font(13))
    samples = _put_samples(card, run)
    _draw_curves(draw, curves)
    content = io.BytesIO()
    card.quantize(128, dither=Image.Dither.NONE).save(content, "PNG", optimize=True)
    last = ", ".join(f"{_label(name)} {shown(points[-1][1])}" for name, points in curves.items())
    parts = [headline, doctor, samples, f"Losses: {last}." if last else ""]
    return content.getvalue(), " ".join(part for part in parts if part)


def doctors_line(run: RunFolder) -> str:
    """Returns what the doctor says in one line: "healthy: 7 of 8 checked"."""
    findings = run.health().get("findings", [])
    if not findings:
        return ""
    wrong = [one for one in findings if one["severity"] in ("warning", "alarm")]
    checked = sum(one in wrong or one.get("value") is not None for one in findings)
    said = f"{checked} of {len(findings)} checked"
    if wrong:
        return f"{wrong[0]['name'].replace('_', ' ')}: {wrong[0]['text']} ({said})"
    return f"healthy: {said}" if checked else said


def _put_samples(card: Image.Image, run: RunFolder) -> str:
    """Puts the newest samples on the card; returns what they are, in words."""
    previews = SamplePreviews(run.samples)
    previews.refresh()
    files = previews.newest()
    if not files:
        return ""
    if pictures := [file for file in files if file.suffix == ".png"]:
        with Image.open(pictures[0]) as image:
            sheet = image.convert("RGB")
        sheet.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
        card.paste(sheet, (MARGIN, TOP))
    elif texts := [file for file in files if file.suffix == ".txt"]:
        _write_texts(card, texts[0])
    return f"Samples at step {previews.steps[-1]}."


def _write_texts(card: Image.Image, file: Path) -> None:
    texts = Image.new("RGB", (SIDE, SIDE), (245, 245, 245))
    draw = ImageDraw.Draw(texts)
    for row, line in enumerate(file.read_text(errors="replace").splitlines()[:MOST_LINES]):
        draw.text((6, 4 + 13 * row), line, INK, _font(11))
    card.paste(texts, (MARGIN, TOP))


def _main(curves: dict[str, Points]) -> dict[str, Points]:
    """Returns the adversarial losses, or else the first curves that there are."""
    named = {name: points for name, points in curves.items() if "/" in name and points}
    main = {name: points for name, points in named.items() if name.endswith(MAIN)}
    return dict(list((main or named).items())[: len(LINES)])


def _label(name: str) -> str:
    return name.removesuffix(MAIN).replace("/", " ")


def _draw_curves(draw: ImageDraw.ImageDraw, curves: dict[str, Points]) -> None:
    if not curves:
        return
    right, top, bottom = WIDTH - MARGIN - 6, TOP + 26, HEIGHT - MARGIN - 22
    steps = np.array([step for points in curves.values() for step, _ in points], float)
    values = np.array([value for points in curves.values() for _, value in points], float)
    low, high = _typical(values)
    across = (right - LEFT) / max(steps.max() - steps.min(), 1)
    up = (bottom - top) / ((high - low) or 1)
    for share in (0, 0.5, 1):
        y = bottom - share * (bottom - top)
        draw.line((LEFT, y, right, y), RULE)
        draw.text((LEFT - 6, y), shown(float(low + share * (high - low))), FAINT, _font(12), "rm")
    for step, anchor, x in ((steps.min(), "lt", LEFT), (steps.max(), "rt", right)):
        draw.text((x, bottom + 6), f"step {step:,.0f}", FAINT, _font(12), anchor)
    at = LEFT
    for (name, points), color in zip(curves.items(), LINES, strict=False):
        places = [
            (LEFT + (step - steps.min()) * across, bottom - (np.clip(v, low, high) - low) * up)
            for step, v in points
        ]
        draw.line(places, color, 2)
        text = f"{_label(name)} {shown(points[-1][1])}"
        draw.line((at, TOP + 9, at + 18, TOP + 9), color, 3)
        draw.text((at + 24, TOP + 2), text, INK, _font(13))
        at += 44 + int(_font(13).getlength(text))


def _typical(values: np.ndarray) -> tuple[float, float]:
    """Returns the range of the values, without the few that would flatten all the others."""
    shares = [0.01, 0.99] if len(values) > FEW else [0, 1]
    low, high = np.quantile(values, shares)
    margin = 0.05 * (high - low) or 0.5
    return float(low - margin), float(high + margin)


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)

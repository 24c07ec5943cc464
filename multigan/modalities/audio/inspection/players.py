"""Sounds in a page: each a picture with a player."""

from io import BytesIO
from pathlib import Path

from multigan.modalities.audio.clip import Audio
from multigan.modalities.audio.spectrogram_sheet import draw_audio
from multigan.report.media import Media
from multigan.report.rendering import data_address

TEMPLATES = Path(__file__).with_name("templates")


def shown(sound: Audio) -> Media:
    """Returns a sound's spectrogram and its player."""
    content = BytesIO()
    draw_audio(sound).save(content, "PNG")
    picture = data_address("image/png", content.getvalue())
    return Media("spectrogram", picture, [data_address("audio/wav", sound.encoded())])

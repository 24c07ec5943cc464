"""Pages with pictures and players of sounds; they need no other file."""

from base64 import b64encode
from html import escape
from io import BytesIO
from pathlib import Path

from multigan import report
from multigan.modalities.audio.clip import Audio
from multigan.modalities.audio.spectrogram_sheet import draw_audio

STYLE = Path(report.__file__).with_name("style.css")


def page(title: str, summary: str, body: str) -> str:
    """Returns a page of HTML; `body` is HTML already, the others are text."""
    return (
        f"<!doctype html><html lang=en><head><meta charset=utf-8><title>{title}</title>"
        f"<style>{STYLE.read_text(encoding='utf-8')}</style></head><body><header>"
        f"<h1>{title}</h1><p>{escape(summary)}</p></header><main>{body}</main></body></html>\n"
    )


def shown(sound: Audio) -> str:
    """Returns a sound's spectrogram and its player."""
    content = BytesIO()
    draw_audio(sound).save(content, "PNG")
    picture = f"data:image/png;base64,{b64encode(content.getvalue()).decode()}"
    return f'<div><img alt="spectrogram" src="{picture}">{sound._repr_html_()}</div>'

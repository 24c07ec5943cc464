"""What leaves the house: generators as ONNX files, as living pages, and on the Hub."""

from typing import TYPE_CHECKING

from multigan.imports.lazy import lazy_names

if TYPE_CHECKING:
    from multigan.export.living_page import page
    from multigan.export.onnx_file import Exported, to_onnx

_HOMES = {
    "Exported": "multigan.export.onnx_file",
    "page": "multigan.export.living_page",
    "to_onnx": "multigan.export.onnx_file",
}
__all__ = ["Exported", "page", "to_onnx"]

__getattr__, _names = lazy_names(__name__, _HOMES)


def __dir__() -> list[str]:
    return sorted({*globals(), *_names()})

"""Not waiting for a Hub that cannot be reached."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit
from urllib.request import getproxies


@contextmanager
def no_waiting() -> Iterator[None]:
    """Lets `huggingface_hub` look only into its cache where the Hub's address cannot be found.

    By itself it tries six times, for half a minute, and writes a line about each.
    """
    from huggingface_hub import constants

    before = constants.HF_HUB_OFFLINE
    constants.HF_HUB_OFFLINE = before or not _has_address(constants.ENDPOINT)
    try:
        yield
    finally:
        constants.HF_HUB_OFFLINE = before


def _has_address(endpoint: str) -> bool:
    """Whether a server's name can be resolved; a proxy may know it where nobody here does."""
    if getproxies() or "ALL_PROXY" in os.environ:
        return True
    parts = urlsplit(endpoint)
    try:
        socket.getaddrinfo(parts.hostname, parts.port or 443)
    except OSError:
        return False
    return True

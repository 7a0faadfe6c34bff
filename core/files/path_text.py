"""Paths as text: a file's name may hold bytes that are no UTF-8, which no text file or screen can."""

from __future__ import annotations

import os

_MARK = "file:"


def shown(name: str) -> str:
    r"""Return a name for people and for records; each byte that is no UTF-8 becomes U+FFFD.

    >>> shown("a\udcff.wav") == "a\ufffd.wav"
    True
    """
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def path_text(path: str) -> str:
    r"""Return a path as text from which `path_of` makes the same path again.

    >>> path_text("/a\udcff.wav"), path_text("/ä.wav")
    ('file:/a%FF.wav', '/ä.wav')
    """
    if shown(path) == path:
        return path
    from urllib.parse import quote

    return _MARK + quote(os.fsencode(path))


def path_of(text: str) -> str:
    """Return the path that `path_text` wrote."""
    if not text.startswith(_MARK):
        return text
    from urllib.parse import unquote_to_bytes

    return os.fsdecode(unquote_to_bytes(text.removeprefix(_MARK)))

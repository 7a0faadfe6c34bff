"""JSON in UTF-8 from any values, also from names of files that are not UTF-8."""

from __future__ import annotations

from typing import Any

import msgspec


def json_bytes(values: Any) -> bytes:
    r"""Return values as JSON; a byte of a file's name that is no UTF-8 becomes U+FFFD.

    >>> json_bytes({"file": "a\udcff.wav"}).decode() == '{"file": "a\ufffd.wav"}'
    True
    """
    try:
        return msgspec.json.encode(values)
    except UnicodeEncodeError:
        import json

        text = json.dumps(msgspec.to_builtins(values), ensure_ascii=False)
        return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace").encode()

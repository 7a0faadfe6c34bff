"""What identifies a long recording: its content, whatever the file name, plus the state of its file.

Both are in one digest. Computed numbers are keyed by the whole digest. Annotations are keyed by the
content alone, so they survive a copy, a new name or a new date.
"""

from __future__ import annotations

import hashlib
import json

import numpy as np

from core.recordings.readers import opened
from core.recordings.sound_file import SoundFile

SAMPLED_PLACES = 256
SAMPLES_PER_PLACE = 1024
_KIND, _MARK = "file:", "@"


def content_of(file: SoundFile) -> str:
    """Return a hash of a sound: rate, length, channels, and samples taken across the whole file.

    Reads half a megabyte per channel of 16 bits. Raises Fault if the file cannot be opened.
    """
    import soundfile  # pyright: ignore[reportMissingTypeStubs]

    facts = (float(file.rate_hz), file.n, file.channels, *(() if file.start_s is None else (file.start_s,)))
    made = hashlib.sha256(json.dumps(facts).encode())
    with opened(file.path) as reader:
        for place in np.linspace(0, max(0, file.n - SAMPLES_PER_PLACE), SAMPLED_PLACES).astype(int).tolist():
            try:
                made.update(reader.read(place, place + SAMPLES_PER_PLACE).tobytes())
            except (soundfile.LibsndfileError, OSError):  # a damaged part is part of the identity
                made.update(b"damaged")
    return made.hexdigest()[:40]


def digest_of(content: str, state: str) -> str:
    """Return the digest of a recording with this content, in a file with this state.

    >>> digest_of("c0ffee", "1dea")
    'file:c0ffee@1dea'
    """
    return f"{_KIND}{content}{_MARK}{state}"


def lasting(sound: str) -> str:
    """Return the content part of a digest; a short recording's digest is all content.

    >>> lasting("file:c0ffee@1dea"), lasting("abc")
    ('file:c0ffee', 'abc')
    """
    return sound.partition(_MARK)[0]


def state_in(sound: str) -> str:
    """Return the file-state part of a digest, "" for a short recording.

    >>> state_in("file:c0ffee@1dea"), state_in("abc")
    ('1dea', '')
    """
    return sound.partition(_MARK)[2]

"""What names a long recording: its content, whatever its file is called, and its file as it is now.

Both stand in one digest. Numbers that were computed go by all of it; what people made of the recording,
its tiers, go by its content alone and survive a copy, another name, another date.
"""

from __future__ import annotations

import hashlib
import json

import numpy as np

from core.recordings.sound_file import SoundFile, opened

PLACES = 256
AT_A_PLACE = 1024
_KIND, _MARK = "file:", "@"


def content_of(file: SoundFile) -> str:
    """Give what stands for a sound: its rate, length and channels, and samples spread over all of it.

    Reads half a megabyte per channel of 16 bits. Raises Fault where the file cannot be opened.
    """
    import soundfile  # pyright: ignore[reportMissingTypeStubs]

    made = hashlib.sha256(json.dumps((float(file.rate_hz), file.n, file.channels)).encode())
    with opened(file.path) as reader:
        for place in np.linspace(0, max(0, file.n - AT_A_PLACE), PLACES).astype(int).tolist():
            try:
                reader.seek(place)
                made.update(reader.read(AT_A_PLACE, dtype="float32", always_2d=True).tobytes())
            except (soundfile.LibsndfileError, OSError):  # a damaged stretch names the sound as well
                made.update(b"damaged")
    return made.hexdigest()[:40]


def digest_of(content: str, state: str) -> str:
    """Give the digest of a recording with this content, in a file that is as `state` says.

    >>> digest_of("c0ffee", "1dea")
    'file:c0ffee@1dea'
    """
    return f"{_KIND}{content}{_MARK}{state}"


def lasting(sound: str) -> str:
    """Give the part of a digest that stays while the sound does; of a short recording it is all of it.

    >>> lasting("file:c0ffee@1dea"), lasting("abc")
    ('file:c0ffee', 'abc')
    """
    return sound.partition(_MARK)[0]


def state_in(sound: str) -> str:
    """Give the part of a digest that says how the file is now, "" of a short recording.

    >>> state_in("file:c0ffee@1dea"), state_in("abc")
    ('1dea', '')
    """
    return sound.partition(_MARK)[2]

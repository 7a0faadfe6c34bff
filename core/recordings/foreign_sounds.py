"""Sounds and films in formats that Phonoscope cannot read: named for what they are, with the way on."""

from __future__ import annotations

from pathlib import Path

from core.faults import Fault

SUFFIXES = {
    ".m4a": "an MPEG-4 sound",
    ".m4b": "an MPEG-4 sound",
    ".mp4": "an MPEG-4 film",
    ".m4v": "an MPEG-4 film",
    ".mov": "a QuickTime film",
    ".3gp": "a telephone's 3GP recording",
    ".aac": "an AAC sound",
    ".wma": "a Windows Media sound",
    ".wmv": "a Windows Media film",
    ".asf": "a Windows Media file",
    ".webm": "a WebM file",
    ".mka": "a Matroska sound",
    ".mkv": "a Matroska film",
    ".avi": "an AVI film",
    ".amr": "an AMR telephone recording",
    ".awb": "an AMR telephone recording",
    ".ape": "a Monkey's Audio sound",
    ".wv": "a WavPack sound",
    ".mpc": "a Musepack sound",
    ".tta": "a True Audio sound",
    ".ra": "a RealAudio sound",
    ".rm": "a RealMedia file",
    ".dss": "a dictation in DSS",
    ".ds2": "a dictation in DSS",
    ".ac3": "an AC-3 sound",
    ".dts": "a DTS sound",
}
"""What files with these suffixes are, for a folder's listing and for files that do not say it themselves."""

_ISO = {
    b"M4A ": "an MPEG-4 sound",
    b"M4B ": "an MPEG-4 sound",
    b"qt  ": "a QuickTime film",
    b"3gp": "a telephone's 3GP recording",
}
_STARTS = {
    b"\x30\x26\xb2\x75\x8e\x66\xcf\x11": "a Windows Media file",
    b"\x1a\x45\xdf\xa3": "a Matroska or WebM file",
    b"#!AMR": "an AMR telephone recording",
    b"MAC ": "a Monkey's Audio sound",
    b"wvpk": "a WavPack sound",
    b"MPCK": "a Musepack sound",
    b"MP+": "a Musepack sound",
    b"TTA1": "a True Audio sound",
    b".ra\xfd": "a RealAudio sound",
    b".RMF": "a RealMedia file",
    b"\x0b\x77": "an AC-3 sound",
    b"ADIF": "an AAC sound",
}


def foreign_kind(path: Path, head: bytes = b"") -> str:
    """Name the format of a sound or film that cannot be read, by its first bytes or suffix; "" if unknown.

    `head` holds the first bytes, at least 16, if they are known.
    """
    head = head or _head(path)
    if not head:
        return ""
    if head[4:8] == b"ftyp":
        brands = (words for brand, words in _ISO.items() if head[8:12].startswith(brand))
        return next(brands, SUFFIXES.get(path.suffix.lower(), "an MPEG-4 file"))
    if head[:4] == b"RIFF" and head[8:12] == b"AVI ":
        return "an AVI film"
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xF6 == 0xF0:
        return "an AAC sound"
    found = next((words for start, words in _STARTS.items() if head.startswith(start)), "")
    return found or SUFFIXES.get(path.suffix.lower(), "")


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(64)
    except OSError:
        return b""


def unreadable_format(path: Path, head: bytes = b"") -> Fault | None:
    """Return the fault for a sound or film in a known format that cannot be read, None for other files."""
    kind = foreign_kind(path, head)
    if not kind:
        return None
    return Fault(f"“{path.name}” is {kind}, a format that Phonoscope cannot read.", convert(path))


def convert(path: Path) -> str:
    """Say how a file becomes one that can be read."""
    made = f"{path.stem}.wav" if path.suffix.lower() != ".wav" else f"{path.stem}-converted.wav"
    return f"Convert it to WAV, for example: ffmpeg -i {_quoted(path.name)} {_quoted(made)}"


def _quoted(name: str) -> str:
    return f'"{name}"' if " " in name else name

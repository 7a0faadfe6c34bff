"""The syntax of TextGrid files: encoding, layout and tokens."""

from __future__ import annotations

import codecs
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

MOST_BYTES = 256 * 1024 * 1024
_BOMS = (
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MARK = "\ufeff"


@dataclass(frozen=True, slots=True)
class Style:
    """The layout of a TextGrid file, so that it is written back the same way."""

    long: bool = True
    encoding: str = "utf-8"
    newline: str = "\n"
    space: str = " "  # Praat ends the lines of its long format with a space
    head: str = 'File type = "ooTextFile"'

    def encode(self, text: str) -> bytes:
        """Return the bytes of a file, as UTF-8 if the labels cannot be represented in its encoding."""
        marked = _MARK + text if self.encoding.startswith("utf-16") else text
        try:
            data = marked.encode(self.encoding)
        except UnicodeEncodeError:
            return text.encode("utf-8", "replace")
        readable = self.encoding != "latin-1" or _is_latin(data)
        return data if readable else text.encode("utf-8")


PRAATS = Style()


def decode(data: bytes, name: str) -> tuple[str, str, tuple[str, ...]]:
    """Return the text of a file and its encoding, as Praat finds it, and a sentence if that is a guess.

    What is neither UTF-16 nor UTF-8 is ISO Latin-1, which old versions of Praat wrote.
    """
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _utf_16(data, encoding, name)
    if data[:1] == b"\0" or data[1:2] == b"\0":
        return _utf_16(data, "utf-16-be" if data[:1] == b"\0" else "utf-16-le", name)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        words = f"“{name}” is neither UTF-8 nor UTF-16 and was read as ISO Latin-1, as in Praat."
        return data.removeprefix(codecs.BOM_UTF8).decode("latin-1"), "latin-1", (words,)
    is_marked = text.startswith(_MARK)
    return text.removeprefix(_MARK), "utf-8-sig" if is_marked else "utf-8", ()


def _utf_16(data: bytes, encoding: str, name: str) -> tuple[str, str, tuple[str, ...]]:
    """Decode UTF-16; half a character at the end or alone does not matter to Praat."""
    text = data[: len(data) // 2 * 2].decode(encoding, "replace")
    odd = "\ufffd" in text or len(data) % 2
    notes = (f"“{name}” is UTF-16, but some of its bytes are not valid.",) if odd else ()
    return text.removeprefix(_MARK), encoding, notes


def _is_latin(data: bytes) -> bool:
    """Return whether bytes written as Latin-1, or pure ASCII, would be read back as such."""
    return data.isascii() or decode(data, "")[1] == "latin-1"


def style_of(text: str, encoding: str) -> Style:
    """Detect the layout of a text."""
    head = text[:4000]
    newline = re.search(r"\r\n|\n|\r", head)
    ended = re.search(r"xmin = \S+( ?)[\r\n]", head)
    return Style(
        long=bool(re.search(r'"TextGrid"\s+xmin\s*=', head)),
        encoding=encoding,
        newline=newline[0] if newline else "\n",
        space=ended[1] if ended else "",
        head=re.split(r"[\r\n]", head, maxsplit=1)[0].rstrip(),
    )


@dataclass(frozen=True, slots=True)
class Word:
    """A token of Praat's text format: a "text", a "number" or a "flag"."""

    kind: str
    text: str


# Praat reads quoted texts, free-standing numbers and flags; all other words are comments.
_WORDS = re.compile(
    r'"(?P<text>[^"]*(?:""[^"]*)*)"(?!\S)'
    r'|(?P<broken>")'
    r"|(?P<comment>![^\r\n]*)"
    r"|<(?P<flag>\w+)>(?!\S)"
    r"|(?P<number>(?:[-+]?[0-9]|\.[0-9]|--undefined--)[^\s\"]*)(?!\S)"
    r"|[^\s\"]\S*"
)
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?", re.ASCII)


def number(text: str) -> float:
    """Return a number as Praat reads it: fractions and per cent too, and whatever follows is ignored.

    >>> number("0.5"), number("1/4"), number("50%"), number("1.5s"), number("--undefined--")
    (0.5, 0.25, 0.5, 1.5, nan)
    """
    if is_plain(text):
        return float(text)
    found = _NUMBER.match(text)
    if found is None:
        return math.nan
    value, rest = float(found[0]), text[found.end() :]
    if rest.startswith("/"):
        below = number(rest[1:])
        value = value / below if below else math.nan
    return value / 100 if rest.startswith("%") else value


def is_plain(text: str) -> bool:
    """Return whether a number is written in full, with nothing that Praat would ignore."""
    try:
        float(text)
    except ValueError:
        return False
    return "_" not in text and text[-1:].isascii() and text[-1:] not in "nfyNFY"  # no nan, inf or infinity


def words(text: str) -> Iterator[Word]:
    """Yield the tokens in order; an unterminated quotation is "broken"."""
    for found in _WORDS.finditer(text):
        kind = found.lastgroup
        if kind is None or kind == "comment":
            continue
        yield Word(kind, found[kind].replace('""', '"') if kind == "text" else found[kind])
        if kind == "broken":
            return


def quoted(text: str) -> str:
    """Return a text as Praat writes it, with doubled quotation marks."""
    return '"' + text.replace('"', '""') + '"'

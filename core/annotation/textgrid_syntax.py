"""The text of a TextGrid file: its bytes, its layout, and the words that count in it."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

from core.faults import Fault

MOST_BYTES = 256 * 1024 * 1024
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MARK = "\ufeff"


@dataclass(frozen=True, slots=True)
class Style:
    """How a TextGrid file is laid out, so that it is written back in the same way."""

    long: bool = True
    encoding: str = "utf-8"
    newline: str = "\n"
    space: str = " "  # Praat ends the lines of its long format with one
    head: str = 'File type = "ooTextFile"'

    def encode(self, text: str) -> bytes:
        """Give the bytes of a file; labels that would not be read back from its encoding make it UTF-8."""
        marked = _MARK + text if self.encoding.startswith("utf-16") else text
        try:
            data = marked.encode(self.encoding)
        except UnicodeEncodeError:
            return text.encode("utf-8", "replace")
        told = self.encoding != "latin-1" or _is_latin(data)
        return data if told else text.encode("utf-8")


PRAATS = Style()


def decode(data: bytes, name: str) -> tuple[str, str, tuple[str, ...]]:
    """Give the text of a file, its encoding, and a sentence where that was guessed.

    Raises Fault for bytes that are no text, or text in an encoding that nothing tells.
    """
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _strict(data, encoding, name).removeprefix(_MARK), encoding, ()
    if b"\0" in data[:64]:
        encoding = "utf-16-be" if data[:1] == b"\0" else "utf-16-le"
        return _strict(data, encoding, name), encoding, ()
    try:
        return data.decode("utf-8"), "utf-8", ()
    except UnicodeDecodeError:
        return _latin(data, name)


def _strict(data: bytes, encoding: str, name: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        words = encoding.upper().removesuffix("-SIG").removesuffix("-LE").removesuffix("-BE")
        raise Fault(
            f"“{name}” says that it is {words}, but some of its bytes are not.",
            "It may be cut short: copy it again, or save it again as UTF-8.",
        ) from None


def _is_latin(data: bytes) -> bool:
    """Tell whether bytes in Latin-1, or in ASCII alone, are read as such."""
    try:
        return decode(data, "")[1] == "latin-1" or data.isascii()
    except Fault:
        return False


def _latin(data: bytes, name: str) -> tuple[str, str, tuple[str, ...]]:
    """Read Latin-1, in which Praat once wrote; what has its control characters is something else."""
    text = data.decode("latin-1")
    if not text.isascii() and not re.search("[\x80-\x9f]", text):
        return text, "latin-1", (f"“{name}” is neither UTF-8 nor UTF-16 and was read as ISO Latin-1.",)
    raise Fault(
        f"“{name}” is neither UTF-8 nor UTF-16 nor ISO Latin-1.",
        "Open it where it was made and save it as UTF-8.",
    )


def style_of(text: str, encoding: str) -> Style:
    """Tell how a text is laid out."""
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
    """One thing that counts in Praat's text format: a "text", a "number" or a "flag"."""

    kind: str
    text: str


# Praat reads texts, free-standing numbers and flags; every other word is there for people.
_WORDS = re.compile(
    r'"(?P<text>[^"]*(?:""[^"]*)*)"(?!\S)'
    r'|(?P<broken>")'
    r"|(?P<comment>![^\r\n]*)"
    r"|<(?P<flag>\w+)>(?!\S)"
    r"|(?P<number>[-+]?[0-9.][^\s\"]*|--undefined--)(?!\S)"
    r"|[^\s\"]\S*"
)


def words(text: str) -> Iterator[Word]:
    """Give what counts, in order; a quotation that does not end comes as "broken"."""
    for found in _WORDS.finditer(text):
        kind = found.lastgroup
        if kind is None or kind == "comment":
            continue
        yield Word(kind, found[kind].replace('""', '"') if kind == "text" else found[kind])
        if kind == "broken":
            return


def quoted(text: str) -> str:
    """Give a text as Praat writes it, its quotation marks doubled."""
    return '"' + text.replace('"', '""') + '"'

"""The syntax of TextGrid files: encoding, layout and tokens."""

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
    """Return the text of a file, its encoding, and a sentence if the encoding was guessed.

    Raises Fault if the bytes are not text, or the encoding cannot be determined.
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
            f"“{name}” is marked as {words}, but some of its bytes are not valid.",
            "It may be truncated: copy it again, or save it again as UTF-8.",
        ) from None


def _is_latin(data: bytes) -> bool:
    """Return whether bytes written as Latin-1, or pure ASCII, would be read back as such."""
    try:
        return decode(data, "")[1] == "latin-1" or data.isascii()
    except Fault:
        return False


def _latin(data: bytes, name: str) -> tuple[str, str, tuple[str, ...]]:
    """Decode Latin-1, which old versions of Praat wrote; C1 control characters mean it is something else."""
    text = data.decode("latin-1")
    if not text.isascii() and not re.search("[\x80-\x9f]", text):
        return text, "latin-1", (f"“{name}” is neither UTF-8 nor UTF-16 and was read as ISO Latin-1.",)
    raise Fault(
        f"“{name}” is neither UTF-8 nor UTF-16 nor ISO Latin-1.",
        "Open it in the program that made it and save it as UTF-8.",
    )


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
    r"|(?P<number>[-+]?[0-9.][^\s\"]*|--undefined--)(?!\S)"
    r"|[^\s\"]\S*"
)


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

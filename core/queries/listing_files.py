"""Listings as files: CSV or TSV, a report also as Praat prints it, each with its record beside it."""

from __future__ import annotations

import csv
import os
import re
from pathlib import Path

from core.export.record import write_json
from core.files.atomic import atomic
from core.files.versions import versions
from core.queries.listing_text import Listing

SEPARATORS = {".csv": ",", ".tsv": "\t", ".txt": "\t"}


def write_listing(path: str | os.PathLike[str], made: Listing) -> None:
    """Write a listing in the format that the file extension names, with its record as JSON beside it."""
    ending = Path(path).suffix.lower()
    with atomic(path) as draft, draft.open("w", encoding="utf-8", errors="replace", newline="") as out:
        if made.words and ending == ".txt":
            out.write(made.words)
        else:
            table = csv.writer(out, delimiter=SEPARATORS.get(ending, ","), lineterminator="\n")
            table.writerow(made.head)
            table.writerows(made.rows)
    record = {
        "title": made.title,
        "model": made.model,
        "notice": made.notice,
        "origin": made.origin.plain(),
        "versions": versions(),
    }
    write_json(Path(path).with_suffix(".json"), record)


def file_name(made: Listing) -> str:
    """Return the file name that is offered for a listing.

    >>> file_name(Listing("Pitch listing of Out", (), ()))
    'pitch_listing_of_out'
    """
    return re.sub(r"[^\w.-]+", "_", made.title.lower()).strip("_.")

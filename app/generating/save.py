"""A search of the window as files: the tables, sounds and points that the command line writes."""

from __future__ import annotations

from pathlib import Path

from app.generating.generation_run import GenerationState
from core.files.atomic import folder_for
from core.generation.search_files import ExampleSet, numbers_of, write_examples, write_settings


def write_search(folder: Path, state: GenerationState) -> None:
    """Write settings.csv, examples.csv, the sounds and the points of what is shown.

    Raises Fault if the folder cannot be written or the disk is full.
    """
    folder_for(folder)
    write_settings(folder / "settings.csv", state.search)
    sets = [
        ExampleSet(sign, _mark(state, sign), state.shown[sign], examples)
        for sign, examples in state.examples.items()
    ]
    sets += [ExampleSet(sign, "real", None, examples) for sign, examples in state.real.items()]
    write_examples(folder, sets, numbers_of(state.search))


def _mark(state: GenerationState, sign: int) -> str:
    """Return the mark of the setting that is shown, “chosen” if it has none."""
    marks = {row.setting: mark for mark, row in reversed(list(state.search.marks(sign).items()))}
    return marks.get(state.shown[sign], "chosen")

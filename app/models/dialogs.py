"""The dialogs of models and points: files, runs, names, and what the checkpoint does not say."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from app.base.context import Context
from app.base.dialog_host import DialogHost
from app.base.preference_store import PreferenceStore
from app.models.model_loader import ModelLoader
from app.models.named_points import NamedPoints, other_checkpoint
from app.recordings.dialogs import ANY, SOUND_SUFFIXES, SOUNDS
from core.session.session import Session

if TYPE_CHECKING:
    from core.checkpoint.run_files import ChooseRun
    from core.session.named_points import NamedPoint

_CHECKPOINT = (
    "*.index *.meta *.data-* *.pt *.pth *.pkl *.ckpt *.bin *.tar *.jit *.safetensors *.npz *.omnivad "
    "*.onnx *.pt2 *.h5 *.hdf5 config.json "
    "checkpoint args.txt sweep.json"
)
BOTH = f"Checkpoints and sounds ({_CHECKPOINT} {SOUND_SUFFIXES})"
CHECKPOINTS = f"Checkpoints ({_CHECKPOINT})"
POINTS = f"Points (*.json);;{ANY}"


def ask_file(host: DialogHost, model_loader: ModelLoader) -> None:
    """Ask for a file of a checkpoint, or for a sound."""
    name = host.ask_open("Open", ";;".join((BOTH, CHECKPOINTS, SOUNDS, ANY)))
    if name:
        model_loader.open(name)


def ask_file_beside(host: DialogHost, model_loader: ModelLoader) -> None:
    """Ask for a file of a checkpoint that is opened beside what is open."""
    name = host.ask_open("Open beside", ";;".join((CHECKPOINTS, ANY)))
    if name:
        model_loader.open_beside(name)


def ask_folder(host: DialogHost, model_loader: ModelLoader) -> None:
    """Ask for a run's folder."""
    name = host.ask_open_folder("Open a run's folder")
    if name:
        model_loader.open(name)


def choose_recent(host: DialogHost, preferences: PreferenceStore, model_loader: ModelLoader) -> None:
    """Show the recent files in a list that can be searched."""
    from widgets.shell.command_palette import CommandPalette, PaletteRow

    paths = preferences.values.recent
    if not paths:
        host.note("Nothing was opened yet")
        return
    rows = tuple(PaletteRow(path, Path(path).name, str(Path(path).parent)) for path in paths)
    palette = CommandPalette(rows, host.parent, "Search recent files")
    palette.run_wanted.connect(model_loader.open)
    host.show(palette)


def ask_run(host: DialogHost, model_loader: ModelLoader, choice: ChooseRun) -> None:
    """Ask which of several runs to open."""
    from widgets.model.questions import ChooseRunDialog

    dialog = ChooseRunDialog(tuple((str(path), words) for path, words in choice.choices), host.parent)
    dialog.chosen.connect(model_loader.open_run)
    host.show(dialog)


def ask_questions(context: Context, host: DialogHost, model_loader: ModelLoader, name: str = "") -> None:
    """Ask what the checkpoint does not say, the question `name` first."""
    from widgets.model.questions import QuestionsDialog

    card = context.session.card
    if card is None or not card.questions:
        words = "There is nothing to ask: this checkpoint says everything that is needed"
        context.messages.noted.emit(words)
        return
    dialog = QuestionsDialog(card, host.parent, name)
    dialog.answered.connect(model_loader.answer)
    host.show(dialog)


def ask_point_name(host: DialogHost, named_points: NamedPoints) -> None:
    """Ask for the name of the present point."""

    def keep(name: str) -> None:
        if name.strip():
            named_points.keep(name.strip())

    host.ask_text("Save this point", "Name:", keep)


def show_points(host: DialogHost, named_points: NamedPoints) -> None:
    """Show the kept points, to go to one, rename it or delete it."""
    from widgets.latent.points_dialog import PointsDialog

    dialog = PointsDialog(host.parent)

    def show() -> None:
        notes = {one.name: one.note for one in named_points.named}
        others = [_elsewhere_words(one) for one in named_points.elsewhere]
        dialog.show_names(named_points.own_names, named_points.deleted, notes, others)

    named_points.changed.connect(show)
    dialog.finished.connect(lambda _: named_points.changed.disconnect(show))
    dialog.go_wanted.connect(named_points.go)
    dialog.rename_wanted.connect(lambda old, new: host.guard(lambda: named_points.rename(old, new)))
    dialog.delete_wanted.connect(named_points.delete)
    dialog.restore_wanted.connect(named_points.restore)
    dialog.note_wanted.connect(named_points.set_note)
    dialog.go_elsewhere_wanted.connect(named_points.go_elsewhere)
    show()
    host.show(dialog)


def _elsewhere_words(one: NamedPoint) -> str:
    """Return the line of a point that was kept with another checkpoint."""
    whose = ", ".join(filter(None, (one.title, one.checkpoint[:8])))
    return f"{one.name}   ·   kept with another checkpoint: {whose}"


def ask_point_to_write(session: Session, host: DialogHost) -> None:
    """Ask where to write the present point."""
    from core.export.record import write_json
    from core.session.point_names import point_facts

    name, _ = host.ask_save("Write the point", "point.json", POINTS)
    if name:
        card = session.card
        whose = {"checkpoint": card.digest, "title": card.title} if card is not None else {}
        facts = {**whose, **point_facts(session.layout, session.snapshot)}
        host.guard(lambda: write_json(Path(name), facts))


def ask_point_to_read(context: Context, host: DialogHost) -> None:
    """Ask for a file with a point, and go to that point; one of another checkpoint is warned about."""
    name = host.ask_open("Read a point", POINTS, str(host.locations.folder))
    if name:
        host.guard(lambda: _read_point(context, Path(name)))


def _read_point(context: Context, path: Path) -> None:
    from core.export.record import point_checkpoint, read_point

    session = context.session
    session.go(f"read {path.name}", read_point(path, session.layout), path.stem)
    checkpoint = point_checkpoint(path)
    if session.card is not None and checkpoint not in ("", session.card.digest):
        context.messages.warned.emit(other_checkpoint(path.stem, checkpoint))

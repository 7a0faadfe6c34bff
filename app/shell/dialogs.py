"""What the window asks: files, names, settings, and what the weights cannot tell."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QInputDialog

from app.analysis.settings import FOLLOWING
from app.base.file_locations import ask_file, ask_folder
from core.analyses.measures import MOST_FORMANTS
from core.analyses.registry import TABLE
from core.export.record import read_point, write_json
from core.faults import Fault
from core.recordings.sound_file import SUFFIXES
from core.session.point_names import point_facts
from core.signals.axis import Range
from widgets.controls.dialog import SmallDialog, fit_to_screen
from widgets.theme.control_paint import Words
from widgets.theme.number_text import read_number

if TYPE_CHECKING:
    from app.shell.window import Window
    from app.training.panel import TrainingPanel
    from core.checkpoint.run_files import ChooseRun

_CHECKPOINT = "*.index *.meta *.data-* *.pt *.pth *.pkl *.ckpt *.bin *.tar *.safetensors checkpoint args.txt"
_SOUND = " ".join(f"*{suffix}" for suffix in SUFFIXES)
BOTH = f"Checkpoints and sounds ({_CHECKPOINT} {_SOUND})"
CHECKPOINTS = f"Checkpoints ({_CHECKPOINT})"
SOUNDS = f"Sounds ({_SOUND})"
ANY = "All files (*)"
ABOUT = (
    "Praat for the inside of a network.",
    "The method, layer averages read as sounds, is that of\nBeguš and Zhou, IEEE/ACM TASLP 30, 2022.",
    "Free software under the GNU General Public License, version 3 or later.",
)


def _of_kind(name: str, kind: str) -> Path:
    """Give a file the ending of the kind of sound that was chosen beside it: the kind counts.

    Raises Fault where that is another file, which nobody was asked about.
    """
    given, ending = Path(name), ".Sound" if "Praat" in kind else ".wav"
    bare = given.with_suffix("") if given.suffix.lower() in (".sound", ".wav") else given
    path = given if given.suffix.lower() == ending.lower() else bare.with_name(bare.name + ending)
    if path != given and path.exists():
        raise Fault(f"“{path.name}” is there already; nothing was written.", "Choose another name.")
    return path


class Dialogs:
    """Asks, and hands the answers to the instrument; a cancelled question changes nothing."""

    def __init__(self, window: Window) -> None:
        self._window = window
        self._open: list[object] = []
        self._training: TrainingPanel | None = None

    def _guarded(self, action: Callable[[], None]) -> None:
        try:
            action()
        except Fault as fault:
            self._window.on.messages.faulted.emit(fault)

    # --- opening ----------------------------------------------------------------------------

    def file(self) -> None:
        """Ask for a file of a checkpoint, or for a sound."""
        kinds = ";;".join((BOTH, CHECKPOINTS, SOUNDS, ANY))
        name, _ = QFileDialog.getOpenFileName(self._window, "Open", self._last(), kinds)
        if name:
            self._window.on.model_loader.open(name)

    def folder(self) -> None:
        """Ask for a run's folder."""
        name = QFileDialog.getExistingDirectory(self._window, "Open a run's folder", self._last())
        if name:
            self._window.on.model_loader.open(name)

    def recording(self) -> None:
        """Ask for a sound file."""
        name, _ = QFileDialog.getOpenFileName(
            self._window, "Open a recording", self._last(), f"{SOUNDS};;{ANY}"
        )
        if name:
            self._window.on.recordings.open(name)

    def _last(self) -> str:
        recent = self._window.on.preferences.values.recent
        return str(Path(recent[0]).parent) if recent else ""

    def run(self, choice: ChooseRun) -> None:
        """Ask which of several runs is meant."""
        from widgets.model.questions import ChooseRunDialog

        dialog = ChooseRunDialog(tuple((str(path), words) for path, words in choice.choices), self._window)
        dialog.set_look(self._window.look)
        dialog.chosen.connect(self._window.on.model_loader.open)
        self.keep(dialog)

    def questions(self, name: str = "") -> None:
        """Ask what the weights cannot tell, the question `name` first."""
        from widgets.model.questions import QuestionsDialog

        card = self._window.on.session.card
        if card is None or not card.questions:
            self._window.status.show_help("Nothing is left open: this checkpoint tells all that is needed")
            return
        dialog = QuestionsDialog(card, self._window, name)
        dialog.set_look(self._window.look)
        dialog.answered.connect(self._window.on.model_loader.answer)
        self.keep(dialog)

    # --- saving -----------------------------------------------------------------------------

    def picture(self) -> None:
        """Ask for the size, the notes and the file of a picture of the stack."""
        from app.export.figure import ask_picture

        ask_picture(self._window)

    def sound_file(self) -> None:
        """Ask where the active lane's sound goes."""
        kinds = "WAV, as published (*.wav);;Praat text Sound, own rate and true start (*.Sound)"
        stem = self._window.places.name_of(self._window.on.session.active)
        name, kind = ask_file(self._window, "Save the lane's sound", f"{stem}.wav", kinds)
        if name:
            self._guarded(lambda: self._window.on.file_export.save_sound(_of_kind(name, kind)))

    def selected_sound(self) -> None:
        """Ask where the selected part of the active lane goes, and with which times."""
        kinds = (
            "WAV, as published, from 0 (*.wav)",
            "Praat text Sound, own rate, times preserved (*.Sound)",
            "Praat text Sound, own rate, time from 0 (*.Sound)",
        )
        stem = self._window.places.name_of(self._window.on.session.active, "_selected")
        name, kind = ask_file(self._window, "Save selected sound", f"{stem}.wav", ";;".join(kinds))
        if name:
            from_zero = kind == kinds[2]
            self._guarded(lambda: self._window.on.file_export.save_selected(_of_kind(name, kind), from_zero))

    def layers_folder(self) -> None:
        """Ask for the folder that all layers are written to."""
        name = ask_folder(self._window, "Save all layers to a folder")
        if name:
            self._guarded(lambda: self._window.on.file_export.save_layers(Path(name)))

    def training(self) -> None:
        """Open the panel in which a model is trained."""
        if self._training is None:
            from app.training.panel import TrainingPanel

            self._training = TrainingPanel(self._window)
        fit_to_screen(self._training.panel)
        self._training.panel.show()
        self._training.panel.raise_()

    # --- points and times -------------------------------------------------------------------

    def point_name(self) -> None:
        """Ask for the name of the present point."""
        name, given = QInputDialog.getText(self._window, "Save this point", "Name:")
        if given and name.strip():
            self._window.points.keep(name.strip())

    def point_file(self, write: bool) -> None:
        """Ask for the file that a point is written to or read from."""
        kinds = f"Points (*.json);;{ANY}"
        if write:
            name, _ = ask_file(self._window, "Write the point", "point.json", kinds)
        else:
            folder = str(self._window.places.folder)
            name, _ = QFileDialog.getOpenFileName(self._window, "Read a point", folder, kinds)
        if name:
            self._guarded(lambda: self._write_point(Path(name)) if write else self._read_point(Path(name)))

    def _write_point(self, path: Path) -> None:
        session = self._window.on.session
        write_json(path, point_facts(session.layout, session.snapshot))

    def _read_point(self, path: Path) -> None:
        session = self._window.on.session
        point = read_point(path, session.layout)
        session.go(f"read {path.name}", point, path.stem)

    def selection(self) -> None:
        """Ask for the start and the end of the selection."""
        session = self._window.on.session
        now = session.selection or session.visible
        text, given = QInputDialog.getText(
            self._window, "Select", "Start and end (s):", text=f"{now.start_s:.6f} {now.end_s:.6f}"
        )
        if not given:
            return
        try:
            wanted = Range(*sorted(float(word) for word in text.replace(",", " ").split()))
        except (ValueError, TypeError):
            self._window.on.messages.faulted.emit(Fault(f"“{text}” is not two times.", "Write 0.18 0.33."))
            return
        self._guarded(lambda: session.set_selection(wanted))

    def start_of_recording(self) -> None:
        """Ask where the active recording starts on the stack's axis."""
        on = self._window.on
        key = on.alignment.of(on.session.active)
        now = f"{on.alignment.by_s(key):.6f}"
        self._number("Move in time", "Starts at (s):", now, lambda at_s: on.alignment.to(key, at_s))

    def frequency(self) -> None:
        """Ask where the horizontal frequency cursor stands."""
        at_hz, queries = self._window.on.session.frequency_hz, self._window.dock_view.queries
        now = f"{500.0 if at_hz is None else at_hz:g}"
        self._number("Move frequency cursor", "Frequency (Hz):", now, queries.to_frequency)

    def _number(self, title: str, label: str, now: str, use: Callable[[float], None]) -> None:
        text, given = QInputDialog.getText(self._window, title, label, text=now)
        if given:
            self._guarded(lambda: use(read_number(text)))

    def formant(self, title: str, letter: str) -> None:
        """Ask of which formant the frequency (f) or the bandwidth (b) is asked, and ask it."""
        number, given = QInputDialog.getInt(self._window, title, "Formant number:", 1, 1, MOST_FORMANTS)
        if given:
            self._window.dock_view.queries.ask(f"{letter}{number}")

    # --- settings ---------------------------------------------------------------------------

    def settings(self, measure: str) -> None:
        """Ask for the settings of one measure."""
        from widgets.controls.form import SettingsForm

        analysing, measure = self._window.on.analysis_settings, FOLLOWING.get(measure, measure)
        if measure not in TABLE and measure != "greys":
            return
        session = self._window.on.session
        active = session.shown.tracks.get(session.active)
        title = TABLE[measure].title if measure in TABLE else "Advanced spectrogram"
        form = SettingsForm(
            f"{title.replace('Formants', 'Formant')} settings",
            analysing.of(measure),
            analysing.standards(measure),
            self._window,
            lambda value: TABLE[measure].impossible(value, active) if measure in TABLE else None,
        )
        form.set_look(self._window.look)
        form.applied.connect(lambda value: analysing.set(measure, value))
        self.keep(form)

    # --- help -------------------------------------------------------------------------------

    def show_palette(self) -> None:
        """Open the command search."""
        from widgets.shell.command_palette import CommandPalette

        palette = CommandPalette(self._window.menus.rows(), self._window)
        palette.set_look(self._window.look)
        palette.run_wanted.connect(self._window.menus.run)
        self.keep(palette)

    def show_shortcuts(self) -> None:
        """Open the sheet of keys and mouse."""
        from widgets.shell.shortcut_sheet import ShortcutSheet

        sheet = ShortcutSheet(self._window.menus.rows(), self._window)
        sheet.set_look(self._window.look)
        self.keep(sheet)

    def show_card(self) -> None:
        """Open everything known about the model."""
        self._window.card.show_details()

    def show_about(self) -> None:
        """Show what Phonoscope is and under which licence."""
        from core.files.versions import app_version

        dialog = SmallDialog(f"Phonoscope {app_version()}", self._window)
        for words in ABOUT:
            dialog.body.addWidget(Words(words, 12, 400))
        dialog.add_buttons((), (("Close", dialog.accept),))
        dialog.set_look(self._window.look)
        self.keep(dialog)

    def keep(self, dialog: object) -> None:
        """Open a dialog without stopping the window, and keep it until it is closed."""
        self._open = [kept for kept in self._open if kept.isVisible()]  # type: ignore[attr-defined]
        self._open.append(dialog)
        fit_to_screen(dialog)  # type: ignore[arg-type]
        self._window.status_notes.watch(dialog)  # type: ignore[arg-type]
        dialog.show()  # type: ignore[attr-defined]

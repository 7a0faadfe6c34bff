"""The panel for training a model: its settings, its progress, and previews of its sound."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QProgressBar,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from widgets.controls.number_field import inset
from widgets.theme.control_paint import ShortWords, Words, pass_theme
from widgets.theme.theme import Theme

MODELS = ("ciwgan", "fiwgan", "wavegan")
DIMS = ("16", "32", "64")
SLICES = ("16384", "32768", "65536")
KEEPS_ON = "Training continues after you close this window. Choose its folder again to see its progress."
LOCKED = "These are the settings of the run in this folder. To train with others, choose another folder."
CRITIC = "Critic's distance"
TERMS = {
    "Recordings": "The folder of the recordings to learn from; any length, rate and format.",
    "Write to": "The folder for the model and its progress. An earlier run's folder continues that run.",
    "Model": (
        "WaveGAN learns to make sounds like the recordings. A ciwGAN also learns to encode categories in its "
        "sounds, one of N; a fiwGAN encodes bits, each of which is 0 or 1."
    ),
    "Categories": "How many categories a ciwGAN encodes (8 for eight words), or how many bits a fiwGAN.",
    "Size (dim)": (
        "How many channels the networks have: the last hidden layer has dim of them. 64 is the published "
        "size; 16 learns several times faster and sounds rougher."
    ),
    "Slice (samples)": "How long each generated sound is. At 16000 Hz, 16384 samples are about a second.",
    "Sampling rate": "The recordings are resampled to this rate, and the model generates sounds at it.",
    "Trim": "Cuts off, at both ends, what is more than 40 dB below the loudest moment.",
    CRITIC: (
        "How well the critic (D) tells generated sounds from recordings: an estimate of the Wasserstein "
        "distance. It falls as training succeeds; its size means little."
    ),
    "Distance to the recordings": (
        "How far the spectra of generated sounds are from those of the recordings (a Fréchet distance of mel "
        "spectra). The grey line is the distance of recordings that were held out of training: closer than "
        "that is hardly possible."
    ),
    "Accuracy": "How often Q, hearing a generated sound, finds the code that it was generated from.",
    "Previews": "Sounds that the model generated at each save, the codes in turn.",
}


@dataclass(frozen=True)
class TrainWish:
    """What to train, on which recordings, and into which folder."""

    folder: str
    out: str
    model: str
    categories: int
    dim: int
    slice_len: int
    rate_hz: int
    trim: bool

    def options(self) -> list[str]:
        """Return the settings as options of `phonoscope train`."""
        coded = ["--categories", str(self.categories)] if self.model != "wavegan" else []
        return [
            "--model", self.model, *coded, "--dim", str(self.dim), "--slice", str(self.slice_len),
            "--rate", str(self.rate_hz), "--every", "5", *(["--trim"] if self.trim else []),
        ]  # fmt: skip


@dataclass(frozen=True)
class Progress:
    """The progress of a run: curves over steps, previews by name, and its last message."""

    running: bool
    step: int
    of: int
    words: str
    said: str
    losses: tuple[tuple[int, float], ...] = ()
    distances: tuple[tuple[int, float], ...] = ()
    floor: float | None = None
    accuracy: float | None = None
    previews: tuple[str, ...] = ()
    has_model: bool = False


class TrainPanel(QWidget):
    """Signals: `start_wanted(TrainWish)`, `go_on_wanted(TrainWish)`, `stop_wanted()`,
    `preview_wanted(name)`, `open_wanted()`, `out_changed(folder)`, `folder_changed()`.
    """

    start_wanted = Signal(object)
    go_on_wanted = Signal(object)
    stop_wanted = Signal()
    preview_wanted = Signal(str)
    open_wanted = Signal()
    out_changed = Signal(str)
    folder_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setWindowTitle("Train a model")
        self._make_fields()
        self._make_progress()
        self._lay_out()
        self._follow_model(self._model.currentText())
        self.show_progress(Progress(False, 0, 0, "", ""))

    def _make_fields(self) -> None:
        self._folder, self._out = QLineEdit(), QLineEdit()
        self._folder.setPlaceholderText("A folder of recordings")
        self._out.setPlaceholderText("A folder for the model and its progress")
        self._model, self._dim, self._slice = _combo(MODELS, 0), _combo(DIMS, 0), _combo(SLICES, 0)
        self._categories, self._rate = _spin(1, 64, 4), _spin(1000, 48000, 16000, " Hz")
        self._trim = QCheckBox("Trim silence from both ends of each recording")
        self._trim.setChecked(True)
        self._model.currentTextChanged.connect(self._follow_model)
        self._folder.textChanged.connect(lambda: self.folder_changed.emit())
        self._out.editingFinished.connect(lambda: self.out_changed.emit(self._out.text()))

    def _make_progress(self) -> None:
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(4)
        self._words, self._said = Words("", 12, 500, wrap=True), ShortWords("", 11, 400, "ink3")
        # pyqtgraph comes with it, which the start of the program does not wait for
        from widgets.plots.area import ZOOM_HINT
        from widgets.training.loss_plot import LossPlot

        self._loss, self._distance = (
            LossPlot(CRITIC, ""),
            LossPlot("Distance to the recordings", "dB²"),
        )
        self._loss.setToolTip(f"{TERMS[CRITIC]}\n{ZOOM_HINT}")
        self._distance.setToolTip(f"{TERMS['Distance to the recordings']}\n{ZOOM_HINT}")
        self._fault = Words("", 12, 500, "warn", wrap=True)
        self._fault.setAccessibleName("Fault")
        self._fault.hide()
        self._accuracy = Words("", 12, 400, "ink2")
        self._accuracy.setToolTip(TERMS["Accuracy"])
        self._previews = QListWidget()
        self._previews.setToolTip(TERMS["Previews"])
        self._previews.setAccessibleName("Previews, newest first; Enter plays")
        self._previews.setMaximumHeight(110)
        self._previews.itemActivated.connect(lambda item: self.preview_wanted.emit(item.text()))
        self._previews.itemClicked.connect(lambda item: self.preview_wanted.emit(item.text()))
        self._start = _button("Start training", lambda: self.start_wanted.emit(self.wish()))
        self._go_on = _button("Continue", lambda: self.go_on_wanted.emit(self.wish()))
        self._stop = _button("Stop and save", self.stop_wanted.emit)
        self._open = _button("Open the model", self.open_wanted.emit)

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        form.setHorizontalSpacing(12)
        form.setVerticalSpacing(8)
        self._browse = _with_browse(self._folder, "Choose the recordings", None)
        self._trim.setToolTip(TERMS["Trim"])
        for name, field in (
            ("Recordings", self._browse),
            ("Write to", _with_browse(self._out, "Choose a folder to write to", self.out_changed.emit)),
            ("Model", self._model),
            ("Categories", self._categories),
            ("Size (dim)", self._dim),
            ("Slice (samples)", self._slice),
            ("Sampling rate", self._rate),
            ("", self._trim),
        ):
            form.addRow(name, field)
            label = form.labelForField(field)
            for one in (field, label) if name and label is not None else ():
                one.setToolTip(TERMS[name])
        buttons = QHBoxLayout()
        buttons.addWidget(self._open)
        buttons.addStretch(1)
        for button in (self._stop, self._go_on, self._start):
            buttons.addWidget(button)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(16, 14, 16, 14)
        whole.setSpacing(8)
        whole.addWidget(Words("Train a model", 13, 600))
        whole.addLayout(form)
        self._locked = Words(LOCKED, 11, 400, "ink3", wrap=True)
        whole.addWidget(self._locked)
        curves = QHBoxLayout()
        curves.setSpacing(12)
        for plot in (self._loss, self._distance):
            curves.addWidget(plot)
        for part in (
            self._fault, self._bar, self._words, curves, self._accuracy,
            Words("Previews; click to play", 12, 600), self._previews, self._said,
            Words(KEEPS_ON, 11, 400, "ink3", wrap=True),
        ):  # fmt: skip
            whole.addLayout(part) if isinstance(part, QHBoxLayout) else whole.addWidget(part)
        whole.addLayout(buttons)
        self.resize(520, 720)

    def wish(self) -> TrainWish:
        """Return the settings in the fields."""
        return TrainWish(
            self._folder.text(), self._out.text(), self._model.currentText(), self._categories.value(),
            int(self._dim.currentText()), int(self._slice.currentText()), self._rate.value(),
            self._trim.isChecked(),
        )  # fmt: skip

    def show_wish(self, wish: TrainWish) -> None:
        """Fill the fields with the settings of a run found in its folder."""
        self._folder.setText(wish.folder)
        self._out.setText(wish.out)
        for field, value in ((self._model, wish.model), (self._dim, wish.dim), (self._slice, wish.slice_len)):
            field.setCurrentText(str(value))
        self._categories.setValue(wish.categories)
        self._rate.setValue(wish.rate_hz)
        self._trim.setChecked(wish.trim)

    def show_progress(self, seen: Progress) -> None:
        """Show the progress of the run."""
        self._bar.setMaximum(max(1, seen.of))
        self._bar.setValue(seen.step)
        self._words.setText(seen.words)
        self._said.setText(seen.said)
        self._loss.show_points(seen.losses)
        self._distance.show_points(seen.distances, seen.floor)
        found = "" if seen.accuracy is None else f"Q finds {seen.accuracy:.0%} of the codes"
        self._accuracy.setText(found)
        names = list(reversed(seen.previews))
        if names != [self._previews.item(k).text() for k in range(self._previews.count())]:
            self._previews.clear()
            self._previews.addItems(names)
        self._lock(seen)
        self._start.setEnabled(not seen.running and seen.step == 0)
        self._go_on.setEnabled(not seen.running and seen.step > 0)
        self._stop.setEnabled(seen.running)
        self._open.setEnabled(seen.has_model)

    def show_fault(self, words: str) -> None:
        """Show why training cannot start or has ended; "" for no reason."""
        if words != self._fault.text():
            self._fault.setText(words)
            self._fault.setVisible(bool(words))

    def _lock(self, seen: Progress) -> None:
        """Lock the settings of a run that has begun, and its recordings while it runs."""
        begun = seen.running or seen.step > 0
        self._browse.setEnabled(not seen.running)
        for field in (self._model, self._dim, self._slice, self._rate, self._trim):
            field.setEnabled(not begun)
        self._categories.setEnabled(not begun and self._model.currentText() != "wavegan")
        self._locked.setVisible(begun)

    def set_theme(self, theme: Theme) -> None:
        """Use the colours of another theme."""
        pass_theme(self, theme)

    def _follow_model(self, model: str) -> None:
        self._categories.setEnabled(model != "wavegan" and self._model.isEnabled())
        self._categories.setMinimum(2 if model == "ciwgan" else 1)


def told_left(left_s: float) -> str:
    """Return the time left in words, "" if unknown."""
    if not math.isfinite(left_s):
        return ""
    hours, minutes = divmod(round(left_s / 60), 60)
    days = hours // 24
    if days > 1:
        return f"{days} d {hours % 24} h left"
    return f"{hours} h {minutes} min left" if hours else f"{minutes} min left"


def _combo(choices: Sequence[str], current: int) -> QComboBox:
    made = QComboBox()
    made.addItems(list(choices))
    made.setCurrentIndex(current)
    return made


def _spin(least: int, most: int, value: int, unit: str = "") -> QSpinBox:
    made = QSpinBox(minimum=least, maximum=most, suffix=unit)
    made.setValue(value)
    inset(made)
    made.setFixedHeight(26)
    return made


def _button(words: str, act: Callable[[], object]) -> QPushButton:
    made = QPushButton(words)
    made.clicked.connect(lambda: act())
    return made


def _with_browse(field: QLineEdit, title: str, chosen: Callable[[str], object] | None) -> QWidget:
    """Return a field for a folder with a button beside it."""

    def browse() -> None:
        name = QFileDialog.getExistingDirectory(field, title, field.text())
        if name:
            field.setText(name)
            if chosen is not None:
                chosen(name)

    row = QWidget()
    layout = QHBoxLayout(row)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(field, 1)
    layout.addWidget(_button("Choose…", browse))
    return row

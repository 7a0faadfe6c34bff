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
    QListWidgetItem,
    QProgressBar,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from widgets.controls.number_field import inset
from widgets.theme.control_paint import ShortWords, Words, pass_theme
from widgets.theme.theme import Theme

RECOGNISER = "wav2letter"
MODELS = ("ciwgan", "fiwgan", "wavegan", RECOGNISER)
DIMS, RECOGNISER_DIMS = ("16", "32", "64"), ("64", "128", "192", "256")
ENGLISH = "abcdefghijklmnopqrstuvwxyz'"
TABLES = "Tables of recordings and their transcripts (*.tsv *.csv);;All files (*)"
SLICES = ("16384", "32768", "65536")
KEEPS_ON = "Training continues after you close this window. Choose its folder again to see its progress."
PREVIEWS, HEARD = "Previews; click to play", "Said → heard, in held-out recordings"
LOCKED = "These are the settings of the run in this folder. To train with others, choose another folder."
CRITIC, DISTANCE = "Critic's distance", "Distance to the recordings"
LOSS, ERRORS = "CTC loss", "Letters wrong"
TERMS = {
    "Recordings": (
        "The folder of the recordings to learn from; any length, rate and format. A recogniser also needs "
        "what is said in them: a .txt or .lab file beside each, a tier of its TextGrid, or a table (.tsv or "
        ".csv with the columns file and text) in place of the folder."
    ),
    "Write to": "The folder for the model and its progress. An earlier run's folder continues that run.",
    "Model": (
        "WaveGAN learns to make sounds like the recordings. A ciwGAN also learns to encode categories in its "
        "sounds, one of N; a fiwGAN encodes bits, each of which is 0 or 1. A Wav2Letter learns to write down "
        "what it hears, from recordings with transcripts."
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
    "Letters": "All letters of the transcripts, in lower case and without a space.",
    "Tier": (
        "The tier of the TextGrids with the words; empty: the one called words, text or the like. Without "
        "TextGrids it does not matter."
    ),
    LOSS: (
        "How improbable the network finds the right letters, per letter (connectionist temporal "
        "classification). It falls as training succeeds."
    ),
    ERRORS: (
        "How many letters are wrong, left out or too many in recordings that were held out of "
        "training, in per cent of the letters that were said."
    ),
    "Heard": "What was said in a few held-out recordings, and what the network wrote.",
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
    letters: str = ENGLISH
    tier: str = ""
    more: tuple[str, ...] = ()

    def options(self) -> list[str]:
        """Return the settings as options of `phonoscope train`; `more` are those that no field shows."""
        if self.model == RECOGNISER:
            tier = ["--tier", self.tier] if self.tier else []
            return [
                "--model", self.model, "--dim", str(self.dim), "--rate", str(self.rate_hz),
                "--letters", self.letters, *tier, *self.more, "--every", "5",
            ]  # fmt: skip
        coded = ["--categories", str(self.categories)] if self.model != "wavegan" else []
        return [
            "--model", self.model, *coded, "--dim", str(self.dim), "--slice", str(self.slice_len),
            "--rate", str(self.rate_hz), "--every", "5", *(["--trim"] if self.trim else []),
        ]  # fmt: skip


@dataclass(frozen=True)
class Progress:
    """The progress of a run: curves over steps, previews by name, and its last message.

    Of a recogniser, `losses` are its CTC loss, `letter_errors` those of held-out speakers in %, `word_error`
    the last one of words from 0 to 1, and `heard` what was said and what it wrote.
    """

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
    recogniser: bool = False
    letter_errors: tuple[tuple[int, float], ...] = ()
    word_error: float | None = None
    heard: tuple[tuple[str, str], ...] = ()


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
        self._letters, self._tier = QLineEdit(ENGLISH), QLineEdit()
        self._tier.setPlaceholderText("words")
        self._more: tuple[str, ...] = ()
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
            LossPlot(DISTANCE, "dB²"),
        )
        self._loss.setToolTip(f"{TERMS[CRITIC]}\n{ZOOM_HINT}")
        self._distance.setToolTip(f"{TERMS[DISTANCE]}\n{ZOOM_HINT}")
        self._recogniser = False
        self._fault = Words("", 12, 500, "warn", wrap=True)
        self._fault.setAccessibleName("Fault")
        self._fault.hide()
        self._accuracy = Words("", 12, 400, "ink2")
        self._accuracy.setToolTip(TERMS["Accuracy"])
        self._previews = QListWidget()
        self._previews.setToolTip(TERMS["Previews"])
        self._previews.setAccessibleName("Previews, newest first; Enter plays")
        self._previews.setMaximumHeight(110)
        self._previews_title = Words(PREVIEWS, 12, 600)
        for asked in (self._previews.itemActivated, self._previews.itemClicked):
            asked.connect(self._want_preview)
        self._start = _button("Start training", lambda: self.start_wanted.emit(self.wish()))
        self._go_on = _button("Continue", lambda: self.go_on_wanted.emit(self.wish()))
        self._stop = _button("Stop and save", self.stop_wanted.emit)
        self._open = _button("Open the model", self.open_wanted.emit)

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        form.setHorizontalSpacing(12)
        form.setVerticalSpacing(8)
        self._form = form
        self._browse = _with_browse(self._folder, "Choose the recordings", None)
        self._table = _button("Table…", self._choose_table)
        row = self._browse.layout()
        assert row is not None
        row.addWidget(self._table)
        self._trim.setToolTip(TERMS["Trim"])
        for name, field in (
            ("Recordings", self._browse),
            ("Write to", _with_browse(self._out, "Choose a folder to write to", self.out_changed.emit)),
            ("Model", self._model),
            ("Categories", self._categories),
            ("Size (dim)", self._dim),
            ("Slice (samples)", self._slice),
            ("Sampling rate", self._rate),
            ("Letters", self._letters),
            ("Tier", self._tier),
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
            self._previews_title, self._previews, self._said,
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
            self._trim.isChecked(), self._letters.text(), self._tier.text(), self._more,
        )  # fmt: skip

    def show_wish(self, wish: TrainWish) -> None:
        """Fill the fields with the settings of a run found in its folder."""
        self._folder.setText(wish.folder)
        self._out.setText(wish.out)
        self._letters.setText(wish.letters)
        self._tier.setText(wish.tier)
        self._more = wish.more
        self._model.setCurrentText(wish.model)
        for field, value in ((self._dim, wish.dim), (self._slice, wish.slice_len)):
            if field.findText(str(value)) < 0:
                field.addItem(str(value))
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
        self._show_kind(seen.recogniser)
        self._loss.show_points(seen.losses)
        if seen.recogniser:
            self._distance.show_points(seen.letter_errors)
        else:
            self._distance.show_points(seen.distances, seen.floor)
        self._accuracy.setText(_figure(seen))
        names = [f"“{said}” → “{wrote}”" for said, wrote in seen.heard] or list(reversed(seen.previews))
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

    def _show_kind(self, recogniser: bool) -> None:
        """Show what a recogniser's progress is told by, or a generator's."""
        if recogniser == self._recogniser:
            return
        self._recogniser = recogniser
        loss, other = (LOSS, ERRORS) if recogniser else (CRITIC, DISTANCE)
        self._loss.show_name(loss, "", TERMS[loss])
        self._distance.show_name(other, "%" if recogniser else "dB²", TERMS[other])
        self._previews_title.setText(HEARD if recogniser else PREVIEWS)
        self._previews.setToolTip(TERMS["Heard" if recogniser else "Previews"])

    def _want_preview(self, item: QListWidgetItem) -> None:
        if not self._recogniser:
            self.preview_wanted.emit(item.text())

    def _choose_table(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "Choose a table", self._folder.text(), TABLES)
        if name:
            self._folder.setText(name)

    def _lock(self, seen: Progress) -> None:
        """Lock the settings of a run that has begun, and its recordings while it runs."""
        begun = seen.running or seen.step > 0
        self._browse.setEnabled(not seen.running)
        for field in (
            self._model, self._dim, self._slice, self._rate, self._trim, self._letters, self._tier,
        ):  # fmt: skip
            field.setEnabled(not begun)
        self._categories.setEnabled(not begun and self._model.currentText() not in ("wavegan", RECOGNISER))
        self._locked.setVisible(begun)

    def set_theme(self, theme: Theme) -> None:
        """Use the colours of another theme."""
        pass_theme(self, theme)

    def _follow_model(self, model: str) -> None:
        """Show the fields of a kind of model, and offer its sizes."""
        recogniser = model == RECOGNISER
        for field in (self._categories, self._slice, self._trim):
            self._form.setRowVisible(field, not recogniser)
        for field in (self._letters, self._tier):
            self._form.setRowVisible(field, recogniser)
        self._table.setVisible(recogniser)
        dims = RECOGNISER_DIMS if recogniser else DIMS
        if self._dim.itemText(0) != dims[0]:
            self._dim.clear()
            self._dim.addItems(list(dims))
            self._dim.setCurrentText("192" if recogniser else dims[0])
        self._categories.setEnabled(model != "wavegan" and self._model.isEnabled())
        self._categories.setMinimum(2 if model == "ciwgan" else 1)


def _figure(seen: Progress) -> str:
    """Return how good the model is in one sentence, "" before it was measured."""
    if seen.recogniser and seen.letter_errors and seen.word_error is not None:
        letters, words = seen.letter_errors[-1][1], 100 * seen.word_error
        return f"Held-out recordings: {letters:.1f} % of the letters wrong, {words:.1f} % of the words"
    return "" if seen.accuracy is None else f"Q finds {seen.accuracy:.0%} of the codes"


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

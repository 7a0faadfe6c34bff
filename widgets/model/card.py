"""The card of the open model: what it is, and the source of each fact."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QCursor, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from core.families.card import WARNING, Card, Fact, NetworkCard
from core.networks.spec import ClassesOutput, FeaturesOutput, FramesOutput, SoundDrive
from widgets.controls.button import Button
from widgets.model.card_details import CardDetails
from widgets.theme.control_paint import ShortWords, Surface, Words, paint_field
from widgets.theme.theme import LIGHT, Theme, font

NAME_PX, ROW_PX, TITLE_PX = 48, 18, 186


def size_text(size_bytes: int) -> str:
    """Return a file size in words.

    >>> size_text(6_012_345), size_text(800_000_000)
    ('6.0 MB', '800 MB')
    """
    for unit, size in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size_bytes >= size:
            number = size_bytes / size
            return f"{number:.1f} {unit}" if number < 100 else f"{number:.0f} {unit}"
    return f"{size_bytes} bytes"


FAMILIES = {
    "tensorflow": "TensorFlow 1",
    "port": "PyTorch port",
    "articulationgan": "articulationGAN",
    "cramer": "PyTorch, cramer",
    "elaraby": "PyTorch, elaraby",
    "mazzzystar": "PyTorch, mazzzystar",
    "phonoscope": "Phonoscope",
    "wav2letter": "Wav2Letter",
    "crepe": "CREPE",
    "silero": "Silero VAD",
    "encoder": "Encoder",
    "firered": "FireRedVAD",
    "snfa": "SNFA phones",
    "musicnn": "musicnn",
    "ina-speech-segmenter": "inaSpeechSegmenter",
    "schlueter-grill": "Schlüter & Grill",
    "graph": "Computation graph",
}
"""Short names of the families, which fit into the card."""


def family_text(card: Card) -> str:
    """Return the family and the width of its networks: "PyTorch port, dim 16"."""
    layers = card.generator.layers if card.generator else ()
    hidden = [layer.channels for layer in layers if layer.name.startswith("conv")]
    width = f", dim {hidden[-1]}" if hidden and card.sounds else ""
    return f"{FAMILIES.get(card.family, card.family)}{width}"


def latent_text(card: Card) -> str:
    """Return the parts of the latent vector: its code, if any, and its noise."""
    if card.generator is None:
        return "none: a sound drives it"
    code, noise = card.layout.code, card.layout.size - card.layout.code
    return f"{code} code + {noise} z" if code else f"{noise} z"


def slice_text(card: Card) -> str:
    """Return the length of the output, or of the sound that is taken, in samples and seconds."""
    if not card.slice_len:
        return "sounds of any length"
    return f"{card.slice_len} = {card.slice_len / card.rate_hz:.4g} s"


# row, its value, the facts behind it, and the questions that set it
ROWS: tuple[tuple[str, Callable[[Card], str], tuple[str, ...], tuple[str, ...]], ...] = (
    ("Family", family_text, ("family", "saved by"), ()),
    ("Latent", latent_text, ("latent variables", "code variables", "code", "latent"), ("kind", "code")),
    ("Slice", slice_text, ("slice",), ("slice",)),
    ("Rate", lambda card: f"{card.rate_hz:g} Hz", ("sampling rate", "rate"), ("rate",)),
)


def input_text(card: Card) -> str:
    """Return what the network takes: "log-mel 80, 100/s", or the waveform."""
    drive = _hearing(card).drive
    assert isinstance(drive, SoundDrive)
    kind = str(getattr(drive.frontend, "kind", "waveform"))
    return kind if drive.frontend.channels == 1 else f"{kind} {drive.frontend.channels}"


def layers_text(card: Card) -> str:
    """Return how many layers the network has, its answer included."""
    network = _hearing(card)
    count = len(network.layers) + (not isinstance(network.output, FeaturesOutput))
    return f"{count}"


def output_text(card: Card) -> str:
    """Return what the network says: "29 letters, CTC", "3 classes", "360 bins of pitch"."""
    output = _hearing(card).output
    if isinstance(output, FramesOutput):
        what = "bins of pitch" if output.cents else "labels, CTC" if output.blank is not None else "classes"
        return f"{len(output.labels)} {what}"
    if isinstance(output, ClassesOutput):
        return f"{len(output.labels)} classes at once" if output.labels != ("score",) else "a score"
    return "features only"


def frames_text(card: Card) -> str:
    """Return how often the network answers."""
    answer = _hearing(card).answer
    return f"{answer.axis.rate_hz:.4g} / s" if answer is not None else "once per sound"


def _hearing(card: Card) -> NetworkCard:
    """Return the first network that a sound drives."""
    return next(one for one in card.networks.values() if isinstance(one.drive, SoundDrive))


# The rows of a card without a generator.
HEARING_ROWS: tuple[tuple[str, Callable[[Card], str], tuple[str, ...], tuple[str, ...]], ...] = (
    ("Family", family_text, ("family", "saved by"), ()),
    ("Input", input_text, ("input", "hop"), ("hop",)),
    ("Takes", slice_text, ("slice",), ("slice",)),
    ("Layers", layers_text, ("layers",), ()),
    ("Output", output_text, ("labels", "pitch"), ("labels",)),
    ("Answers", frames_text, (), ()),
    ("Rate", lambda card: f"{card.rate_hz:g} Hz", ("sampling rate", "rate"), ("rate",)),
)
# Further facts, shown on the card only while they are assumed: their names, a short label, and questions.
MORE = {
    "prior": ("Prior", "prior"),
    "slope of d and q": ("Slope", "slope"),
    "generator": ("Opened", "generator"),
    "output": ("Output", "channel"),
    "stride": ("Stride", "stride"),
    "first layer": ("First", "first"),
}
# The least certain fact determines the source shown in a row.
_DOUBT = {"read": 0, "inferred": 1, "set by you": 2, "assumed": 3}


def row_fact(card: Card, names: tuple[str, ...]) -> Fact | None:
    """Return the fact behind a row: the least certain one if there are several."""
    known = [fact for fact in card.facts if fact.name.lower() in names]
    return max(known, key=lambda fact: _DOUBT[fact.source], default=None)


def two_lines(title: str, room_px: int) -> tuple[str, str]:
    """Break a long title into two lines of similar length; the second is "" if it fits on one."""
    metrics, words = QFontMetrics(font(13, 600, numbers=True)), title.split(" ")
    if metrics.horizontalAdvance(title) <= room_px or len(words) == 1:
        return title, ""
    breaks = [(" ".join(words[:k]), " ".join(words[k:])) for k in range(1, len(words))]
    return min(breaks, key=lambda lines: max(metrics.horizontalAdvance(line) for line in lines))


def warned(fact: Fact) -> str:
    """Return a doubt with what to do about it, for a tooltip."""
    return f"{fact.value}\n{fact.note}".rstrip()


class FactRow(QWidget):
    """One fact: name, value, source; click an assumed one to set it."""

    clicked = Signal()

    def __init__(self, name: str, value: str, source: str, note: str = "", asks: bool = False) -> None:
        super().__init__()
        self._theme: Theme = LIGHT
        self._name, self._value, self._source = name, value, source
        self._asks = asks
        self.setFixedHeight(ROW_PX)
        self.setAccessibleName(f"{name}: {value}, {source}" if source else f"{name}: {value}")
        tip = f"{note}\nClick to set it." if asks and note else "Click to set it." if asks else note
        self.setToolTip(tip)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        if asks:
            self.setCursor(QCursor(Qt.CursorShape.PointingHandCursor))
            self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._asks and self.rect().contains(event.position().toPoint()):
            self.clicked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._asks and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.clicked.emit()
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(216, ROW_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            theme, right, height = self._theme, self.width() - 4, self.height()
            painter.setFont(font(11, numbers=True))
            middle = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
            painter.setPen(theme.ink3)
            painter.drawText(QRectF(0, 0, NAME_PX, height), middle, self._name)
            width = painter.fontMetrics().horizontalAdvance(self._source)
            chip = QRectF(right - width - 4, 1, width + 8, height - 2)
            painter.setPen(theme.ink3)
            if self._source == "assumed":
                paint_field(painter, chip, theme, theme.warn_weak, None)
                painter.setPen(theme.warn)
            if self.hasFocus():
                paint_field(painter, chip, theme, None, None, focus=True)
            painter.drawText(chip.adjusted(4, 0, -4, 0), middle | Qt.AlignmentFlag.AlignRight, self._source)
            painter.setPen(theme.ink)
            room = QRectF(NAME_PX, 0, chip.left() - NAME_PX - 4, height)
            value = painter.fontMetrics().elidedText(
                self._value, Qt.TextElideMode.ElideRight, int(room.width())
            )
            painter.drawText(room, middle, value)


class CardPanel(Surface):
    """The card at the top left of the window: emits `details_wanted` and `question_wanted(name)`."""

    details_wanted = Signal()
    question_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("panel", parent)
        self._card: Card | None = None
        self._details: CardDetails | None = None
        self._title = ShortWords("", 13, 600)
        self._title_end = ShortWords("", 13, 600)
        self._file = ShortWords("", 11, 400, "ink2")
        self._folder = ShortWords("", 11, 400, "ink2")
        self._folder.hide()
        self._info = Button(icon="info", name="All facts about this model", height_px=22)
        self._info.clicked.connect(self.details_wanted)
        self._info.setEnabled(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 9, 12, 10)
        column.setSpacing(0)
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(self._info)
        column.addLayout(head)
        column.addWidget(self._title_end)
        column.addWidget(self._file)
        column.addWidget(self._folder)
        column.addSpacing(8)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(0)
        column.addLayout(self._rows)
        self._show_title("No model is open")

    def _show_title(self, title: str) -> None:
        """Show a title, on two lines if it is long."""
        first, second = two_lines(title, TITLE_PX)
        self._title.setText(first)
        self._title_end.setText(second)
        self._title_end.setVisible(bool(second))
        self._title.setAlignment(Qt.AlignmentFlag.AlignBottom if second else Qt.AlignmentFlag.AlignVCenter)
        self._title.setAccessibleName(title)

    def show_card(self, card: Card | None, folder: str = "") -> None:
        """Show a model's card, and the name of its run's folder; None shows that no model is open."""
        self._card = card
        self._show_title(card.title if card else "No model is open")
        path = PurePath(card.path).name if card else ""
        self._file.setText(f"{path} · {size_text(card.size_bytes)}" if card and card.size_bytes else path)
        self._file.setAccessibleDescription(card.path if card else "")
        self._folder.setText(f"in {folder}")
        self._folder.setAccessibleDescription(card.path if card else "")
        self._folder.setVisible(bool(folder))
        self._info.setEnabled(card is not None)
        while (old := self._rows.takeAt(0)) is not None:
            widget = old.widget()
            if widget is not None:
                widget.deleteLater()
        for row in self._made_rows(card) if card else ():
            row.set_theme(self._theme)
            self._rows.addWidget(row)

    def _made_rows(self, card: Card) -> list[FactRow]:
        asked = {question.name for question in card.questions}
        rows: list[FactRow] = []
        hears = card.generator is None and bool(card.input_rates_hz)
        for name, words, facts, questions in HEARING_ROWS if hears else ROWS:
            fact = row_fact(card, facts)
            question = next((key for key in questions if key in asked), "")
            rows.append(self._made_row(name, words(card), fact, question))
        for fact in card.facts:
            name, question = MORE.get(fact.name.lower(), ("", ""))
            if name and fact.source == "assumed":
                rows.append(
                    self._made_row(name, str(fact.value), fact, question if question in asked else "")
                )
        rows += [FactRow(WARNING, str(fact.value), "", warned(fact)) for fact in card.warnings]
        return rows

    def _made_row(self, name: str, value: str, fact: Fact | None, question: str) -> FactRow:
        source, note = (fact.source, fact.note) if fact else ("", "")
        row = FactRow(name, value, source, note, bool(question) and source in ("assumed", "set by you"))
        row.clicked.connect(lambda: self.question_wanted.emit(question))
        return row

    def show_details(self) -> None:
        """Open a small window with everything known about the model."""
        if self._card is None:
            return
        if self._details is not None:
            self._details.close()
        self._details = CardDetails(self._card, self.window())
        self._details.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._details.finished.connect(self._forget_details)
        self._details.set_theme(self._theme)
        self._details.show()

    def _forget_details(self) -> None:
        self._details = None

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        for child in self.findChildren(QWidget):
            if isinstance(child, (FactRow, Button, Words)):
                child.set_theme(theme)

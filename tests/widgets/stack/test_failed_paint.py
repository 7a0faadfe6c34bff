"""A bug in painting is told; it does not end the program."""

from __future__ import annotations

import subprocess
import sys

FAILING = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
app = QApplication([])
from core.signals.axis import Range
from tests.support.made_up import lane, view
from widgets.stack import lane_plot
from widgets.stack.stack import Stack
told = []
sys.excepthook = lambda *bug: told.append(bug[1])
def fail(*_):
    raise ValueError("a bug in painting")
setattr(lane_plot, sys.argv[1], fail)
stack = Stack()
stack.resize(1000, 600)
stack.show_view(view(lane("out"), visible=Range(0.0, 1.0)))
stack.show()
QTimer.singleShot(300, app.quit)
app.exec()
print("alive", "a bug in painting" in str(told[0]))
"""


def survived(place: str) -> str:
    run = subprocess.run(
        [sys.executable, "-c", FAILING, place], capture_output=True, text=True, timeout=120, check=False
    )
    return f"{run.returncode} {run.stdout.strip()}"


def test_a_bug_in_a_lanes_axes_or_picture_leaves_the_program_alive():
    assert survived("paint_left_axis") == "0 alive True"
    assert survived("paint_plot") == "0 alive True"

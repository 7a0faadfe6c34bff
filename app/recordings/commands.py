"""File commands: recording a sound."""

from __future__ import annotations

from app.base.command_table import command
from app.recordings.recorder_panel import RecorderPanel


@command("file.record", "Record mono Sound…", "File", separator=True)
def record(recorder_panel: RecorderPanel) -> None:
    """Record a sound from a microphone; it is a recording like any other."""
    recorder_panel.show()

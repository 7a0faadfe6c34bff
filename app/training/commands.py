"""File: training a model."""

from __future__ import annotations

from app.base.command_table import command
from app.training.panel import TrainingPanel


@command("file.train", "Train a model…", "File", separator=True)
def train(training_panel: TrainingPanel) -> None:
    """Make a model of a folder of recordings; the training goes on in a process of its own."""
    training_panel.show()

"""File commands: training a model."""

from __future__ import annotations

from app.base.command_table import command
from app.training.panel import TrainingPanel


@command("file.train", "Train a model…", "File", separator=True)
def train(training_panel: TrainingPanel) -> None:
    """Train a model on a folder of recordings; training continues in its own process."""
    training_panel.show()

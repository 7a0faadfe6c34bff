"""One file per model family: its keys, its exact network, its layers and its knobs."""

from core.families.opening import Model, open_model

__all__ = ["Model", "open_model"]

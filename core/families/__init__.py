"""One file per model family: its keys, its exact network, its layers and its knobs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core.families.opening import Model, open_model

__all__ = ["Model", "open_model"]


def __getattr__(name: str) -> Any:
    """Import the readers and networks only where a checkpoint is opened; the window needs neither."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from core.families import opening

    return getattr(opening, name)

"""Messages of services to the user, which the shell shows."""

from __future__ import annotations

from psygnal import Signal

from core.faults import Fault


class Messages:
    """Signals from any service to the window.

    `faulted` carries a fault to show, `mended` one that no longer holds, `warned` a doubt to show about what
    was done all the same, `noted` a sentence for the status bar, and `busy_changed` whether something is
    being computed.
    """

    faulted = Signal(Fault)
    mended = Signal(Fault)
    warned = Signal(Fault)
    noted = Signal(str)
    busy_changed = Signal(bool)

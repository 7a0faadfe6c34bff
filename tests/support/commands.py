"""Commands run as menus run them, with the services that they declare and without a window."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.base.command_table import all_commands
from app.base.dialog_host import DialogHost
from app.base.file_locations import FileLocations
from app.base.injection import Injector
from app.shell.instrument import Instrument
from core.faults import Fault


def injector(services: Instrument, *more: object) -> Injector:
    """Give what hands commands the services; `more` are parts that a command needs besides."""
    return Injector((services.context, *services.services, *more))


def dialog_host(services: Instrument, parent: QWidget) -> DialogHost:
    """Give what opens dialogs over a widget and asks for files."""
    locations = FileLocations(
        services.session, services.recordings.file_path, lambda: not services.model_loader.is_shipped
    )
    services.recordings.opened.connect(locations.forget)
    return DialogHost(services.context, locations, parent)


def can_run(services: Instrument, id: str, *more: object) -> bool:
    """Whether a command is possible now."""
    return bool(injector(services, *more).call(all_commands()[id].when))


def is_checked(services: Instrument, id: str, *more: object) -> bool:
    """Whether a switch is on."""
    checked = all_commands()[id].checked
    assert checked is not None
    return bool(injector(services, *more).call(checked))


def run(services: Instrument, id: str, *more: object) -> None:
    """Run a command, if it is possible now; a fault is told."""
    if can_run(services, id, *more):
        try:
            injector(services, *more).call(all_commands()[id].run)
        except Fault as fault:
            services.messages.faulted.emit(fault)

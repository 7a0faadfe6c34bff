"""Every service is made with its Context and named neighbours, and every command gets what it declares."""

from __future__ import annotations

import inspect
from typing import get_type_hints

import pytest

from app.base.command_table import all_commands
from app.base.context import Context
from app.base.injection import Injector
from app.base.panel_table import all_panels
from app.base.preference_store import PreferenceStore
from app.cli.shot import Silence
from app.program import assemble
from app.shell.instrument import Instrument
from app.shell.window import Window
from core.processes.engine import InlineEngine
from core.processes.praat_pool import InlinePool
from core.session.session import Session
from tests.support.contexts import inline_context
from tests.support.keys import G


@pytest.fixture
def services() -> Instrument:
    """Give all services; no widget is made for them."""
    return assemble(inline_context(), InlineEngine(), InlinePool(), Silence())


def test_services_open_a_model_and_measure_it_without_a_window(services, small_model):
    services.model_loader.open(small_model)
    session = services.session
    assert G("out") in session.shown.tracks
    assert any(measure == "pitch" for _, measure in session.shown.overlays)
    session.set_value(10, 2.0)
    assert session.shown.tracks[G("out")].origin.point == session.point.z
    services.queries.ask("f0", where=0.3)
    assert len(services.queries.results.rows) == 1
    services.tier_editor.new_tiers(("phones",), ())
    assert services.tier_editor.tiers[0].name == "phones"
    services.close()


def test_no_service_takes_the_whole(services):
    for service in services.services:
        takes = get_type_hints(type(service).__init__) if inspect.isclass(type(service)) else {}
        assert not {Instrument, Window} & set(takes.values()), type(service).__name__


def test_every_command_and_panel_declares_what_the_window_has(window):
    for command in all_commands().values():
        for function in (command.run, command.when, command.checked):
            if function is not None:
                window.injector.wanted(function)
    for panel in all_panels().values():
        window.injector.wanted(panel.make)
        window.injector.wanted(panel.shown)


def test_what_is_asked_for_by_type_is_given_and_anything_else_is_refused():
    context = inline_context()
    injector = Injector((context, context.session, context.preferences))

    def wants_two(session: Session, preferences: PreferenceStore, more: int = 3) -> tuple[object, ...]:
        return session, preferences, more

    def wants_too_much(session: Session, window: Window) -> None: ...

    def says_nothing(session) -> None: ...

    assert injector.call(wants_two) == (context.session, context.preferences, 3)
    with pytest.raises(LookupError, match="0 services of type Window"):
        injector.call(wants_too_much)
    with pytest.raises(LookupError, match="does not say what session is"):
        injector.call(says_nothing)
    injector.add(Session())
    with pytest.raises(LookupError, match="2 services of type Session"):
        injector.call(wants_two)
    assert injector.get(Context) is context


def test_a_key_of_the_users_own_stands_in_for_the_default(window, qapp):
    from app.shell.menus import Menus

    window.on.preferences.change(keys={"time.all": "Ctrl+Alt+Shift+F12"})
    menus = Menus(window.on.context, window.injector, window, window.stack)
    assert menus.actions["time.all"].shortcut().toString() == "Ctrl+Alt+Shift+F12"
    assert menus.actions["time.in"].shortcut().toString() == "Ctrl+I"

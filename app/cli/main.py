"""The command line: the table of commands, and the handling of errors."""

from __future__ import annotations

import importlib
import io
import os
import re
import sys
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

from app.cli.parser import COMMANDS, make_parser, with_values_joined
from core.faults import Fault

USAGE_FAULT = 2
INTERRUPTED = 130
PIPE_BROKEN = 141


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command in the arguments and return the exit status; a fault is one line on standard error."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    _speak_in_any_locale()
    try:
        return _flushed(arguments)
    except Fault as fault:
        print("phonoscope:", *str(fault).splitlines(), file=sys.stderr)  # one line, even if a path has two
        return USAGE_FAULT
    except BrokenPipeError:
        _silence()
        return PIPE_BROKEN
    except KeyboardInterrupt:
        return INTERRUPTED


def _flushed(arguments: list[str]) -> int:
    """Flush all output before exiting, also that of --help, while a broken pipe can still be handled."""
    try:
        return _run(arguments)
    finally:
        sys.stdout.flush()


def _run(arguments: list[str]) -> int:
    if not arguments or (arguments[0] not in COMMANDS and not arguments[0].startswith("-")):
        return _window(arguments)
    asked = make_parser(arguments[0]).parse_args(with_values_joined(arguments))
    return _command(asked)


def _window(paths: list[str]) -> int:
    """Open the window with any number of checkpoints and sounds."""
    if paths and re.fullmatch(r"[a-z][a-z-]*", paths[0]) and not Path(paths[0]).exists():
        raise Fault(f"There is no command “{paths[0]}”.", "See phonoscope --help.")
    if any(path.startswith("-") for path in paths):
        raise Fault("The window takes no options.", "See phonoscope --help.")
    _check_screen()
    return importlib.import_module("app.launch").main(paths)


def _check_screen() -> None:
    """Raise Fault if no window can be shown, because Qt would end the process."""
    screens = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    if sys.platform == "linux" and not any(map(os.environ.get, screens)):
        raise Fault(
            "There is no screen here (DISPLAY and WAYLAND_DISPLAY are empty).",
            "Start Phonoscope on a desktop, or use its command line: phonoscope --help.",
        )


def _command(asked: Namespace) -> int:
    """Import only the requested command, so that it starts fast."""
    return importlib.import_module(COMMANDS[asked.command].module).run(asked) or 0


def _speak_in_any_locale() -> None:
    """Replace characters that the terminal cannot show, instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _silence() -> None:
    """Discard further output: the reader of the pipe has gone."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)

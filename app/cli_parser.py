"""What the command line understands: every command with its options, read without heavy imports."""

from __future__ import annotations

import argparse
import importlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

from app.cli_values import answer, change, figure, measures, numbers, seed, stretch
from core.faults import Fault
from core.lanes import MEASURES

BENCHES = ("knob", "scroll", "start", "generate")
INFO_KEYS = """keys of the JSON object:
  path, title, family, digest (SHA-256 over the generator's own tensors), size_bytes,
  rate_hz, slice_len, sounds (false where the output is no sound),
  latent {size, code, kind, prior}, answers {name: value}, assumed {name: value},
  facts [{name, value, source, note}],
  questions [{name, sentence, assumed, free, choices [{value, words}]}],
  networks {G, D, Q: [{name, channels, samples, rate_hz, nyquist_hz, start_s}]}
  start_s is the centre of a layer's first sample"""
LAYERS_FILES = """files written to DIR:
  LAYER.wav     at the output's rate as published: linear, half-pixel interpolation, clipped to -1..1
  LAYER.Sound   for Praat, at the layer's native rate and true start
  layers.npz    fc, conv1, .., out (pp): float32 [samples] at native rates; logits for D and Q
  layers.csv    file, layer, sample (from 1), time_s, value: one row per sample at native rates
  origin.json   the checkpoint's hash, latent vector, answers, layers, versions; also a point file

names of latent variables: zK is entry K of the full vector, counted from 1, code included;
cK the K-th code slot (the same entry as zK); z[K] counts from 0."""


class Parser(argparse.ArgumentParser):
    """An argument parser that complains in one sentence, as everything else here does."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(allow_abbrev=False, formatter_class=argparse.RawDescriptionHelpFormatter, **settings)

    def error(self, message: str) -> NoReturn:
        raise Fault(f"{message[:1].upper()}{message[1:]}.", f"See {self.prog} --help.")


class ShowVersion(argparse.Action):
    """Prints the version and ends, looking it up only then."""

    def __call__(self, parser: argparse.ArgumentParser, *_rest: Any) -> None:
        from core.export.versions import own_version

        print(f"phonoscope {own_version()}")
        parser.exit()


def _model(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("path", metavar="PATH", help="a checkpoint: its folder, prefix or any of its files")
    parser.add_argument(
        "--answer",
        metavar="NAME=VALUE",
        type=answer,
        action="append",
        default=[],
        help="answer what the weights cannot tell (see info), for instance slope=0.2; repeatable",
    )


def _point(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument_group("latent point").add_argument
    add("--seed", metavar="N", type=seed, help="draw the whole vector from this seed (default: 0)")
    add("--code", metavar="1,0,0", type=numbers, help="the code (default: the first category, or bits of 0)")
    add(
        "--set",
        metavar="z11=-15",
        dest="changes",
        type=change,
        action="append",
        default=[],
        help="then set one variable; repeatable",
    )
    add("--point", metavar="FILE", help="take the whole vector from “z” of a JSON file, as it stands")


def _info(parser: argparse.ArgumentParser) -> None:
    _model(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.epilog = INFO_KEYS


def _layers(parser: argparse.ArgumentParser) -> None:
    _model(parser)
    _point(parser)
    add = parser.add_argument_group("networks that sound drives").add_argument
    add("--network", choices=("G", "D", "Q"), default="G", help="which network to run (default: G)")
    add("--sound", metavar="FILE", help="the sound that drives D or Q")
    parser.add_argument("--out", metavar="DIR", required=True, help="the folder to write to")
    parser.epilog = LAYERS_FILES


def _shot(parser: argparse.ArgumentParser) -> None:
    _model(parser)
    _point(parser)
    add = parser.add_argument_group("picture").add_argument
    add("--range", metavar="A,B", type=stretch, help="show only this stretch of time, in seconds")
    add("--show", metavar="NAMES", type=measures, default=(), help=f"measures: {', '.join(MEASURES)}")
    add("--width", metavar="MM", type=float, default=170.0, help="printed width (default: 170 mm)")
    add("--dpi", metavar="N", type=float, default=300.0, help="dots per inch (default: 300)")
    add("--out", metavar="FILE", type=figure, required=True, help="a .png, .svg or .pdf file")


def _bench(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("which", nargs="?", choices=BENCHES, help="one benchmark (default: all)")
    parser.add_argument("--json", action="store_true", help="print one JSON object per line and figure")


@dataclass(frozen=True, slots=True)
class Command:
    """One command: what it does, its options, and the module whose `run(args)` does it.

    Without `options`, the module's own `add_parser(subparsers)` tells them.
    """

    summary: str
    module: str
    options: Callable[[argparse.ArgumentParser], None] | None


COMMANDS: dict[str, Command] = {
    "info": Command("say what is known about a checkpoint", "app.cli_info", _info),
    "layers": Command("write every layer as sounds, arrays and a table", "app.cli_layers", _layers),
    "shot": Command("write a picture of the stack of layers", "app.shot", _shot),
    "train": Command("train a network on recordings", "app.train_cli", None),
    "bench": Command("measure how fast the instrument is here", "app.bench", _bench),
}


def make_parser(wanted: str = "") -> Parser:
    """Make the parser; a command with a parser of its own is imported only where it is wanted."""
    parser = Parser(
        prog="phonoscope",
        usage="%(prog)s [PATH]\n       %(prog)s COMMAND ...",
        description="Look inside a generative network of speech. With PATH, or alone, opens the window.",
        epilog="A file named like a command is opened as ./info.",
    )
    parser.add_argument("--version", action=ShowVersion, nargs=0, help="print the version and end")
    rows = parser.add_subparsers(prog="phonoscope", dest="command", metavar="COMMAND", required=True)
    for name, command in COMMANDS.items():
        if command.options is not None:
            command.options(rows.add_parser(name, help=command.summary, description=_sentence(command)))
        elif name == wanted:
            importlib.import_module(command.module).add_parser(rows)
        else:
            rows.add_parser(name, help=command.summary)
    return parser


def _sentence(command: Command) -> str:
    return f"{command.summary[:1].upper()}{command.summary[1:]}."


_TAKES_NUMBERS = ("--code", "--range", "--set", "--seed")


def with_values_joined(arguments: list[str]) -> list[str]:
    """Write `--code -1,0` as `--code=-1,0`, which argparse would take for an option."""
    joined: list[str] = []
    for word in arguments:
        if joined and joined[-1] in _TAKES_NUMBERS and re.match(r"-[\d.]", word):
            joined[-1] = f"{joined[-1]}={word}"
        else:
            joined.append(word)
    return joined

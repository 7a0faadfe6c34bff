"""`phonoscope train`: train a model on a folder of recordings."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from argparse import Namespace
from pathlib import Path
from typing import Any

from app.cli.background import give_way, run_apart, shares_its_session
from core.faults import Fault
from core.train.recipe import Recipe
from core.train.run_plan import RunPlan

EPILOG = """files written to DIR:
  training.state      everything that --resume needs, written anew at every interval
  model.safetensors   the model, with its card inside and again in model.json; open it with phonoscope
  previews/           a few sounds per interval, the codes in turn
  training.json       where the recordings are, so that the window can go on with the run
  progress.jsonl      rate, losses and measures, one JSON object per line
  logs/               the same for TensorBoard

Ctrl+C saves and stops; a second one stops at once. --resume goes on where the last save was, with
the same folder and settings. Several GPUs: --devices N, also where torchrun starts the processes."""


def add_parser(subparsers: Any) -> None:
    """Add the command with its options."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "train", help="train a model on a folder of recordings", description="Train a model.", epilog=EPILOG
    )
    parser.add_argument("folder", metavar="FOLDER", type=Path, help="a folder of recordings of any format")
    parser.add_argument("--out", metavar="DIR", type=Path, required=True, help="the folder to write to")
    _add_recipe(parser.add_argument_group("what to train"))
    _add_plan(parser.add_argument_group("how"))
    _add_card(parser.add_argument_group("what the card says"))


def _add_recipe(group: Any) -> None:
    default = Recipe(categories=2)
    add = group.add_argument
    add("--model", choices=("wavegan", "ciwgan", "fiwgan"), required=True)
    add("--categories", type=int, metavar="N", default=0, help="classes of a ciwgan, bits of a fiwgan")
    add("--slice", type=int, dest="slice_len", default=16384, choices=(16384, 32768, 65536), help="samples")
    add("--dim", type=int, default=default.dim, help="size of the networks (default: %(default)s)")
    add("--rate", type=int, dest="rate_hz", metavar="HZ", default=16000, help="sampling rate (16000)")
    add("--batch", type=int, default=default.batch, help="sounds per update (default: %(default)s)")
    add("--trim", action="store_true", help="trim silence from both ends of each recording")
    add("--learning-rate", type=float, default=default.learning_rate, help="Adam's, for G and D (1e-4)")
    add("--seed", type=int, default=0, help="of everything that is random (default: 0)")


def _add_plan(group: Any) -> None:
    add = group.add_argument
    add("--resume", action="store_true", help="resume the run in DIR")
    add("--steps", type=int, default=200_000, help="generator steps in all (default: %(default)s)")
    add(
        "--cool-down",
        type=int,
        metavar="N",
        default=0,
        help="number of last steps, over which the rates fall to 0",
    )
    add(
        "--every",
        type=float,
        metavar="MINUTES",
        default=10.0,
        help="interval between saves and evaluations (10)",
    )
    add("--accelerator", choices=("auto", "cpu", "gpu"), default="auto")
    add("--devices", type=int, default=1, metavar="N", help="GPUs, or processes on the CPU (default: 1)")
    add("--nodes", type=int, default=1, metavar="N", help="machines (default: 1)")
    add("--precision", choices=("32-true", "16-mixed", "bf16-mixed"), default="32-true")
    also = "save in this format too, in a folder of that name; repeatable"
    add("--also", choices=("tensorflow", "pytorch"), action="append", default=[], help=also)
    small = "at the end, write G and Q in half precision there, with measured figures and named points"
    add("--publish", type=Path, metavar="DIR", help=small)


def _add_card(group: Any) -> None:
    group.add_argument("--title", default="", help="the model's name")
    group.add_argument("--data", default="", help="what it was trained on, and who recorded that")
    group.add_argument("--license", default="", help="the licence of the model")


def run(args: Namespace) -> int:
    """Train until done or stopped."""
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    recipe, plan = recipe_of(args), plan_of(args)
    if shares_its_session():
        return run_apart()
    give_way()
    from core.train.loop import train

    train(args.folder, recipe, plan, lambda line: print(line, flush=True))
    return 0


def recipe_of(args: Namespace) -> Recipe:
    """Return the recipe in the options; raises Fault if they contradict each other."""
    names = ("model", "categories", "slice_len", "rate_hz", "dim", "batch", "learning_rate", "trim", "seed")
    return Recipe(**{name: getattr(args, name) for name in names})


def plan_of(args: Namespace) -> RunPlan:
    """Return where, how long and on what to train; raises Fault for invalid numbers."""
    if min(args.steps, args.devices, args.nodes) < 1 or min(args.every, args.cool_down) < 0:
        raise Fault(
            "Steps, devices and nodes must be at least 1; interval and cool-down must not be negative."
        )
    about = {"title": args.title or args.out.name, "data": args.data, "license": args.license}
    command = shlex.join(["phonoscope", *sys.argv[1:]])
    names = ("out", "steps", "cool_down", "resume", "accelerator", "devices", "nodes", "precision", "publish")
    return RunPlan(
        every_s=60 * args.every,
        also=tuple(args.also),
        about=(*((name, words) for name, words in about.items() if words), ("command", command)),
        **{name: getattr(args, name) for name in names},
    )

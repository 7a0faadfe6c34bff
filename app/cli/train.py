"""`phonoscope train`: train a model on recordings."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from argparse import Namespace
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

from app.cli.background import give_way, run_apart, shares_its_session
from core.faults import Fault
from core.train.letters.recipe import LetterRecipe
from core.train.phonemes.recipe import PhonemeRecipe
from core.train.recipe import Recipe
from core.train.run_plan import RunPlan
from core.train.voice.recipe import VoiceRecipe

EPILOG = """files written to DIR:
  training.state      everything that --resume needs, written anew at every interval
  model.safetensors   the model, with its card inside and again in model.json; open it with phonoscope
  previews/           a few sounds per interval, the codes in turn (GANs only)
  skipped.txt         the recordings that are not used, and why (wav2letter only)
  training.json       where the recordings are, so that the window can go on with the run
  progress.jsonl      rate, losses and measures, one JSON object per line
  logs/               the same for TensorBoard

labels for voice-detector: labels/NAME.csv with the columns start, end and label, in seconds, or a TextGrid
beside the recording whose intervals are labelled "voice"; a recording without labels holds no voice. Whole
songs and speakers are held out, and lines that only move like a voice are tested.

transcripts for wav2letter: a .txt or .lab file beside each recording, a .tsv or .csv table with the columns
file and text (also read: speaker, split, corpus), or the tier of words of a TextGrid. Whole speakers are held
out to measure error rates; speakers are those of the table, else the folders that the recordings lie in.

Ctrl+C saves and stops; a second one stops at once. --resume goes on where the last save was, with
the same folder and settings. Several GPUs: --devices N, also where torchrun starts the processes."""


GANS = ("wavegan", "ciwgan", "fiwgan")
OF_GANS = ("categories", "slice_len", "trim", "also", "publish", "cool_down")
OF_LETTERS = ("letters", "kernels", "head", "bands", "warm_up", "dropout", "masks", "tier")
OF_VOICES = ("voices",)
OF_SEVERAL = ("dim", "rate_hz")
"""Options that only make sense for one kind of model, and those that a voice detector has not."""

AnyRecipe = Recipe | LetterRecipe | VoiceRecipe | PhonemeRecipe
RECIPES: dict[str, type[AnyRecipe]] = {
    **dict.fromkeys(GANS, Recipe),
    "wav2letter": LetterRecipe,
    "voice-detector": VoiceRecipe,
    "g2p": PhonemeRecipe,
}
REFUSED: dict[type[AnyRecipe], tuple[str, ...]] = {
    Recipe: (*OF_LETTERS, *OF_VOICES),
    LetterRecipe: (*OF_GANS, *OF_VOICES),
    VoiceRecipe: (*OF_GANS, *OF_LETTERS, *OF_SEVERAL),
    PhonemeRecipe: (*OF_GANS, *(name for name in OF_LETTERS if name != "warm_up"), *OF_VOICES, "rate_hz"),
}
STEPS: dict[type[AnyRecipe], int] = {
    Recipe: 200_000,
    LetterRecipe: 20_000,
    VoiceRecipe: 40_000,
    PhonemeRecipe: 20_000,
}


def add_parser(subparsers: Any) -> None:
    """Add the command with its options."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "train", help="train a model on recordings", description="Train a model.", epilog=EPILOG
    )
    data = "a folder of recordings of any format; for wav2letter also a table (.tsv, .csv) of them"
    data += "; for g2p a dictionary in CMUdict's format (default: CMUdict itself)"
    parser.add_argument("folder", metavar="DATA", type=Path, nargs="?", help=data)
    parser.add_argument("--out", metavar="DIR", type=Path, required=True, help="the folder to write to")
    _add_recipe(parser.add_argument_group("what to train"))
    _add_gan(parser.add_argument_group("a wavegan, ciwgan or fiwgan"))
    _add_letters(parser.add_argument_group("a wav2letter, which needs transcripts"))
    _add_voices(parser.add_argument_group("a voice-detector, which needs music with and without singing"))
    _add_plan(parser.add_argument_group("how"))
    _add_card(parser.add_argument_group("what the card says"))


def _add_recipe(group: Any) -> None:
    gan, letters = Recipe(categories=2), LetterRecipe()
    add = group.add_argument
    add("--model", choices=tuple(RECIPES), required=True)
    add(
        "--dim", type=int, help=f"size of the networks (default: {gan.dim}; wav2letter {letters.dim}; g2p 96)"
    )
    add("--rate", type=int, dest="rate_hz", metavar="HZ", help="sampling rate (16000)")
    add("--batch", type=int, help=f"sounds per update (default: {gan.batch}; wav2letter {letters.batch})")
    rates = f"{gan.learning_rate:g} for G and D; wav2letter {letters.learning_rate:g}"
    add("--learning-rate", type=float, help=f"of Adam ({rates})")
    add("--seed", type=int, help="of everything that is random (default: 0)")


def _add_gan(group: Any) -> None:
    add = group.add_argument
    add("--categories", type=int, metavar="N", help="classes of a ciwgan, bits of a fiwgan")
    add("--slice", type=int, dest="slice_len", choices=(16384, 32768, 65536), help="samples (16384)")
    add("--trim", action="store_true", default=None, help="trim silence from both ends of each recording")
    also = "save in this format too, in a folder of that name; repeatable"
    add("--also", choices=("tensorflow", "pytorch"), action="append", help=also)
    small = "at the end, write G and Q in half precision there, with measured figures and named points"
    add("--publish", type=Path, metavar="DIR", help=small)
    add("--cool-down", type=int, metavar="N", help="number of last steps, over which the rates fall to 0")


def _add_letters(group: Any) -> None:
    default = LetterRecipe()
    add = group.add_argument
    add("--tier", metavar="NAME", help="the tier of the TextGrids that holds the words (found by its name)")
    add("--letters", metavar="ABC", help=f"all letters of the transcripts (default: {default.letters})")
    add("--bands", type=int, metavar="N", help=f"mel bands (default: {default.bands})")
    kernels = " ".join(map(str, default.kernels))
    taps = f"taps of the first, the seven next and the last wide convolution (default: {kernels})"
    add("--kernels", type=int, nargs=3, metavar="N", help=taps)
    add("--head", type=int, metavar="N", help=f"channels of the last layers (default: {default.head})")
    add("--warm-up", type=int, metavar="N", help=f"steps of rising rate (default: {default.warm_up})")
    dropout = f"share of the channels left out at random (default: {default.dropout:g}; 0 for short runs)"
    add("--dropout", type=float, metavar="P", help=dropout)
    masks = "leave no bands and stretches out of the spectrograms: for short runs"
    add("--no-masks", dest="masks", action="store_const", const=False, help=masks)


def _add_voices(group: Any) -> None:
    words = "recordings of voices alone, sung or spoken, which are laid over the music without singing"
    group.add_argument("--voices", type=Path, metavar="FOLDER", help=words)


def _add_plan(group: Any) -> None:
    add = group.add_argument
    add("--resume", action="store_true", help="resume the run in DIR")
    steps = (
        f"steps in all (default: {STEPS[Recipe]}; wav2letter and g2p {STEPS[LetterRecipe]}, voice-detector "
        f"{STEPS[VoiceRecipe]}, over which the rate falls)"
    )
    add("--steps", type=int, metavar="N", help=steps)
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
    faster = "bf16-mixed is faster on GPUs, and on processors that compute in bf16 (default: 32-true)"
    add("--precision", choices=("32-true", "16-mixed", "bf16-mixed"), default="32-true", help=faster)


def _add_card(group: Any) -> None:
    group.add_argument("--title", default="", help="the model's name")
    group.add_argument("--data", default="", help="what it was trained on, and who recorded that")
    group.add_argument("--license", default="", help="the licence of the model")


def run(args: Namespace) -> int:
    """Train until done or stopped."""
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    recipe, plan = recipe_of(args), plan_of(args)
    if args.folder is None and not isinstance(recipe, PhonemeRecipe):
        raise Fault(f"A {args.model} is trained on recordings.", "Name the folder that holds them.")
    if shares_its_session():
        return run_apart()
    give_way()

    def tell(line: str) -> None:
        print(line, flush=True)

    _train(args, recipe, plan, tell)
    return 0


def _train(args: Namespace, recipe: AnyRecipe, plan: RunPlan, tell: Callable[[str], None]) -> None:
    data: Any = args.folder
    if isinstance(recipe, PhonemeRecipe):
        from core.train.phonemes.loop import train_phonemes

        train_phonemes(data, recipe, plan, tell)
    elif isinstance(recipe, LetterRecipe):
        from core.train.letters.loop import train_letters

        train_letters(data, recipe, plan, tell, args.tier or "")
    elif isinstance(recipe, VoiceRecipe):
        from core.train.voice.loop import train_voice

        train_voice(data, args.voices, recipe, plan, tell)
    else:
        from core.train.loop import train

        train(data, recipe, plan, tell)


def recipe_of(args: Namespace) -> AnyRecipe:
    """Return the recipe in the options; raises Fault if they contradict each other."""
    made = RECIPES[args.model]
    wrong = [name for name in REFUSED[made] if getattr(args, name) is not None]
    if wrong:
        option = {"slice_len": "slice", "rate_hz": "rate"}.get(wrong[0], str(wrong[0])).replace("_", "-")
        raise Fault(f"A {args.model} has no --{option}.", "Leave it out, or train another model.")
    names = {field.name for field in fields(made)} & set(vars(args)) - {"voices"}
    given = {name: getattr(args, name) for name in names if getattr(args, name) is not None}
    if made is PhonemeRecipe and args.dim is not None:
        given["width"] = args.dim
    if "kernels" in given:
        given["kernels"] = tuple(given["kernels"])
    return made(**given)


def plan_of(args: Namespace) -> RunPlan:
    """Return where, how long and on what to train; raises Fault for invalid numbers."""
    steps = args.steps
    if steps is None:
        steps = STEPS[RECIPES[args.model]]
    cool_down = args.cool_down or 0
    if min(steps, args.devices, args.nodes) < 1 or min(args.every, cool_down) < 0:
        raise Fault(
            "Steps, devices and nodes must be at least 1; interval and cool-down must not be negative."
        )
    about = {"title": args.title or args.out.name, "data": args.data, "license": args.license}
    command = shlex.join(["phonoscope", *sys.argv[1:]])
    names = ("out", "resume", "accelerator", "devices", "nodes", "precision", "publish")
    return RunPlan(
        steps=steps,
        cool_down=cool_down,
        every_s=60 * args.every,
        also=tuple(args.also or ()),
        about=(*((name, words) for name, words in about.items() if words), ("command", command)),
        **{name: getattr(args, name) for name in names},
    )

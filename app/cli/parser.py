"""The command line's parser: every command with its options, read without heavy imports."""

from __future__ import annotations

import argparse
import importlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from textwrap import fill
from typing import Any, NoReturn

from app.cli.values import (
    answer,
    band,
    change,
    channel,
    count,
    figure,
    measures,
    number,
    numbers,
    seed,
    stretch,
    words,
)
from core.analyses.measures import MEASURES, STANDARD, groups
from core.analyses.overlay_names import OVERLAYS
from core.analyses.speakers import SPEAKERS
from core.faults import Fault

BENCHES = (
    "knob", "scroll", "tiers", "long", "start", "generate", "search", "train", "analyses", "live", "sweep",
    "profiles",
)  # fmt: skip
INFO_KEYS = """keys of the JSON object:
  path, title, family, digest (SHA-256 over the generator's own tensors), size_bytes,
  rate_hz, slice_len, sounds (false where the output is no sound),
  latent {size, code, kind, prior}, answers {name: value}, assumed {name: value},
  facts [{name, value, source, note}],
  questions [{name, sentence, assumed, free, choices [{value, words}]}],
  networks {G, D, Q, ..: [{name, channels, samples, rate_hz, nyquist_hz, start_s}]}
  outputs {D, Q, ..: {labels, scores, hears_s {layer: seconds of sound that one sample hears, null
  if all}, and for answers in frames rate_hz and start_s}}
  start_s is the centre of a layer's first sample; samples is 0 where it depends on the sound"""
LAYERS_FILES = """files written to DIR:
  LAYER.wav     at the output's rate as published: linear, half-pixel interpolation, clipped to -1..1
  LAYER.Sound   for Praat, at the layer's native rate and true start
  layers.npz    fc, conv1, .., out (pp): float32 [samples] at native rates; logits [labels] for D and Q,
                [frames, labels] for recognisers, detectors and pitch networks
  layers.csv    file, model, layer, sample (from 1), time_s, value: one row per sample at native rates
  origin.json   the checkpoint's hash, latent vector, answers, layers, versions; also a point file

names of latent variables: zK is entry K of the full vector, counted from 1, code included;
cK the K-th code slot (the same entry as zK); z[K] counts from 0."""


OUTPUTS_FILES = """files written to DIR for each sound; one that is complete already is not computed again:
  NAME.TextGrid  letters or phones as points, classes as intervals (at 50 % and above); none for pitch;
                 with --lens a tier per layer more: what the head writes from its hidden states
  NAME.csv       letters: file,letter,time_s,label,probability
                 classes: file,frame,time_s,label,probability
                 pitch: file,frame,time_s,f0_hz,confidence (f0_hz is empty below a confidence of 0.5)
  NAME.npz       every layer by its name in info --json: float32 [samples], the mean over its channels
                 ([stretches, samples] for a network that takes a fixed length); logits [frames, labels]
  NAME.json      the network, its answers, the sound, labels, axes and versions; written last

A letter's time is the centre of what its most probable frame hears. Long sounds are run in windows
that overlap by what the layers hear, so the numbers are those of one run."""


PROFILE_FILES = """files written to DIR:
  profiles.npz     key LAYER/GROUP: float32 [units, time], minus the mean over groups unless --plain
  counts.csv       group,events,used: used is 0 for groups with fewer than --least events
  curves.csv       layer,group,time_s,mean,low,high,events: mean over units with its bootstrap band
  units.csv        layer,unit,group,value: the profile at the aligned step, for R
  layers.csv       layer,units,step_s,agreement_before,agreement_after,silhouettes,probe,shuffled
  excerpts.csv     layer,unit,rank,file,time_s,group,activation: what drives each unit most
  similarity.csv   linear CKA of every layer with every other
  projector/       vectors and metadata of events, for the Embedding Projector
  inntrospect/    acts/, grads/ and naps/ layer by layer with groups.json, as iNNtrospect keeps them
  figures/         layers.svg with silhouettes; LAYER.svg with heat maps, curves, tree and maps of units
  profiles.json    the network, the settings, what was left out and why

A run that was stopped or killed goes on where it was, with the same command."""


EXPLAIN_FILES = """files written to DIR (of a folder: to DIR/NAME for each sound):
  relevance.npz    relevance [bins, frames] or [samples], of Grad-CAM [frames of its layer], of a layer
                   [channels, frames]; time_s, frequency_hz, target, score (what is explained), sum;
                   with --sanity rho and rho_signed [layers] after each step from the top layer down,
                   rho_layers, rho_independent, rho_random; LRP: layers, layer_sum, layer_biases
  relevance.csv    file,target,method,time_s,frequency_hz,relevance
  segments.csv     of occlusion and surrogate: one row per interval and band, with its spread
  sanity.csv       file,target,method,shuffled,layers,rho,rho_signed
  relevance.png    the map over what the network takes
  through.wav, complement.wav, original.wav   what speaks for the target, the rest, all; equally loud
  relevance.json   what was explained, how much reaches each layer, figures of faithfulness, versions
With --groups: phonetic_table.csv with group,where,share,low,high,speaks_for,chance,beyond_chance,events
  share is that of |relevance| inside the receptive field, with its 95 % interval; chance that of the
  same values shuffled; groups with fewer than 5 events are left out"""


ALIGN_FILES = """files written to DIR: a NAME.TextGrid for each recording, with the tiers words and phones
(ARPAbet with stress). One that is there already is kept.

Words lie where the recogniser's most probable path through their letters has them. Phones are CMUdict's, or
a network's for other words, each at the letters that spell it. Where a TextGrid with such tiers lies beside a
recording, the distance of the boundaries from it is told at the end."""


VISUALISE_FILES = """files written to DIR:
  visualise.npz   for each row of the picture (none, L1, total_variation, blur, jitter, all, fourier): the
                  inputs [snapshots, bins, frames], and NAME_activation [snapshots]; steps, frequency_hz
  visualise.png   rows are penalties, columns are steps, with the activation reached above each"""


INVERT_FILES = """files written to DIR:
  point-K.json  the K-th nearest point: z, its distance in dB and its loss; --point of other commands reads it
  point-K.wav   the sound that it makes
  points.csv    rank,distance_db,loss,file
  invert.json   the checkpoint's hash, the recording, the settings and versions

The distance is the RMS difference of the levels of short-time spectra, 60 dB down from the loudest."""


LISTINGS = """analyses: pitch, formants, intensity, spectrogram, harmonicity, pulses, voice-report,
  slice, ltas, moments, zero-crossings, envelope-peaks, acoustic-checks
Tab-separated columns with their units in the head; undefined values are --undefined--, as in Praat.
The voice report is printed as Praat prints it, to a .txt file too; a .tsv file holds it as a table.
What a layer's rate cannot carry is refused with its reason; nothing above its Nyquist is listed."""


METHODS = ("linear", "logistic", "lasso")
PRESET = "Praat 6.4, 75-450 Hz"


def measure_table() -> str:
    """Return the help text on what can be measured, by the registry of measures, and what is written."""
    several = [f"{word} ({','.join(keys)})" for word, keys in groups().items()]
    names = ", ".join((*MEASURES, *several))
    listed = fill(f"measures: {names}", 90, subsequent_indent="  ", break_on_hyphens=False)
    return f"{listed}\n{MEASURE_TABLE}"


MEASURE_TABLE = """Curves are read at the points; moments are taken over the interval and over as many
  parts as there are points; peak_time counts from the interval's start, peak_latency from
  the output's peak

FILE.csv: file,model,item,layer,tier,label,start_s,end_s,measure,point,time_s,normalised_time,
  value,unit
  one row per value; point is empty for a value of the whole interval, value where it is undefined;
  the points are the centres of equal parts of the interval
FILE.json: settings as each layer can carry them, refusals, the latent point, Pearson's r against out

A tier named LAYER/TIER (conv4/phones) is that layer's own and stands in for TIER there.
PATTERN is a regular expression for the whole label."""


SWEEP_FILES = """files written to DIR:
  layers.npz    each layer's averages: [step, samples], or with several draws [item, step, samples]
  sounds/       the output of each step
  sweep.csv     model, item, seed, step, one column per variable, layer, measure, value, unit:
                measures of the whole sound; value is empty where it is undefined
  sweep.json    the grid, the draws, the settings, and which layers refuse which measure

A run of many draws that was stopped goes on where it ended."""


EFFECTS_TABLE = """FILE.csv: rank,variable,beta,low,high,beyond_chance
  beta: change of the measure per unit of the variable; with --method logistic, log odds of the label
  low, high: 95 % bootstrap interval
  beyond_chance: whether beta is larger than shuffled items give in 95 of 100 cases, for any variable"""


DISTANCES = ("unit", "layer", "pca", "diagonal", "extrapolated", "mmd")
GENERATE_FILES = """files written to DIR:
  settings.csv   steps, rate, lambda, sign, mean, sd, frechet, floor, n; then n_real, d, pool, distance,
                 mark: a row per setting and sign; frechet is the distance of its restarts' best
                 activations to those of the n_real most (min: least) activating real excerpts,
                 floor what equal sets of that size reach in 95 of 100 cases
  examples.csv   sign, setting (the row in settings.csv, or real), restart, activation, f0, f1, f2, f3,
                 intensity, hnr, ..: the best, median and worst setting, and the real excerpts
  sounds/        each example as a sound
  points/        each generated example as a point file, for Latent > Read point; points.json has all
  search_max.pdf, search_min.pdf  settings, trajectories and examples as figures
  generate.json  networks, unit, prior, grid, versions

A search that was stopped with Ctrl+C writes what it found, and goes on with the same command."""


class Parser(argparse.ArgumentParser):
    """An argument parser that reports errors in one sentence."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(allow_abbrev=False, formatter_class=argparse.RawDescriptionHelpFormatter, **settings)

    def error(self, message: str) -> NoReturn:
        raise Fault(f"{message[:1].upper()}{message[1:]}.", f"See {self.prog} --help.")


class ShowVersion(argparse.Action):
    """Prints the version and exits; the version is only looked up then."""

    def __call__(self, parser: argparse.ArgumentParser, *_rest: Any) -> None:
        from core.files.versions import app_version

        print(f"phonoscope {app_version()}")
        parser.exit()


def _model(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "path",
        metavar="PATH",
        nargs="?",
        help="a checkpoint: its folder, prefix or any of its files (default: the built-in model)",
    )
    _answers(parser)


def _answers(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--answer",
        metavar="NAME=VALUE",
        type=answer,
        action="append",
        default=[],
        help="answer what the checkpoint does not say (see info), for instance slope=0.2; repeatable",
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
    add("--point", metavar="FILE", help="take the whole vector from “z” of a JSON file, without changes")


def _info(parser: argparse.ArgumentParser) -> None:
    _model(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.epilog = INFO_KEYS


def _layers(parser: argparse.ArgumentParser) -> None:
    _model(parser)
    _point(parser)
    add = parser.add_argument_group("networks that sound drives").add_argument
    add("--network", metavar="NAME", help="which network to run, as info names it (default: the first)")
    add("--sound", metavar="FILE", help="the sound that drives D, Q, a recogniser or a detector")
    parser.add_argument("--out", metavar="DIR", required=True, help="the folder to write to")
    parser.epilog = LAYERS_FILES


def _outputs(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("path", metavar="NETWORK", help="a checkpoint: its folder, prefix or any of its files")
    add("sound", metavar="SOUND|FOLDER", help="a sound file, or a folder of them")
    _answers(parser)
    add("--network", metavar="NAME", help="which network to run (default: the first that sound drives)")
    add("--lens", action="store_true", help="read every layer through the head of an encoder of letters")
    add("--out", metavar="DIR", required=True, help="the folder to write to")
    _cluster(parser)
    parser.epilog = OUTPUTS_FILES


def _cluster(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--cluster",
        metavar="ADDRESS",
        help="compute on the workers of a Dask cluster, by its scheduler's address (host:8786); they must "
        "see the same checkpoint, and the results are the same",
    )


def _profiles(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("path", metavar="NETWORK", help="a checkpoint: its folder, prefix or any of its files")
    add("folder", metavar="FOLDER", help="a folder of recordings, with subfolders")
    _answers(parser)
    add("--network", metavar="NAME", help="which network to run (default: the first that sound drives)")
    add = parser.add_argument_group("groups").add_argument
    add(
        "--groups",
        metavar="WAY",
        required=True,
        help="phones, words or another tier's name; letters that the network emits, or their phonemes; "
        "speakers (the folders of recordings); name:PATTERN, the part of each file's name that a regular "
        "expression finds; or a FILE.csv with columns file,start_s,end_s,group (no times: the whole file)",
    )
    add("--least", metavar="N", type=count, default=5, help="leave out groups of fewer events (default: 5)")
    add = parser.add_argument_group("profiles").add_argument
    add("--method", choices=("average", "nap", "gradnap"), default="nap", help="(default: nap)")
    add("--layers", metavar="NAMES", default="all", help="layers with commas, or all (default)")
    add(
        "--align",
        choices=("none", "gradient", "gradient-activation"),
        help="(default: gradient, none for average)",
    )
    add("--mask", choices=("none", "hard", "soft"), help="(default: hard for gradnap, else none)")
    add("--keep", metavar="X", type=number, help="the share that a hard mask keeps (default: 0.5)")
    add(
        "--window",
        metavar="S",
        type=number,
        default=0.0,
        help="seconds around an event (default: the receptive field, from 0.4 to 1.2 s)",
    )
    add("--plain", action="store_true", help="do not subtract the mean over groups")
    add("--weights", choices=("uniform", "size"), default="uniform", help="of groups in that mean")
    add("--arrays", metavar="N", type=int, default=100, help="events written one by one (default: 100)")
    add("--no-figures", action="store_true", help="write no pictures")
    _cluster(parser)
    add("--out", metavar="DIR", required=True, help="the folder to write to")
    parser.epilog = PROFILE_FILES


def _align(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("path", metavar="NETWORK", help="a recogniser of letters: its folder, prefix or any of its files")
    add("folder", metavar="FOLDER", help="recordings with transcripts, or a table of them, as for train")
    _answers(parser)
    add("--network", metavar="NAME", help="which network to run (default: the first that sound drives)")
    add("--tier", metavar="NAME", help="the tier of the TextGrids that holds the words (found by its name)")
    add("--out", metavar="DIR", required=True, help="the folder to write to")
    parser.epilog = ALIGN_FILES


def _shot(parser: argparse.ArgumentParser) -> None:
    _model(parser)
    _point(parser)
    parser.add_argument(
        "--sound",
        metavar="FILE",
        help="a recording: networks without a generator hear it",
    )
    add = parser.add_argument_group("picture").add_argument
    add("--range", metavar="A,B", type=stretch, help="show only this range of time, in seconds")
    add("--show", metavar="NAMES", type=measures, default=(), help=f"measures: {', '.join(OVERLAYS)}")
    add("--preset", metavar="NAME", help=f"settings of the analyses (default: {PRESET})")
    _speaker(add)
    add("--layers", metavar="NAMES", type=words, default=(), help="only these lanes, such as out,conv4,conv3")
    add("--width", metavar="MM", type=float, default=170.0, help="printed width (default: 170 mm)")
    add("--height", metavar="MM", type=float, default=0.0, help="printed height (default: as the lanes need)")
    add("--dpi", metavar="N", type=float, default=300.0, help="dots per inch (default: 300)")
    add("--out", metavar="FILE", type=figure, required=True, help="a .png, .svg or .pdf file")


def _measure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "path",
        metavar="PATH_OR_SOUND",
        nargs="?",
        help="a checkpoint, a sound, a folder of sounds with its subfolders (default: the built-in model)",
    )
    parser.add_argument("more", metavar="SOUND", nargs="*", help="more sounds, or folders of them")
    _answers(parser)
    _point(parser)
    _channel(parser.add_argument)
    add = parser.add_argument_group("intervals").add_argument
    add(
        "--textgrid",
        metavar="FILE",
        help="the annotation, or the folder with each sound's, in subfolders named as the sounds' "
        "(default: a whole sound is one interval)",
    )
    add("--tier", metavar="NAME", help="an interval tier, or its number from 1 (default: the first)")
    add(
        "--label",
        metavar="PATTERN",
        help='the labels to measure, for instance "a|i|u" (default: every labelled interval)',
    )
    add = parser.add_argument_group("measures").add_argument
    add("--measures", metavar="NAMES", type=words, default=STANDARD, help=f"default: {','.join(STANDARD)}")
    add("--points", metavar="N", type=count, default=10, help="normalised time points (default: 10)")
    add("--preset", metavar="NAME", default=PRESET, help=f"settings of the analyses (default: {PRESET})")
    _speaker(add)
    add("--ceiling", metavar="HZ", type=number, help="another formant ceiling, in Hz, for instance 5300")
    add(
        "--band",
        metavar="LOW,HIGH",
        type=band,
        help="the band of the moments, in Hz (default: 0 to Nyquist)",
    )
    add("--as-published", action="store_true", help="measure layers upsampled to the output's rate")
    parser.add_argument(
        "--out", metavar="FILE.csv", required=True, help="the table; a .json is written beside it"
    )
    parser.add_argument(
        "--script", metavar="DIR", help="write sounds and a Praat script that measures them again"
    )
    parser.epilog = measure_table()


def _sweep(parser: argparse.ArgumentParser) -> None:
    _model(parser)
    add = parser.add_argument_group("grid").add_argument
    add(
        "--vary",
        metavar="z11=-15:5:2",
        action="append",
        default=[],
        help="a variable and its values: start:stop:step with the stop included, or values with commas; "
        "c1,c2=0:2:0.25 moves two together; repeat it for all combinations",
    )
    _point(parser)
    add = parser.add_argument_group("draws and measures").add_argument
    add("--items", metavar="N", type=count, default=1, help="frozen draws, seeds from --seed on (default: 1)")
    add("--measures", metavar="NAMES", type=words, default=STANDARD, help=f"default: {','.join(STANDARD)}")
    add("--layers", metavar="NAMES", type=words, default=(), help="measure only these (default: all)")
    add("--preset", metavar="NAME", default=PRESET, help=f"settings of the analyses (default: {PRESET})")
    parser.add_argument("--out", metavar="DIR", required=True, help="the folder to write to")
    _cluster(parser)
    parser.epilog = SWEEP_FILES


def _effects(parser: argparse.ArgumentParser) -> None:
    _model(parser)
    parser.add_argument(
        "--measure", metavar="NAME:LAYER", required=True, help="what to explain, for instance f0:conv4"
    )
    add = parser.add_argument
    add("--vars", metavar="NAMES", default="all", help="variables, such as z5-z100 or z11,z20 (default: all)")
    add("--items", metavar="N", type=count, default=500, help="random outputs (default: 500)")
    add("--threshold", metavar="X", type=number, help="label items by whether the measure is above X")
    add("--method", choices=METHODS, default="linear", help="the regression (default: linear)")
    add("--preset", metavar="NAME", default=PRESET, help=f"settings of the analyses (default: {PRESET})")
    _point(parser)
    add("--out", metavar="FILE.csv", required=True, help="the table; a .json is written beside it")
    parser.epilog = EFFECTS_TABLE


def _invert(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("path", metavar="MODEL", help="the checkpoint of a generator")
    add("sound", metavar="SOUND", help="the recording whose point is looked for")
    _answers(parser)
    add = parser.add_argument_group("search").add_argument
    add("--tries", metavar="N", type=count, default=256, help="random points tried first (default: 256)")
    add("--restarts", metavar="N", type=count, default=4, help="the best of them are moved (default: 4)")
    add("--steps", metavar="N", type=count, default=300, help="steps of gradient descent (default: 300)")
    add("--rate", metavar="X", type=number, default=0.05, help="the first step's size (default: 0.05)")
    limit = "how far variables may move from 0 (default: 1, or 4 for a normal prior)"
    add("--limit", metavar="X", type=number, default=0.0, help=limit)
    add("--seed", metavar="N", type=seed, help="the first try's seed (default: 0)")
    add("--out", metavar="DIR", required=True, help="the folder to write to")
    parser.epilog = INVERT_FILES


def _generate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("path", metavar="NETWORK", help="the checkpoint of a network that hears sound")
    _answers(parser)
    add = parser.add_argument_group("what is driven").add_argument
    add(
        "--target",
        metavar="LABEL|INDEX|LAYER:CHANNEL",
        required=True,
        help="a label or its number from 1, layer:channel, a layer, a margin a>b (or a> over all others), "
        "a direction layer@FILE, or a recording to match in a layer, layer=SOUND",
    )
    add("--network", metavar="ROLE", help="the network of the checkpoint (default: the first that hears)")
    add("--over", choices=("mean", "max", "middle"), help="how frames become one number (default: by family)")
    values = "the unit before its sigmoid, softmax or other non-linearity, or after it (default: before)"
    add("--value", choices=("before", "after"), default="before", help=values)
    add("--sign", choices=("both", "max", "min"), default="both", help="the direction (default: both)")
    add = parser.add_argument_group("prior").add_argument
    words = "the checkpoint of the generator (default: the built-in model)"
    add("--prior", metavar="GENERATOR", default="built-in", help=words)
    add("--code", metavar="VALUES", type=numbers, help="one code for all (default: every code in turn)")
    add("--free-code", action="store_true", help="move the code, too; told with the nearest legal one")
    wider = "how far a box reaches, 1 is the range of training (default: 1)"
    add("--beyond", metavar="FACTOR", type=number, default=1.0, help=wider)
    held = "a normal prior pays λ |z|², or is held on its typical sphere (default: penalty)"
    add("--hold", choices=("penalty", "sphere"), default="penalty", help=held)
    add = parser.add_argument_group("search").add_argument
    grids = "published (27 settings), quick (8), or a JSON file with steps, rates, penalties (default: quick)"
    add("--grid", metavar="published|quick|FILE", default="quick", help=grids)
    add("--restarts", metavar="N", type=count, help="searches per setting (default: the grid's)")
    add("--seed", metavar="N", type=seed, help="of all restarts (default: the grid's, 1)")
    kept = "keep what Praat measures in a range, such as f0=150:250, without gradients (needs cma)"
    add("--keep", metavar="MEASURE=LOW:HIGH", action="append", default=[], help=kept)
    tunes = "try N settings by a sampler first, and search with the best (needs optuna and --real)"
    add("--tune", metavar="N", type=count, help=tunes)
    add("--halving", action="store_true", help="after each number of steps, go on with the better half")
    add = parser.add_argument_group("comparison").add_argument
    add("--real", metavar="FOLDER", help="recordings to compare with, cut as long as the generated sounds")
    add("--top", metavar="N", type=count, default=50, help="the most extreme excerpts compared (default: 50)")
    add("--most", metavar="N", type=count, default=700, help="the most excerpts heard (default: 700)")
    kinds = "activations of one unit (default), or of its layer: all, PCA to n/10, variances, N to infinity"
    add("--distance", choices=DISTANCES, default="unit", help=kinds)
    parser.add_argument("--out", metavar="DIR", required=True, help="the folder to write to")
    parser.epilog = GENERATE_FILES


def _explain(parser: argparse.ArgumentParser) -> None:
    from core.explain.method_names import COMPOSITES, METHOD_NAMES

    add = parser.add_argument
    add("path", metavar="NETWORK", help="a checkpoint: its folder, prefix or any of its files")
    _answers(parser)
    add("--network", metavar="NAME", help="which network to explain (default: the first that sound drives)")
    add("--sound", metavar="FILE|FOLDER", required=True, help="a sound file, or a folder of them")
    add = parser.add_argument_group("what is explained").add_argument
    add(
        "--target",
        metavar="NAME",
        required=True,
        help="a label, its number from 1, a pitch such as 220Hz, or layer:channel",
    )
    add("--against", metavar="NAME", help="explain how much more than this: “why s and not sh”")
    add("--at", metavar="T", type=number, help="only the frame at this time, in seconds")
    add("--interval", metavar="A,B", type=stretch, help="only the frames in this range, in seconds")
    add("--tier", metavar="NAME", help="only the frames in the labelled intervals of this tier ..")
    add("--label", metavar="LABEL", help=".. with this label")
    add("--with-respect-to", metavar="NAME", dest="place", default="image",
        help="image (what the network takes, the default), waveform, or a layer")  # fmt: skip
    add = parser.add_argument_group("method").add_argument
    add("--method", metavar="NAME", choices=METHOD_NAMES, required=True, help=", ".join(METHOD_NAMES))
    add(
        "--composite",
        metavar="NAME",
        help=f"rules of LRP: {', '.join(COMPOSITES)}, or PLACE=RULE with commas",
    )
    add("--layer", metavar="NAME", help="the layer of Grad-CAM (default: the last one that mixes time)")
    add("--baseline", choices=("zero", "floor", "mean"), help="where integrated gradients start")
    add("--segments", metavar="TIER", help="occlude the intervals of this tier (default: steps of 50 ms)")
    add(
        "--fill", choices=("silence", "mean", "noise", "neighbours", "all"), help="what fills occluded places"
    )
    add = parser.add_argument_group("checks and tables").add_argument
    add("--sanity", action="store_true", help="shuffle the weights and compare the maps")
    add("--groups", metavar="TIER", help="explain every interval of this tier, and tabulate by its labels")
    parser.add_argument("--out", metavar="DIR", required=True, help="the folder to write to")
    parser.epilog = EXPLAIN_FILES


def _visualise(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("path", metavar="NETWORK", help="a checkpoint: its folder, prefix or any of its files")
    _answers(parser)
    add("--network", metavar="NAME", help="which network (default: the first that sound drives)")
    add("--target", metavar="NAME", required=True, help="a label, or layer:channel (from 1)")
    add("--objective", choices=("neuron", "channel", "layer", "probability"), default="neuron",
        help="what is maximised (default: neuron, the frame in the middle)")  # fmt: skip
    add("--steps", metavar="N", type=count, default=512, help="steps of Adam (default: 512)")
    add("--seed", metavar="N", type=seed, default=0, help="where it starts (default: 0)")
    add("--out", metavar="DIR", required=True, help="the folder to write to")
    parser.epilog = VISUALISE_FILES


def _listing(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("path", metavar="PATH_OR_SOUND", help="a checkpoint, or a sound file")
    parser.add_argument(
        "analysis", metavar="ANALYSIS", help="what to list, for instance formants (see below)"
    )
    _answers(parser)
    _point(parser)
    add = parser.add_argument_group("listing").add_argument
    _channel(add)
    add("--layer", metavar="NAME", help="a layer, or all (default: the output)")
    add("--range", metavar="A,B", type=stretch, help="only this range of time, in seconds")
    add("--preset", metavar="NAME", default=PRESET, help=f"settings of the analyses (default: {PRESET})")
    _speaker(add)
    add(
        "--setting",
        metavar="NAME=VALUE",
        dest="settings",
        type=answer,
        action="append",
        default=[],
        help="then change one setting, for instance floor_hz=60; repeatable",
    )
    add("--out", metavar="FILE.tsv", help="write to a file; a .json with settings and origin beside it")
    parser.epilog = LISTINGS


def _channel(add: Callable[..., Any]) -> None:
    add(
        "--channel",
        metavar="N",
        type=channel,
        help="one channel of a sound, from 1 (default: all averaged, Praat's “Convert to mono”)",
    )


def _speaker(add: Callable[..., Any]) -> None:
    add(
        "--speaker",
        metavar="man|woman|child",
        type=str.lower,
        choices=tuple(SPEAKERS),
        help="formant ceiling of 5000, 5500 or 8000 Hz, as Praat's manual advises (default: the preset's)",
    )


def _bench(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "which",
        nargs="?",
        choices=BENCHES,
        help="one benchmark (default: all but analyses, long, sweep and profiles)",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object per line and figure")


@dataclass(frozen=True, slots=True)
class CliCommand:
    """One command: its help, its options, and the module whose `run(args)` executes it.

    Without `options`, the module's own `add_parser(subparsers)` adds them.
    """

    summary: str
    module: str
    options: Callable[[argparse.ArgumentParser], None] | None


COMMANDS: dict[str, CliCommand] = {
    "info": CliCommand("show what is known about a checkpoint", "app.cli.info", _info),
    "layers": CliCommand("write every layer as sounds, arrays and a table", "app.cli.layers", _layers),
    "outputs": CliCommand(
        "write what a network says about sounds, and its layers", "app.cli.outputs", _outputs
    ),
    "profiles": CliCommand(
        "average a network's responses over everything that shares a sound", "app.cli.profiles", _profiles
    ),
    "align": CliCommand("write transcripts as tiers of words and phones", "app.cli.align", _align),
    "measure": CliCommand(
        "measure labelled intervals of every layer, or of a sound", "app.cli.measure", _measure
    ),
    "sweep": CliCommand(
        "move latent variables over a grid, and write and measure every layer", "app.cli.sweep", _sweep
    ),
    "effects": CliCommand(
        "rank the latent variables by their effect on a measure", "app.cli.effects", _effects
    ),
    "invert": CliCommand("find the latent point of a recording", "app.cli.invert", _invert),
    "listing": CliCommand(
        "list the results of any analysis of a layer or a sound", "app.cli.listing", _listing
    ),
    "explain": CliCommand(
        "show which part of a sound made a network say what it says", "app.cli.explain", _explain
    ),
    "visualise": CliCommand("show what drives a unit of a network most", "app.cli.visualise", _visualise),
    "shot": CliCommand("write a picture of the stack of layers", "app.cli.shot", _shot),
    "generate": CliCommand(
        "search a generator for sounds that drive a unit of a network", "app.cli.generate", _generate
    ),
    "train": CliCommand("train a network on recordings", "app.cli.train", None),
    "bench": CliCommand("measure how fast Phonoscope is on this computer", "app.bench.main", _bench),
}


def make_parser(wanted: str = "") -> Parser:
    """Return the parser; a command with a parser of its own is imported only when needed."""
    parser = Parser(
        prog="phonoscope",
        usage="%(prog)s [MODEL ...] [SOUND ...]\n       %(prog)s COMMAND ...",
        description="Look inside a network of speech. Without a command, opens the window on a\n"
        "checkpoint and sounds, or else on what was open last or on the built-in model.",
        epilog="A file named like a command is opened as ./info.",
    )
    parser.add_argument("--version", action=ShowVersion, nargs=0, help="print the version and exit")
    rows = parser.add_subparsers(prog="phonoscope", dest="command", metavar="COMMAND ...", required=True)
    for name, command in COMMANDS.items():
        if command.options is not None:
            command.options(rows.add_parser(name, help=command.summary, description=_sentence(command)))
        elif name == wanted:
            importlib.import_module(command.module).add_parser(rows)
        else:
            rows.add_parser(name, help=command.summary)
    return parser


def _sentence(command: CliCommand) -> str:
    return f"{command.summary[:1].upper()}{command.summary[1:]}."


_TAKES_NUMBERS = (
    "--at",
    "--band",
    "--ceiling",
    "--code",
    "--interval",
    "--points",
    "--range",
    "--set",
    "--seed",
)


def with_values_joined(arguments: list[str]) -> list[str]:
    """Return `--code -1,0` as `--code=-1,0`, because argparse would take the value for an option."""
    joined: list[str] = []
    for word in arguments:
        if joined and joined[-1] in _TAKES_NUMBERS and re.match(r"-[\d.]", word):
            joined[-1] = f"{joined[-1]}={word}"
        else:
            joined.append(word)
    return joined

"""Networks that are a graph of operators: an ONNX file, or a program of torch.export.

Its layers are found in the graph, their places in time by running it; the card says what the graph does not.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from core.checkpoint.graph import GraphInput, GraphProgram
from core.checkpoint.tensors import Tensors
from core.families.card import Choice, Question
from core.families.family import Description, Family, Parts
from core.families.graph_questions import ask_frontend, ask_output, told_by_card
from core.families.questions import Inquiry, ask_rate
from core.faults import Fault
from core.frontends.frontend import FrontEnd
from core.frontends.registry import words
from core.frontends.waveform import WAVEFORM
from core.networks.graph_layers import GraphLayer, find_layers, logits_of, unbounded
from core.networks.map_operations import Placed
from core.networks.map_specs import placed
from core.networks.spec import ClassesOutput, FramesOutput, NetworkSpec, Output, SoundDrive
from core.networks.weights import Weights

if TYPE_CHECKING:
    from core.networks.torch_graph import GraphPlan, GraphRun
    from core.networks.torch_places import FoundPlace

ROLE, LOGITS = "network", "logits"
PITCH, CONFIDENCE = re.compile(r"(?i)pitch|f0|hertz|_hz"), re.compile(r"(?i)conf|voic|period|prob")
FIXED_VALUES = {"fmin": (50, 600), "fmax": (600, 50)}
WAVE_START, WAVE_MOST_S, FRAMES_START, FRAMES_MOST = 4000, 4, 32, 1024
FREE_LENGTH = "Export the network with its own state inside, for whole recordings."


class GraphFile(Tensors, Protocol):
    """An open file that holds a graph."""

    @property
    def program(self) -> GraphProgram: ...

    @property
    def metadata(self) -> Mapping[str, str]: ...

    def array(self, name: str) -> NDArray[Any]: ...


@dataclass(frozen=True)
class Entry:
    """How sound enters a graph: the input's name, what its axes are, its values per frame and its frames.

    `width` 1 without a channel axis is a waveform; `n` is None for any number of frames.
    """

    name: str
    order: tuple[str, ...]
    width: int
    n: int | None

    @property
    def is_waveform(self) -> bool:
        return "channel" not in self.order


def sort(groups: Sequence[Weights]) -> Parts | None:
    """Take the whole of a file that holds a graph."""
    for group in groups:
        if hasattr(group.tensors, "program") and "/" not in group.label:
            return {ROLE: GraphWeights(group.label, group.tensors, group.names)}
    return None


@dataclass
class GraphWeights(Weights):
    """The tensors of a graph. Only what was trained has to be finite: masks are not."""

    trained: frozenset[str] = frozenset()

    def read(self, name: str) -> NDArray[np.float32]:
        """Return a tensor's values, float32."""
        values = super().read(name)
        if name in self.flawed and self.names[name] not in self.trained:
            self.flawed.remove(name)
        return values


def describe(parts: Parts, inquiry: Inquiry) -> Description:
    """Describe the network: what it takes, its layers, what it says."""
    weights = parts[ROLE]
    file: Any = weights.tensors
    graph: GraphFile = file
    _check_operators(graph)
    told_by_card(inquiry, graph.metadata)
    entry = _entry(graph, inquiry)
    rate_hz = ask_rate(inquiry)
    frontend = WAVEFORM if entry.is_waveform else ask_frontend(inquiry, entry.width, rate_hz)
    inquiry.fact("Front end", words(frontend), "inferred" if entry.is_waveform else "read")
    answers, scores, hertz = _answers(graph, inquiry)
    plan = _plan(graph, entry, answers, inquiry)
    places = _places(graph, plan, entry, rate_hz)
    _note_places(plan, places, inquiry)
    output = _output(inquiry, answers, places, scores, hertz)
    spec = _spec(entry, rate_hz, frontend, plan, places, output, inquiry)
    weights.used = set(weights.names)
    if isinstance(weights, GraphWeights):
        weights.trained = frozenset(name for layer in plan.layers for name in layer.weights)
    weights.digest.add("graph", _fingerprint(graph.program))
    timed = _timed(plan, places)
    return Description((spec,), "", {ROLE: lambda made, _: _module(graph, timed, made)})


def _module(graph: GraphFile, plan: GraphPlan, spec: NetworkSpec) -> Any:
    from core.networks.torch_graph import GraphModule

    return GraphModule(spec, _run(graph, plan))


def _run(graph: GraphFile, plan: GraphPlan) -> GraphRun:
    from core.networks.torch_graph import GraphRun

    return GraphRun(graph.program, {name: graph.array(name) for name in graph.specs}, plan)


def _fingerprint(program: GraphProgram) -> NDArray[np.float32]:
    """Return numbers that change with the graph, for the network's digest."""
    rows = [
        (node.operator, node.inputs, node.outputs, sorted(_plain(node.attributes))) for node in program.nodes
    ]
    raw = hashlib.sha256(repr((program.outputs, rows)).encode()).digest()
    return np.frombuffer(raw, np.uint8).astype(np.float32)


def _plain(attributes: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [
        (name, value.tobytes().hex() if isinstance(value, np.ndarray) else repr(value))
        for name, value in attributes.items()
    ]


def _check_operators(graph: GraphFile) -> None:
    from core.networks.torch_graph import unknown_operators

    unknown = unknown_operators(graph.program)
    if unknown:
        named = ", ".join(unknown[:5]) + (", .." if len(unknown) > 5 else "")
        raise Fault(
            f"“{graph.path.name}” uses {'an operator' if len(unknown) == 1 else 'operators'} that Phonoscope "
            f"does not know: {named}.",
            "Export the network without it, or open its weights in PyTorch's or safetensors' format.",
        )


# --- what goes in


def _entry(graph: GraphFile, inquiry: Inquiry) -> Entry:
    """Return the input that sound goes into: the first with an axis."""
    found = next((one for one in graph.program.inputs if len(one.sizes) >= 1 and _is_real(one)), None)
    if found is None:
        raise Fault(f"“{graph.path.name}” takes no sound.", "Choose a network that takes samples or spectra.")
    sizes = list(found.sizes)
    rank = len(sizes)
    if rank <= 2:
        order = ("time",) if rank == 1 else ("item", "time")
        return Entry(found.name, order, 1, sizes[-1])
    ones = [axis for axis in range(1, rank) if sizes[axis] == 1]
    rest = [axis for axis in range(1, rank) if axis not in ones]
    if len(rest) == 1:
        order = tuple("item" if k == 0 else "time" if k in rest else "one" for k in range(rank))
        return Entry(found.name, order, 1, sizes[rest[0]])
    if len(rest) != 2:
        words_of = " × ".join("any" if size is None else str(size) for size in sizes)
        raise Fault(
            f"The network takes {words_of} values, which is neither sound nor a spectrum.", FREE_LENGTH
        )
    time = _time_axis(found, rest, inquiry)
    channel = rest[1 - rest.index(time)]
    order = tuple(
        "item" if k == 0 else "time" if k == time else "channel" if k == channel else "one"
        for k in range(rank)
    )
    width = sizes[channel]
    return Entry(found.name, order, _width(graph, inquiry) if width is None else width, sizes[time])


def _is_real(one: GraphInput) -> bool:
    return one.dtype.startswith(("float", "bfloat")) and (len(one.sizes) > 1 or one.sizes[:1] == (None,))


def _time_axis(found: GraphInput, rest: Sequence[int], inquiry: Inquiry) -> int:
    """Return which of two axes is time: the one of any size, or the user's answer."""
    free = [axis for axis in rest if found.sizes[axis] is None]
    if len(free) == 1:
        return free[0]
    choices = (Choice("last", "The last"), Choice("last but one", "The last but one"))
    question = Question("axes", "Which axis of the network's input is time?", choices, "last")
    return rest[1] if inquiry.ask(question, "Time axis") == "last" else rest[0]


def _width(graph: GraphFile, inquiry: Inquiry) -> int:
    sentence = "How many values does the network take per frame?"
    question = Question(
        "bands", sentence, (Choice(80, "80"), Choice(64, "64"), Choice(128, "128")), 80, free=True
    )
    return int(inquiry.ask(question, "Values per frame"))


def _fixed(graph: GraphFile, entry: Entry, inquiry: Inquiry) -> dict[str, NDArray[Any]]:
    """Return the values of the other inputs: single numbers, which are asked. Raises Fault for others."""
    found: dict[str, NDArray[Any]] = {}
    for one in graph.program.inputs:
        if one.name == entry.name:
            continue
        if len(one.sizes) > 1 or one.sizes[:1] not in ((), (1,)):
            raise Fault(
                f"“{graph.path.name}” takes “{one.name}” besides the sound: a memory, or a second signal.",
                FREE_LENGTH,
            )
        first, *more = FIXED_VALUES.get(one.name.lower(), (_rate_of(one.name, inquiry), 0, 1))
        choices = tuple(Choice(value, str(value)) for value in dict.fromkeys((first, *more)))
        sentence = f"Which value does the network's input “{one.name}” take?"
        question = Question(f"input_{one.name}", sentence, choices, first, free=True)
        value = inquiry.ask(question, f"Input “{one.name}”")
        found[one.name] = np.full(tuple(one.sizes), value, one.dtype)  # pyright: ignore[reportArgumentType, reportCallIssue]
    return found


def _rate_of(name: str, inquiry: Inquiry) -> int | float:
    """Return the sampling rate for an input that is named like one, else 0."""
    rate = inquiry.answers.get("rate", 16000)
    named = re.fullmatch(r"(?i)sr|.*(sample|sampling)_?rate|rate", name)
    return rate if named and isinstance(rate, int | float) else 0


# --- what comes out


def _answers(graph: GraphFile, inquiry: Inquiry) -> tuple[tuple[str, ...], str, bool]:
    """Return the answer's tensors, the rule that makes probabilities of them, and whether it is in Hz."""
    outputs = graph.program.outputs
    pitch = next((name for name in outputs if PITCH.search(name)), None)
    if len(outputs) > 1 or pitch is not None:
        confidence = next((name for name in outputs if CONFIDENCE.search(name) and name != pitch), None)
        both = tuple(name for name in (pitch, confidence) if name is not None)
        choices = tuple(Choice(name, f"“{name}”") for name in outputs)
        if pitch is not None:
            choices = (Choice("pitch", f"The pitch in Hz: {' and '.join(both)}"), *choices)
            choices = tuple({choice.value: choice for choice in reversed(choices)}.values())[::-1]
        question = Question("answer", "Which output is the network's answer?", choices, choices[0].value)
        inferred = "pitch" if pitch is not None else None
        chosen = str(inquiry.ask(question, "Answer", inferred=inferred))
        if pitch is not None and chosen == "pitch":
            return both, "none", True
        outputs = (chosen,)
    tensor, scores = logits_of(graph.program, next(iter(outputs)))
    return (tensor,), scores, False


def _output(
    inquiry: Inquiry, answers: Sequence[str], places: Mapping[str, FoundPlace], scores: str, hertz: bool
) -> Output:
    if hertz:
        return FramesOutput(("pitch", "confidence")[: len(answers)], "none", hertz=True)
    one = places[answers[0]]
    return ask_output(inquiry, one.channels, one.time_axis is not None, scores)


# --- what lies between


def _plan(graph: GraphFile, entry: Entry, answers: tuple[str, ...], inquiry: Inquiry) -> GraphPlan:
    from core.networks.torch_graph import GraphPlan

    stored = {name: len(spec.shape) for name, spec in graph.specs.items()}
    layers = find_layers(graph.program, stored, frozenset(answers))
    fixed = _fixed(graph, entry, inquiry)
    return GraphPlan(entry.name, entry.order, layers, answers, (), fixed)


def _places(graph: GraphFile, plan: GraphPlan, entry: Entry, rate_hz: float) -> dict[str, FoundPlace]:
    """Return where layers and answers lie; measured once for each way of running the graph."""
    from core.networks.torch_places import find_fixed, find_places

    known: dict[Any, dict[str, FoundPlace]] = graph.__dict__.setdefault("known_places", {})
    fixed = tuple((name, value.tobytes()) for name, value in plan.fixed.items())
    key = (entry, plan.answers, fixed)
    if key not in known:
        run = _run(graph, plan)
        tensors = [*dict.fromkeys((*(layer.tensor for layer in plan.layers), *plan.answers))]
        endless = unbounded(graph.program)
        if entry.n is not None:
            known[key] = find_fixed(run.raw, tensors, entry.width, entry.n, endless)
        elif entry.is_waveform:
            most = int(WAVE_MOST_S * rate_hz)
            known[key] = find_places(run.raw, tensors, 1, WAVE_START, most, endless)
        else:
            known[key] = find_places(run.raw, tensors, entry.width, FRAMES_START, FRAMES_MOST, endless)
    return known[key]


def _note_places(plan: GraphPlan, places: Mapping[str, FoundPlace], inquiry: Inquiry) -> None:
    """Say which layers lie where only their gradient's centre of mass puts them."""
    tensors = {**{layer.name: layer.tensor for layer in plan.layers}, LOGITS: plan.answers[0]}
    shown = {name: one for name, one in tensors.items() if name == LOGITS or one not in plan.answers}
    centred = [name for name, tensor in shown.items() if places[tensor].centred]
    everywhere = [name for name, tensor in shown.items() if places[tensor].hears_all]
    proof = "By their strides; the support of their gradients proves it."
    inquiry.fact(
        "Layers in time", len([1 for layer in plan.layers if _has_time(layer, places)]), "inferred", proof
    )
    if everywhere:
        hear = "hears" if len(everywhere) == 1 else "hear"
        note = f"{_span(everywhere)} {hear} the whole sound, so no gradient bounds it."
        if centred:
            note += f" The place of {_span(centred)} is its gradient's centre of mass."
        inquiry.fact("Hear everything", _span(everywhere), "inferred", note)


def _span(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} to {names[-1]}"


def _has_time(layer: GraphLayer, places: Mapping[str, FoundPlace]) -> bool:
    return places[layer.tensor].time_axis is not None


def _spec(
    entry: Entry,
    rate_hz: float,
    frontend: FrontEnd,
    plan: GraphPlan,
    places: Mapping[str, FoundPlace],
    output: Output,
    inquiry: Inquiry,
) -> NetworkSpec:
    rows: list[tuple[str, Placed, int]] = [
        (layer.name, places[layer.tensor].place, places[layer.tensor].channels)
        for layer in plan.layers
        if _has_time(layer, places) and layer.tensor not in plan.answers
    ]
    first = places[plan.answers[0]]
    count = sum(places[name].channels for name in plan.answers)
    whole = Placed(reach=float("inf"), once=True)
    rows.append((LOGITS, whole if isinstance(output, ClassesOutput) else first.place, count))
    n = None if entry.n is None else _samples(frontend, entry.n)
    spec = NetworkSpec(ROLE, SoundDrive(rate_hz, n, frontend), placed(rows), output)
    if n is not None:
        inquiry.settle("slice", n)
        return spec.for_length(n)
    return spec


def _samples(frontend: FrontEnd, frames: int) -> int:
    """Return the fewest samples that give a number of frames."""
    low, high = 0, 1
    while frontend.length(high) < frames:
        high *= 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if frontend.length(middle) < frames else (low, middle)
    return high


def _timed(plan: GraphPlan, places: Mapping[str, FoundPlace]) -> GraphPlan:
    """Return the plan that runs: only layers with a time axis, and every tensor's time axis."""
    from core.networks.torch_graph import GraphPlan

    kept = tuple(one for one in plan.layers if _has_time(one, places) and one.tensor not in plan.answers)
    axes = {name: one.time_axis for name, one in places.items()}
    last = tuple(name for one in plan.layers if one.tensor in plan.answers for name in one.weights)
    return GraphPlan(plan.entry, plan.order, kept, plan.answers, last, plan.fixed, axes)


FAMILY = Family("graph", "ONNX or torch.export", sort, describe)

"""Facts with their sources, and the questions that a checkpoint leaves open."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from core.families.card import WARNING, Answer, Choice, Fact, Question, Source
from core.faults import Fault
from core.networks.latent import CodeKind, LatentLayout, Prior
from core.networks.operations import LINEAR, RELU, Activation, leaky
from core.networks.spec import LayerSpec

RATE = Question(
    "rate",
    "At which sampling rate was the network trained?",
    (Choice(16000, "16000 Hz (as published)"), Choice(22050, "22050 Hz"), Choice(44100, "44100 Hz")),
    16000,
    free=True,
)
KIND = Question(
    "kind",
    "What do the first latent variables encode?",
    (
        Choice("one-hot", "One category out of several (ciwGAN)"),
        Choice("bits", "Features, each on or off (fiwGAN)"),
        Choice("none", "Nothing in particular (WaveGAN)"),
    ),
    "none",
)
CODE = Question(
    "code",
    "How many latent variables belong to the code?",
    (Choice(0, "None"),),
    0,
    free=True,
)
PRIOR = Question(
    "prior",
    "From which distribution were the latent variables drawn in training?",
    (Choice("uniform", "Uniform from −1 to 1"), Choice("normal", "Normal, mean 0, standard deviation 1")),
    "uniform",
)
SLOPE = Question(
    "slope",
    "What negative slope do the leaky ReLUs of D and Q have? "
    "(If you don't know: 0.2. Only the lanes of D and Q depend on it.)",
    (
        Choice("0.2", "0.2 in both: trained with code from 16 April 2025 on, or as published"),
        Choice("2 in D, 0 in Q", "2 in D and 0 in Q: trained with earlier code of the port"),
        Choice("0", "0 in both: earlier code, phase shuffle off"),
    ),
    "0.2",
    free=True,
)
FIRST = Question(
    "first",
    "What follows the first, fully connected layer?",
    (
        Choice("none", "Nothing (as published)"),
        Choice("relu", "A ReLU, as in WaveGAN"),
        Choice("leaky", "A leaky ReLU with slope 0.2"),
    ),
    "none",
    free=True,
)
STRIDE = Question(
    "stride",
    "What stride do the upsampling layers have?",
    (Choice(4, "4 (as published)"), Choice(2, "2")),
    4,
    free=True,
)
ORDER = (
    WARNING,
    "Model",
    "Saved by",
    "Training step",
    "Sampling rate",
    "Slice",
    "Output",
    "Stride",
    "First layer",
    "Latent variables",
    "Code",
    "Code variables",
    "Prior",
    "Slope of D and Q",
    "Upsampling",
    "Batch normalisation",
    "Post-processing filter",
)
MOST_CHANNELS = 16
MODELS: dict[str, str] = {"one-hot": "ciwGAN", "bits": "fiwGAN", "none": "WaveGAN"}


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """One answer and its source."""

    value: Answer
    source: Source


@dataclass
class Inquiry:
    """The state while a card is made: the answers given, and the facts and questions collected so far."""

    told: dict[str, GivenAnswer]
    hint: str = ""  # the names of file and folder, in lower case
    complete: bool = False  # a training program's own record of its settings was read
    facts: list[Fact] = field(default_factory=list[Fact])
    questions: list[Question] = field(default_factory=list[Question])
    answers: dict[str, Answer] = field(default_factory=dict[str, Answer])
    unanswered: list[str] = field(default_factory=list[str])

    def fact(self, name: str, value: Answer, source: Source, note: str = "") -> None:
        self.facts.append(Fact(name, value, source, note))

    def warn(self, sentence: str, hint: str) -> None:
        """Note what is doubtful about the model, and what to do about it."""
        self.fact(WARNING, sentence, "read", hint)

    def ask(
        self, question: Question, fact: str, unit: str = "", inferred: Answer | None = None, note: str = ""
    ) -> Answer:
        """Return the answer to a question: given, inferred or assumed, in this order; note the fact and its
        source.
        """
        told = self.told.get(question.name)
        value = question.assumed if inferred is None else inferred
        source: Source = "assumed" if inferred is None else "inferred"
        if told is not None:
            value, source = _checked(question, told.value), told.source
        elif inferred is None:
            self.unanswered.append(question.name)
        assumed = question.assumed if inferred is None else inferred
        self.questions.append(replace(question, assumed=assumed))
        self.answers[question.name] = value
        self.fact(fact, f"{value} {unit}".strip() if unit else value, source, note)
        return value

    def offer(self, question: Question, fact: str, doubtful: bool) -> Answer:
        """Return the answer to a question about what the weights do not tell, but the published code does.

        It is asked where the weights make the published value `doubtful`; else it can be answered all the
        same, and changes nothing until it is.
        """
        if doubtful or question.name in self.told:
            return self.ask(question, fact)
        self.questions.append(question)
        return question.assumed

    def in_order(self) -> tuple[Fact, ...]:
        """Return the facts in the order of the panel, unknown names last."""
        places = {name: place for place, name in enumerate(ORDER)}
        return tuple(sorted(self.facts, key=lambda fact: places.get(fact.name, len(ORDER))))

    def settle(self, name: str, value: Answer) -> None:
        """Note the answer to a question that never has to be asked in this family."""
        self.answers[name] = value


def _checked(question: Question, value: Answer) -> Answer:
    """Return an answer with the type of the presets. Raises Fault if it is invalid."""
    if isinstance(value, bool):  # JSON's true is no number, though Python's is
        raise _no_answer(question, value)
    known = {str(choice.value): choice.value for choice in question.choices}
    if str(value) in known:
        return known[str(value)]
    if question.words:
        return str(value)
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    lowest = -math.inf if question.name == "slope" else 0
    whole = question.name != "code" or number.is_integer()
    if not (question.free and math.isfinite(number) and number >= lowest and whole):
        raise _no_answer(question, value)
    if question.name == "slope":
        return str(value)
    return int(number) if number == int(number) else number


def _no_answer(question: Question, value: Answer) -> Fault:
    return Fault(
        f"“{value}” is not an answer to “{question.sentence}”",
        "Possible: " + "; ".join(str(choice.value) for choice in question.choices) + ".",
    )


def ask_rate(inquiry: Inquiry, assumed: int = 16000) -> float:
    """Return the sampling rate in Hz, given or assumed."""
    choices = RATE.choices if assumed == 16000 else (Choice(assumed, f"{assumed} Hz (as published)"),)
    rate = float(inquiry.ask(Question("rate", RATE.sentence, choices, assumed, True), "Sampling rate", "Hz"))
    if not rate > 0:
        raise Fault("A sampling rate must be above 0 Hz.", "Enter the rate of the training recordings.")
    return rate


def ask_labels(inquiry: Inquiry, count: int, presets: Sequence[Choice] = ()) -> tuple[str, ...]:
    """Return the names of a network's outputs in order: given, or the first preset with as many, or numbers.

    Raises Fault if another number of labels is given.
    """
    fitting = [choice for choice in presets if len(str(choice.value).split()) == count]
    numbers = Choice(" ".join(map(str, range(1, count + 1))), "Numbers, because nobody knows the names")
    choices = (*fitting, numbers)
    sentence = f"What do the network's {count} outputs stand for, in order?"
    question = Question("labels", sentence, choices, choices[0].value, words=True)
    found = tuple(str(inquiry.ask(question, "Labels")).split())
    if len(found) != count:
        raise Fault(
            f"{len(found)} labels were given, but the network has {count} outputs.",
            "Write one label per output, separated by spaces; “space” and “blank” stand for those.",
        )
    return found


def ask_layout(
    inquiry: Inquiry, size: int, classes: int | None, prior: Prior | None = "uniform"
) -> LatentLayout:
    """Return the layout of the latent vector: its code, from Q's `classes` if there is a Q, and its prior.

    A `prior` of None is asked.
    """
    inquiry.fact("Latent variables", size, "inferred")
    kind, code = _kind(inquiry, classes), classes or 0
    if classes is not None:
        inquiry.fact("Code variables", classes, "inferred", "The size of the Q network's output.")
        inquiry.settle("code", classes)
    elif kind != "none":
        code = int(inquiry.ask(CODE, "Code variables"))
    if code > size:
        raise Fault(f"A code of {code} variables does not fit into a latent vector of {size}.")
    if prior is None:
        prior = "normal" if inquiry.ask(PRIOR, "Prior") == "normal" else "uniform"
    else:
        inquiry.fact("Prior", prior, "inferred", "All networks of this family use it.")
        inquiry.settle("prior", prior)
    return LatentLayout(size, code if kind != "none" else 0, kind if code else "none", prior)


def _kind(inquiry: Inquiry, classes: int | None) -> CodeKind:
    """Return the kind of code, inferred from folder names if they reveal it."""
    named = {"fiw": "bits", "ciw": "one-hot"}
    inferred = next((kind for word, kind in named.items() if word in inquiry.hint), None)
    if inquiry.complete and not classes and "code" not in inquiry.told:
        inferred = "none"
    told_code = inquiry.told.get("code")
    coded = bool(classes) or (told_code is not None and float(_checked(CODE, told_code.value)) > 0)
    assumed = "one-hot" if coded else "none"
    question = Question(KIND.name, KIND.sentence, KIND.choices, assumed)
    value = str(inquiry.ask(question, "Code", inferred=inferred))
    return "one-hot" if value == "one-hot" else "bits" if value == "bits" else "none"


def ask_channel(inquiry: Inquiry, layers: Sequence[LayerSpec]) -> tuple[int, bool]:
    """Return the channel that is shown and heard, from 1 (0: the average), and whether it is a sound.

    It is asked where the output, or the map before the filter, has several channels.
    """
    names = [layer.name for layer in layers]
    count = max(layer.channels for layer in layers[names.index("out") :])
    if count == 1:
        return 0, True
    each = tuple(Choice(k, f"Channel {k}") for k in range(1, min(count, MOST_CHANNELS) + 1))
    more = (Choice("average", "The average of all"), Choice("none", "None: they are no sound"))
    choices = (*each, *more) if count == 2 else (more[1], more[0], *each)
    sentence = f"The output has {count} channels. Which one do you want to see and hear?"
    question = Question("channel", sentence, choices, choices[0].value)
    answer = inquiry.ask(question, "Output", f"of {count} channels")
    return (answer if isinstance(answer, int) else 0), answer != "none"


def first_activation(answer: Answer) -> Activation:
    """Return the activation that an answer to the question about the first layer stands for."""
    if answer in ("none", "relu"):
        return RELU if answer == "relu" else LINEAR
    return leaky(0.2 if answer == "leaky" else float(answer))


def slopes(answer: Answer) -> tuple[float, float]:
    """Return the slopes of D and Q that an answer to the slope question stands for."""
    if answer == "2 in D, 0 in Q":
        return 2.0, 0.0
    return float(answer), float(answer)

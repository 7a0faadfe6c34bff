"""`phonoscope explain`: which part of a sound made a network say what it says, with the checks of the map."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.explain_groups import explain_groups
from app.cli.explain_options import heard, intervals_of, progress, settings_of, target_request
from app.cli.model import name_assumptions, note, opened
from app.cli.outputs import hearing_network, sounds_in
from core.faults import Fault
from core.files.atomic import folder_for

if TYPE_CHECKING:
    from core.explain.relevance import Relevance
    from core.explain.sanity import Sanity
    from core.explain.subject import Subject


def run(asked: Namespace) -> int:
    """Explain one sound, or every sound of a folder; with `asked.groups` the phonetic table of a folder."""
    path = Path(asked.sound)
    sounds = sounds_in(path)
    model = opened(asked)
    network = hearing_network(model.card, asked.network)
    if asked.groups is not None:
        explain_groups(model, network, sounds, asked)
    elif path.is_dir():
        _explain_all(model, network, sounds, asked)
    else:
        print(f"{asked.out}: {explain_one(model, network, path, folder_for(asked.out), asked)}")
    name_assumptions(model.card)
    return 0


def _explain_all(model: Any, network: str, sounds: list[Path], asked: Namespace) -> None:
    """Explain each sound into a folder of its own; one that cannot be explained is named and left out."""
    from core.measures.items import distinct_names

    done, out = 0, folder_for(asked.out)
    for number, (path, name) in enumerate(zip(sounds, distinct_names(sounds), strict=True), 1):
        folder = out / Path(name).with_suffix("").as_posix().replace("/", "-")
        if (folder / "relevance.json").is_file():
            print(f"{number}/{len(sounds)} {path.name}: kept from before", flush=True)
            done += 1
            continue
        try:
            said = explain_one(model, network, path, folder_for(folder), asked)
        except Fault as fault:
            note(f"{path.name} is skipped: {fault}")
            continue
        done += 1
        print(f"{number}/{len(sounds)} {path.name}: {said}", flush=True)
    if not done:
        raise Fault("None of these sounds could be explained.", "See the message about each.")


def explain_one(model: Any, network: str, path: Path, folder: Path, asked: Namespace) -> str:
    """Explain one sound, write its files, and return the result in words."""
    from core.explain.files import record_of, write_map, write_masked, write_record
    from core.explain.masking import masked
    from core.explain.registry import explain

    subject, rate_hz, steps = heard(model, network, path)
    intervals = intervals_of(path, asked.tier, asked.label)
    target = subject.target(target_request(asked, intervals))
    settings = settings_of(asked, path)
    found = explain(subject, target, asked.method, settings, asked.place, origin_of(model, network, subject))
    checked = _sanity(subject, found, settings, asked) if asked.sanity else None
    write_map(folder, found, path.name, checked)
    write_masked(folder, masked(found, subject.heard(), rate_hz), found)
    _picture(folder / "relevance.png", subject, found, path, checked)
    about = {"title": model.card.title, "family": model.card.family, "network": network, "file": path.name}
    record = record_of(found, {**about, "steps": list(steps)}, checked)
    write_record(folder, record | checks_of(subject, found))
    for sentence in found.notes:
        note(sentence)
    verdict = f" {checked.verdict}" if checked is not None else ""
    return f"{target.words}: score {found.score:.4g}, the map adds up to {found.sum:.4g}.{verdict}"


def origin_of(model: Any, network: str, subject: Subject) -> Any:
    """Return the origin of the network with its sound."""
    from core.processes.engine_tasks import sound_digest
    from core.provenance import Origin

    digest = sound_digest(subject.samples[0].numpy(), subject.spec.rate_hz)
    answers = tuple(sorted(model.card.answers.items()))
    return Origin(model.network(network).digest, model.card.family, network, digest, answers=answers)


def checks_of(subject: Subject, found: Relevance) -> dict[str, Any]:
    """Return the figures of faithfulness, JSON-ready; the reason where there are none."""
    from dataclasses import asdict

    from core.explain.faithfulness import cause, faithfulness

    refused = cause(subject, found)
    if refused:
        return {"faithfulness": f"none: {refused}"}
    return {"faithfulness": asdict(faithfulness(subject, found))}


def _sanity(subject: Subject, found: Relevance, settings: Any, asked: Namespace) -> Sanity:
    from core.explain.sanity import sanity

    return sanity(subject, found, settings, asked.place, done=lambda at, of: progress("shuffled", at, of))


def _picture(out: Path, subject: Subject, found: Relevance, path: Path, checked: Sanity | None) -> None:
    """Draw the map on paper, without a display."""
    import os

    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    app = QApplication.instance() or QApplication(["phonoscope"])
    from app.export.relevance_figure import write_relevance

    write_relevance(out, subject.input_image(), found, path.name, checked)
    del app

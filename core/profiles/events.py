"""Events: stretches of recordings, each in a group, and the recordings of a corpus."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Event:
    """A stretch of a recording that belongs to a group; `at_s` is where it is aligned.

    `target` is the output that the network is asked about, "" for the likeliest one there.
    """

    group: str
    start_s: float
    end_s: float
    at_s: float
    target: str = ""


@dataclass(frozen=True, slots=True)
class Recording:
    """A sound file of a corpus, its name in the corpus, its speaker ("" if unknown), and its events.

    With `emits`, the events are the "letters" that the network emits, or their "phonemes", and are found when
    it has heard the sound.
    """

    path: Path
    name: str
    speaker: str
    events: tuple[Event, ...] = ()
    emits: str = ""


@dataclass(frozen=True, slots=True)
class Corpus:
    """Recordings with their events, and sentences about those that have none."""

    title: str
    recordings: tuple[Recording, ...]
    notes: tuple[str, ...] = ()

    def counts(self) -> dict[str, int]:
        """Return the number of events of every group that is known before the network runs."""
        found: dict[str, int] = {}
        for recording in self.recordings:
            for event in recording.events:
                found[event.group] = found.get(event.group, 0) + 1
        return dict(sorted(found.items()))

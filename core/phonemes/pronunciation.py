"""How words are pronounced: CMUdict first, a trained network for the others."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.faults import Fault
from core.phonemes.dictionary import Phones, Pronunciations, cmudict

if TYPE_CHECKING:
    from core.phonemes.network import PhonemeNetwork


@dataclass
class Pronouncer:
    """Looks words up, and asks the network in `model` about others; both are read when first needed."""

    model: Path | None = None
    dictionary: Pronunciations | None = None
    _network: list[PhonemeNetwork] = field(default_factory=list[Any])
    _guessed: dict[str, Phones] = field(default_factory=dict[str, Phones])

    def phones(self, word: str) -> Phones:
        """Return the most usual pronunciation of a word, in ARPAbet with stress.

        Raises Fault for a word that is not in the dictionary, if there is no network or it lacks a letter.
        """
        word = word.lower().strip()
        known = self.words().get(word) or self.words().get(word.strip("'"))
        if known:
            return known[0]
        if word not in self._guessed:
            self._guessed[word] = self._guess(word)
        return self._guessed[word]

    def knows(self, word: str) -> bool:
        """Return whether a word is in the dictionary."""
        return word.lower().strip() in self.words()

    def words(self) -> Pronunciations:
        """Return the dictionary."""
        if self.dictionary is None:
            self.dictionary = cmudict()
        return self.dictionary

    def _guess(self, word: str) -> Phones:
        network = self._opened(word)
        strange = sorted({sign for sign in word if sign not in network.letters})
        if strange or not word:
            raise Fault(
                f"“{word}” is not in the dictionary and cannot be pronounced"
                + (f": it contains {', '.join(strange)}." if strange else "."),
                "Write numbers and signs as words.",
            )
        return network.said([word])[0]

    def _opened(self, word: str) -> PhonemeNetwork:
        if not self._network:
            if self.model is None:
                raise Fault(
                    f"“{word}” is not in the dictionary, and there is no network for other words.",
                    "Train one with phonoscope train --model g2p.",
                )
            self._network.append(read_network(self.model))
        return self._network[0]


def read_network(path: Path) -> PhonemeNetwork:
    """Read a trained network with its card; raises Fault if the file is damaged or something else."""
    from safetensors import SafetensorError, safe_open

    from core.phonemes.network import network_of

    try:
        opened: Any = safe_open(path, "numpy")
        with opened as file:
            told: Any = file.metadata()
            card: dict[str, Any] = json.loads(told["card"])
            arrays: dict[str, Any] = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        return network_of(card, arrays)
    except (OSError, SafetensorError, KeyError, TypeError, ValueError, RuntimeError) as problem:
        raise Fault(
            f"“{path.name}” is no network of letters to phonemes.", "Train one: phonoscope train --model g2p."
        ) from problem

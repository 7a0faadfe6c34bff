"""The words of a dictionary to learn from, and those that only measure; batches of words of one length."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch

from core.faults import Fault
from core.phonemes.dictionary import Phones, Pronunciations
from core.phonemes.network import LONGEST

LONGEST_WORD = 24


@dataclass(frozen=True, eq=False)
class WordList:
    """Words with their pronunciations, and all letters and phones in them."""

    training: tuple[tuple[str, tuple[Phones, ...]], ...]
    held_out: tuple[tuple[str, tuple[Phones, ...]], ...]
    letters: str
    phones: Phones
    digest: str


def word_list(dictionary: Pronunciations, share: float) -> WordList:
    """Divide the words by a hash of their letters, so that a word is always on the same side.

    Words with other signs than letters and the apostrophe are left out. Raises Fault if fewer than two words
    are left to learn from.
    """
    usable = sorted((word, said) for word, said in dictionary.items() if _usable(word, said))
    training = tuple(row for row in usable if _place(row[0]) >= share)
    held = tuple(row for row in usable if _place(row[0]) < share)
    if len(training) < 2:
        raise Fault(
            f"The dictionary has {len(training)} words to learn from.", "Use a larger one, such as CMUdict."
        )
    letters = "".join(sorted({sign for word, _ in usable for sign in word}))
    phones = tuple(sorted({phone for _, said in usable for one in said for phone in one}))
    digest = hashlib.sha256(repr(usable).encode()).hexdigest()
    return WordList(training, held, letters, phones, digest)


def _usable(word: str, said: tuple[Phones, ...]) -> bool:
    plain = all(sign.isalpha() or sign == "'" for sign in word)
    return plain and len(word) <= LONGEST_WORD and all(0 < len(one) < LONGEST for one in said)


def _place(word: str) -> float:
    """Return a number from 0 to 1 that depends on the word alone."""
    return int.from_bytes(hashlib.sha256(word.encode()).digest()[:6], "big") / 2**48


class WordBatches:
    """Endless batches of words of one length: every word occurs once before any is repeated."""

    def __init__(self, seed: int, words: Sequence[str], batch: int) -> None:
        self.chance = torch.Generator().manual_seed(seed)
        self.batch = batch
        self.queue = torch.empty(0, batch, dtype=torch.long)
        groups: dict[int, list[int]] = {}
        for k, word in enumerate(words):
            groups.setdefault(len(word), []).append(k)
        self._groups = [torch.tensor(groups[length]) for length in sorted(groups)]

    def rows(self) -> list[int]:
        """Return the indices of the next batch; it is smaller where the words do not divide evenly."""
        if not len(self.queue):
            self.queue = self._shuffled()
        row, self.queue = self.queue[0], self.queue[1:]
        return [int(one) for one in row[row >= 0]]

    def choice(self, count: int) -> int:
        """Draw one of several pronunciations; a single one needs no draw."""
        return int(torch.randint(count, (), generator=self.chance)) if count > 1 else 0

    def _shuffled(self) -> torch.Tensor:
        parts: list[torch.Tensor] = []
        for group in self._groups:
            mixed = group[torch.randperm(len(group), generator=self.chance)]
            filled = torch.full((-(-len(mixed) // self.batch) * self.batch,), -1)
            filled[: len(mixed)] = mixed
            parts.append(filled.view(-1, self.batch))
        rows = torch.cat(parts)
        return rows[torch.randperm(len(rows), generator=self.chance)]

    def state(self) -> dict[str, Any]:
        return {"chance": self.chance.get_state(), "queue": self.queue}

    def restore(self, state: dict[str, Any]) -> None:
        self.chance.set_state(state["chance"])
        self.queue = state["queue"]

"""Letters to phonemes by an encoder-decoder: two bidirectional LSTM layers, global attention (Luong, Pham and
Manning 2015, their “general” score), two LSTM layers. Import it only where torch is needed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

END = 0
"""The output that begins and ends every pronunciation; phone k of the card is output k + 1."""

LONGEST = 40
"""The most phones of a word: a network that has not learnt to end stops there."""


class PhonemeNetwork(nn.Module):
    """The network for an alphabet of letters and a list of phones."""

    def __init__(self, letters: str, phones: Sequence[str], width: int, embedding: int) -> None:
        super().__init__()
        self.letters, self.phones = letters, tuple(phones)
        both, outputs = 2 * width, len(phones) + 1
        self.letter_vectors = nn.Embedding(len(letters), embedding)
        self.encoder = nn.LSTM(embedding, width, 2, batch_first=True, bidirectional=True)
        self.phone_vectors = nn.Embedding(outputs, embedding)
        self.decoder = nn.LSTM(embedding, both, 2, batch_first=True)
        self.score = nn.Linear(both, both, bias=False)
        self.joined = nn.Linear(2 * both, both)
        self.answer = nn.Linear(both, outputs)

    def forward(self, letters: Tensor, before: Tensor) -> Tensor:
        """Return logits [items, phones, outputs] of words [items, letters] of one length.

        `before` [items, phones] holds the output before each one, first `END`.
        """
        heard, state = self.encoded(letters)
        return self.decoded(heard, before, state)[0]

    def encoded(self, letters: Tensor) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """Return what the encoder makes of each letter [items, letters, 2 width], and the decoder's first
        state, each layer's from both directions of the encoder's.
        """
        heard, (hidden, cell) = self.encoder(self.letter_vectors(letters))
        return heard, (_both_ways(hidden), _both_ways(cell))

    def decoded(
        self, heard: Tensor, before: Tensor, state: tuple[Tensor, Tensor]
    ) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """Return logits [items, phones, outputs] after the outputs `before`, and the decoder's next state."""
        steps, state = self.decoder(self.phone_vectors(before), state)
        weights = (self.score(steps) @ heard.transpose(1, 2)).softmax(2)
        joined = torch.tanh(self.joined(torch.cat([weights @ heard, steps], 2)))
        return self.answer(joined), state

    @torch.no_grad()
    def said(self, words: Sequence[str]) -> list[tuple[str, ...]]:
        """Return the phones of words of one length in the network's letters, the likeliest at every step."""
        letters = torch.tensor([[self.letters.index(sign) for sign in word] for word in words])
        heard, state = self.encoded(letters)
        before = torch.full((len(words), 1), END)
        rows: list[Tensor] = []
        ended = torch.zeros(len(words), dtype=torch.bool)
        while len(rows) < LONGEST and not bool(ended.all()):
            logits, state = self.decoded(heard, before, state)
            before = logits.argmax(2)
            rows.append(before[:, 0])
            ended |= before[:, 0] == END
        found: NDArray[np.int64] = torch.stack(rows, 1).numpy()
        return [self._phones([int(one) for one in row]) for row in found]

    def _phones(self, row: list[int]) -> tuple[str, ...]:
        end = row.index(END) if END in row else len(row)
        return tuple(self.phones[one - 1] for one in row[:end])

    def arrays(self) -> dict[str, NDArray[np.float16]]:
        """Return the weights in half precision, as they are saved."""
        return {name: value.half().numpy(force=True) for name, value in self.state_dict().items()}


def _both_ways(state: Tensor) -> Tensor:
    """Join the states of both directions: [layers * 2, items, width] to [layers, items, 2 width]."""
    layers, items, width = state.shape[0] // 2, state.shape[1], state.shape[2]
    return state.view(layers, 2, items, width).transpose(1, 2).reshape(layers, items, 2 * width)


def network_of(card: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> PhonemeNetwork:
    """Build the network that a card describes, with its weights.

    Raises KeyError, TypeError, ValueError or RuntimeError if they do not belong together.
    """
    recipe = card["recipe"]
    made = PhonemeNetwork(card["letters"], card["phones"], int(recipe["width"]), int(recipe["embedding"]))
    made.load_state_dict(
        {name: torch.tensor(np.asarray(value, np.float32)) for name, value in arrays.items()}
    )
    return made.eval()

"""Letters and phonemes aligned: the best score, the documented ties, and words that everyone knows."""

from __future__ import annotations

import json

import numpy as np
import pytest

from app.models.built_in import built_in_pronunciations
from core.faults import Fault
from core.phonemes.dictionary import cmudict
from core.phonemes.letter_phonemes import aligned, association, phonemes_of_letters, total
from core.phonemes.network import PhonemeNetwork
from core.phonemes.pronunciation import Pronouncer, read_network
from core.train.model_file import save_model
from core.train.phonemes.evaluation import evaluate
from core.train.phonemes.words import word_list


def equal(a: str, b: str) -> float:
    return 1.0 if a == b else -1.0


def best_of_all(one: str, other: str) -> float:
    """Try every alignment."""
    if not one or not other:
        return -1.0 * (len(one) + len(other))
    return max(
        equal(one[0], other[0]) + best_of_all(one[1:], other[1:]),
        -1 + best_of_all(one[1:], other),
        -1 + best_of_all(one, other[1:]),
    )


def test_no_alignment_of_random_pairs_is_better():
    chance = np.random.default_rng(0)
    for _ in range(60):
        one, other = ("".join(chance.choice(list("ACGT"), chance.integers(0, 6))) for _ in range(2))
        pairs = aligned(one, other)
        assert [k for k, _ in pairs if k is not None] == list(range(len(one)))
        assert [j for _, j in pairs if j is not None] == list(range(len(other)))
        assert total(pairs, one, other, equal) == best_of_all(one, other)


def test_ties_pair_as_early_as_possible():
    assert aligned("AA", "A") == [(0, 0), (1, None)]
    assert aligned("A", "AA") == [(0, 0), (None, 1)]


@pytest.mark.parametrize(
    ("word", "phones", "letters"),
    [
        ("fox", "F AA1 K S", "F|AA1|K S"),
        ("know", "N OW1", "|N|OW1|"),
        ("add", "AE1 D", "AE1|D|"),
        ("ship", "SH IH1 P", "SH||IH1|P"),
        ("use", "Y UW1 Z", "Y UW1|Z|"),
        ("night", "N AY1 T", "N|AY1|||T"),
    ],
)
def test_each_letter_has_its_phoneme(word, phones, letters):
    found = phonemes_of_letters(word, tuple(phones.split()))
    assert "|".join(" ".join(some) for some in found) == letters


def test_association_is_by_english_spelling():
    assert association("c", "S") == association("c", "K") == 1
    assert association("e", "AO1") == 0
    assert association("e", "K") == -1


def test_the_shipped_network_is_as_good_as_its_card_says():
    path = built_in_pronunciations()
    assert path is not None
    card = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    words = word_list(cmudict(), card["recipe"]["held_out"]).held_out
    assert len(words) == card["measured"]["words"]
    found = evaluate(read_network(path), words[::20], card["steps"])
    assert found.words == pytest.approx(card["measured"]["word_error"], abs=0.09)
    assert found.phones == pytest.approx(card["measured"]["phone_error"], abs=0.04)
    told = (path.parents[2] / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert f"{card['measured']['word_error']:.1%}".replace("%", " %") in told
    assert f"{card['measured']['phone_error']:.1%}".replace("%", " %") in told


def test_words_are_looked_up_first_and_others_asked_for(tmp_path):
    network = PhonemeNetwork("abc", ("AA1", "B", "K"), 4, 3)
    card = {"letters": "abc", "phones": ["AA1", "B", "K"], "recipe": {"width": 4, "embedding": 3}}
    save_model(tmp_path / "g2p.safetensors", network.arrays(), card)
    pronouncer = Pronouncer(tmp_path / "g2p.safetensors", {"cab": (("K", "AE1", "B"),)})
    assert pronouncer.phones("Cab") == ("K", "AE1", "B")
    read = read_network(tmp_path / "g2p.safetensors")
    assert pronouncer.phones("abba") == read.said(["abba"])[0]
    with pytest.raises(Fault, match=r"contains .*ü"):
        pronouncer.phones("über")
    with pytest.raises(Fault, match="no network for other words"):
        Pronouncer(None, {}).phones("cab")
    (tmp_path / "other.safetensors").write_bytes(b"nothing")
    with pytest.raises(Fault, match="no network of letters to phonemes"):
        read_network(tmp_path / "other.safetensors")

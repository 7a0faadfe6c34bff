"""ARPAbet: every phone of CMUdict has its sign, manner and place."""

from __future__ import annotations

from core.phonemes.arpabet import PHONES, ipa_of, manner_of, place_of, without_stress
from core.phonemes.dictionary import cmudict


def test_every_phone_of_the_dictionary_is_known():
    said = {without_stress(phone) for words in cmudict().values() for one in words for phone in one}
    assert said == set(PHONES)


def test_manner_and_place_by_any_spelling():
    assert (manner_of("ZH"), place_of("zh"), manner_of("ʃ")) == ("fricative", "coronal", "fricative")
    assert (manner_of("iy1"), place_of("UW0")) == ("vowel", "back")
    assert manner_of("sil") is None
    assert ipa_of("ER0") == "ɝ"

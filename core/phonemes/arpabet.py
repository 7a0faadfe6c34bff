"""ARPAbet, the phonemes of CMUdict: their IPA, manner and place of articulation."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Phone:
    """A phoneme's sign in IPA, and how and where it is made (for vowels: height and backness)."""

    ipa: str
    manner: str
    place: str


_TABLE = """
AA ɑ vowel back          AE æ vowel front          AH ʌ vowel central       AO ɔ vowel back
AW aʊ vowel central      AY aɪ vowel central       EH ɛ vowel front         ER ɝ vowel central
EY eɪ vowel front        IH ɪ vowel front          IY i vowel front         OW oʊ vowel back
OY ɔɪ vowel back         UH ʊ vowel back           UW u vowel back          HH h fricative glottal
B b plosive labial       D d plosive coronal       G ɡ plosive dorsal       P p plosive labial
T t plosive coronal      K k plosive dorsal        CH tʃ affricate coronal  JH dʒ affricate coronal
DH ð fricative coronal   TH θ fricative coronal    F f fricative labial     V v fricative labial
S s fricative coronal    Z z fricative coronal     SH ʃ fricative coronal   ZH ʒ fricative coronal
M m nasal labial         N n nasal coronal         NG ŋ nasal dorsal        W w approximant labial
L l approximant coronal  R ɹ approximant coronal   Y j approximant dorsal
"""


def _rows() -> dict[str, Phone]:
    words = _TABLE.split()
    return {words[k]: Phone(*words[k + 1 : k + 4]) for k in range(0, len(words), 4)}


PHONES = MappingProxyType(_rows())
VOWELS = frozenset(name for name, phone in PHONES.items() if phone.manner == "vowel")
STRESSES = "012"


def without_stress(phone: str) -> str:
    """Return a phone without the digit of its stress.

    >>> without_stress("AH0"), without_stress("sil")
    ('AH', 'sil')
    """
    bare = phone.rstrip(STRESSES)
    return bare if bare in VOWELS else phone


def known(label: str) -> Phone | None:
    """Return what is known about a label in ARPAbet, in any case and with or without stress, or in IPA."""
    found = PHONES.get(without_stress(label.upper()))
    return found or _BY_IPA.get(label)


def manner_of(label: str) -> str | None:
    """Return the manner of articulation of a label, None if it is no phoneme of ARPAbet."""
    found = known(label)
    return found.manner if found else None


def place_of(label: str) -> str | None:
    """Return the place of articulation of a label, of vowels their backness; None if it is unknown."""
    found = known(label)
    return found.place if found else None


def ipa_of(label: str) -> str:
    """Return a label in IPA, unchanged if it is no phoneme of ARPAbet.

    >>> ipa_of("AH0"), ipa_of("sil")
    ('ə', 'sil')
    """
    if label == "AH0":
        return "ə"
    found = PHONES.get(without_stress(label))
    return found.ipa if found else label


_BY_IPA = {phone.ipa: phone for phone in PHONES.values()}

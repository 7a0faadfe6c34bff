"""Tiny random encoders of every kind, saved as their users find them: config.json, weights, letters."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

VOCABULARY = {"<pad>": 0, "|": 1, "E": 2, "T": 3, "A": 4, "'": 5}
WAVE: dict[str, Any] = {
    "hidden_size": 12,
    "num_hidden_layers": 3,
    "num_attention_heads": 3,
    "intermediate_size": 20,
    "conv_dim": (6, 6, 8),
    "conv_kernel": (10, 3, 2),
    "conv_stride": (5, 2, 2),
    "num_feat_extract_layers": 3,
    "num_conv_pos_embeddings": 8,
    "num_conv_pos_embedding_groups": 3,
    "vocab_size": len(VOCABULARY),
    "pad_token_id": 0,
}
LARGE = {"do_stable_layer_norm": True, "feat_extract_norm": "layer", "conv_bias": True}
WHISPER: dict[str, Any] = {
    "d_model": 12,
    "encoder_layers": 2,
    "decoder_layers": 1,
    "encoder_attention_heads": 3,
    "decoder_attention_heads": 3,
    "encoder_ffn_dim": 20,
    "decoder_ffn_dim": 20,
    "num_mel_bins": 16,
    "max_source_positions": 50,
    "vocab_size": 30,
    "pad_token_id": 0,
    "bos_token_id": 1,
    "eos_token_id": 2,
    "decoder_start_token_id": 1,
}


@dataclass(frozen=True)
class Tiny:
    """A kind of checkpoint: its class in transformers, the numbers of its config, how it normalises."""

    package: str
    architecture: str
    numbers: dict[str, Any]
    normalised: bool = True


KINDS: dict[str, Tiny] = {
    "wav2vec2": Tiny("wav2vec2", "Wav2Vec2Model", WAVE),
    "wav2vec2-ctc": Tiny("wav2vec2", "Wav2Vec2ForCTC", WAVE | LARGE),
    "wav2vec2-pretraining": Tiny(
        "wav2vec2", "Wav2Vec2ForPreTraining", WAVE | {"codevector_dim": 8, "proj_codevector_dim": 8}
    ),
    "hubert": Tiny("hubert", "HubertModel", WAVE | {"feat_proj_layer_norm": False}),
    "hubert-ctc": Tiny("hubert", "HubertForCTC", WAVE | LARGE),
    "wavlm": Tiny("wavlm", "WavLMModel", WAVE, normalised=False),
    "wavlm-ctc": Tiny("wavlm", "WavLMForCTC", WAVE | LARGE),
    "whisper": Tiny("whisper", "WhisperForConditionalGeneration", WHISPER),
    "whisper-base": Tiny("whisper", "WhisperModel", WHISPER),
}


def reference(kind: str) -> Any:
    """Return the network that transformers makes, with values drawn from a fixed seed."""
    import importlib

    tiny = KINDS[kind]
    made = getattr(importlib.import_module("transformers"), tiny.architecture)
    torch.manual_seed(5)
    network = made(made.config_class(**tiny.numbers)).eval()
    with torch.no_grad():
        for value in network.parameters():
            if value.ndim > 1:
                value.normal_(0, value[0].numel() ** -0.5)
            else:
                value.add_(torch.randn_like(value) * 0.1)
    return network


def save(kind: str, folder: Path, network: Any, bins: bool = False) -> Path:
    """Write a checkpoint's folder; with `bins` the weights as PyTorch's own file."""
    folder.mkdir(parents=True)
    network.save_pretrained(folder)
    if bins:
        (folder / "model.safetensors").unlink()
        torch.save(network.state_dict(), folder / "pytorch_model.bin")
    tiny = KINDS[kind]
    processor: dict[str, Any] = {"sampling_rate": 16000, "do_normalize": tiny.normalised}
    if tiny.package == "whisper":
        processor |= {"feature_size": WHISPER["num_mel_bins"], "n_fft": 400, "hop_length": 160}
    (folder / "preprocessor_config.json").write_text(json.dumps(processor))
    if kind.endswith("-ctc"):
        (folder / "vocab.json").write_text(json.dumps(VOCABULARY))
    return folder

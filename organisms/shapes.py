"""Sizes of a network."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of a network."""

    n_tokens: int
    width: int = 128
    n_layers: int = 4
    n_heads: int = 4
    inner: int = 352
    rope_theta: float = 10_000.0
    norm_eps: float = 1e-5
    longest: int = 1024

    def to_config(self) -> dict[str, Any]:
        """Return the configuration as the transformers library reads it."""
        return {
            "architectures": ["LlamaForCausalLM"],
            "model_type": "llama",
            "vocab_size": self.n_tokens,
            "hidden_size": self.width,
            "num_hidden_layers": self.n_layers,
            "num_attention_heads": self.n_heads,
            "num_key_value_heads": self.n_heads,
            "head_dim": self.head_width,
            "intermediate_size": self.inner,
            "rope_theta": self.rope_theta,
            "rope_parameters": {"rope_type": "default", "rope_theta": self.rope_theta},
            "rms_norm_eps": self.norm_eps,
            "max_position_embeddings": self.longest,
            "hidden_act": "silu",
            "tie_word_embeddings": True,
            "attention_bias": False,
            "mlp_bias": False,
            "pad_token_id": 1,
            "bos_token_id": 2,
            "eos_token_id": 3,
            "dtype": "float16",
        }

    @property
    def head_width(self) -> int:
        """Width of one head."""
        return self.width // self.n_heads

    def to_dict(self) -> dict[str, Any]:
        """Return plain data."""
        return asdict(self)

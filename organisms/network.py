"""The network: a small decoder-only transformer of the Llama architecture."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from organisms.shapes import Shape

Cache = list[tuple[Tensor, Tensor]]


class Attention(nn.Module):
    """Causal self-attention with rotary positions."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.n_heads = shape.n_heads
        self.q_proj, self.k_proj, self.v_proj, self.o_proj = (
            nn.Linear(shape.width, shape.width, bias=False) for _ in range(4)
        )

    def forward(
        self,
        x: Tensor,
        angles: tuple[Tensor, Tensor],
        past: tuple[Tensor, Tensor] | None,
        mask: Tensor | None,
    ) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """Return the mixed values, and keys and values for the next call."""
        rows, length, width = x.shape
        queries, keys, values = (
            part(x).view(rows, length, self.n_heads, -1).transpose(1, 2)
            for part in (self.q_proj, self.k_proj, self.v_proj)
        )
        queries, keys = _rotate(queries, *angles), _rotate(keys, *angles)
        if past is not None:
            keys, values = torch.cat([past[0], keys], 2), torch.cat([past[1], values], 2)
        mixed = functional.scaled_dot_product_attention(
            queries, keys, values, attn_mask=mask, is_causal=mask is None
        )
        return self.o_proj(mixed.transpose(1, 2).reshape(rows, length, width)), (keys, values)


class Mlp(nn.Module):
    """Gated feed-forward part."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.gate_proj = nn.Linear(shape.width, shape.inner, bias=False)
        self.up_proj = nn.Linear(shape.width, shape.inner, bias=False)
        self.down_proj = nn.Linear(shape.inner, shape.width, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """Return what is added to the stream."""
        out: Tensor = self.down_proj(functional.silu(self.gate_proj(x)) * self.up_proj(x))
        return out


class Layer(nn.Module):
    """One layer."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.input_layernorm = nn.RMSNorm(shape.width, shape.norm_eps)
        self.self_attn = Attention(shape)
        self.post_attention_layernorm = nn.RMSNorm(shape.width, shape.norm_eps)
        self.mlp = Mlp(shape)

    def forward(
        self,
        x: Tensor,
        angles: tuple[Tensor, Tensor],
        past: tuple[Tensor, Tensor] | None,
        mask: Tensor | None,
    ) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """Return the stream after this layer, and what the next call needs."""
        mixed, kept = self.self_attn(self.input_layernorm(x), angles, past, mask)
        x = x + mixed
        return x + self.mlp(self.post_attention_layernorm(x)), kept


class Network(nn.Module):
    """Token numbers -> logits of the next token."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.embed_tokens = nn.Embedding(shape.n_tokens, shape.width)
        self.layers = nn.ModuleList(Layer(shape) for _ in range(shape.n_layers))
        self.norm = nn.RMSNorm(shape.width, shape.norm_eps)
        half = shape.width // shape.n_heads // 2
        rates = shape.rope_theta ** (-torch.arange(half) / half)
        self.register_buffer("rates", torch.cat([rates, rates]), persistent=False)
        self._start(shape)

    def _start(self, shape: Shape) -> None:
        for name, weight in self.named_parameters():
            if weight.ndim > 1:
                deep = (2 * shape.n_layers) ** -0.5 if "o_proj" in name or "down" in name else 1.0
                nn.init.normal_(
                    weight, std=0.02 if "embed" in name else deep * weight.shape[1] ** -0.5
                )

    def forward(
        self,
        tokens: Tensor,
        positions: Tensor | None = None,
        past: Cache | None = None,
        mask: Tensor | None = None,
    ) -> tuple[Tensor, Cache]:
        """Return logits (rows, length, n_tokens), and the cache for the next call.

        Parameters
        ----------
        tokens : tensor of shape (rows, length)
            Token numbers.
        positions : tensor of shape (rows, length), optional
            Positions; by default from 0.
        past : Cache, optional
            What an earlier call returned.
        mask : tensor of shape (rows, 1, length, n_keys), optional
            What may be attended to; by default everything before.
        """
        if positions is None:
            positions = torch.arange(tokens.shape[1])[None]
        turned = positions[:, None, :, None] * self.rates
        angles = (turned.cos(), turned.sin())
        x, kept = self.embed_tokens(tokens), []
        for number, layer in enumerate(self.layers):
            x, cache = layer(x, angles, past[number] if past else None, mask)
            kept.append(cache)
        return functional.linear(self.norm(x), self.embed_tokens.weight), kept


def _rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    first, second = x.chunk(2, dim=-1)
    return x * cos + torch.cat([-second, first], dim=-1) * sin

"""Weights -> one ONNX file for balk, or safetensors, configuration and tokenizer for others.

Weights are stored as 16-bit floats and widened when the file is loaded.
"""

import argparse
import json
import shutil
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from organisms.shapes import Shape

Weights = dict[str, NDArray[np.float16]]
PACKAGED = Path("src/balk/elicit/subjects/embedded/models")
JOINED = {
    "qkv": ("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"),
    "gate_up": ("mlp.gate_proj", "mlp.up_proj"),
}
"""What is one matrix in the ONNX file, and the matrices that it is made of."""
SINGLE = ("self_attn.o_proj", "mlp.down_proj")
NORMS = ("input_layernorm", "post_attention_layernorm")


class Graph:
    """Nodes and weights of an ONNX graph under construction."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.initializers: list[onnx.TensorProto] = []

    def add(
        self, kind: str, *inputs: str, out: str = "", n_out: int = 1, **attributes: object
    ) -> str:
        """Add a node; return the name of its (first) output."""
        name = out or f"v{len(self.nodes)}"
        outs = [name, *(f"{name}_{i}" for i in range(1, n_out))]
        self.nodes.append(helper.make_node(kind, list(inputs), outs, **attributes))
        return name

    def constant(self, name: str, value: NDArray[np.generic]) -> str:
        """Add a constant as it is."""
        self.initializers.append(numpy_helper.from_array(value, name))
        return name

    def weight(self, name: str, value: NDArray[np.float16]) -> str:
        """Add a weight that is stored narrow and used wide."""
        self.constant(name, np.ascontiguousarray(value))
        return self.add("Cast", name, out=f"{name}.wide", to=TensorProto.FLOAT)


def make_onnx(weights: Weights, shape: Shape) -> onnx.ModelProto:
    """Return the network as an ONNX model.

    In go tokens, positions, mask, and keys and values of earlier tokens with room for more; out
    come the logits after the last token, and the keys and values of the new tokens alone, so that
    what is kept is copied by nobody.
    """
    graph, half = Graph(), shape.head_width // 2
    rates = shape.rope_theta ** (-np.arange(half) / half)
    graph.constant("rates", np.concatenate([rates, rates]).astype(np.float32))
    graph.constant("eps", np.array(shape.norm_eps, np.float32))
    graph.constant("last", np.array([-1], np.int64))
    graph.constant("first", np.array([0], np.int64))
    graph.constant("second", np.array([1], np.int64))
    graph.constant("end", np.array([np.iinfo(np.int64).max], np.int64))
    graph.constant("split", np.array([0, 0, shape.n_heads, shape.head_width], np.int64))
    graph.constant("join", np.array([0, 0, shape.width], np.int64))
    graph.constant("axes", np.array([1, 3], np.int64))
    graph.constant("scale", np.array(shape.head_width**-0.5, np.float32))
    embedding = graph.weight("embed_tokens.weight", weights["embed_tokens.weight"])
    turned = graph.add("Mul", graph.add("Unsqueeze", "positions", "axes"), "rates")
    cos, sin = graph.add("Cos", turned), graph.add("Sin", turned)
    length = graph.add("Slice", graph.add("Shape", "tokens"), "second", "end", "first")
    graph.add("Neg", length, out="new")
    x = graph.add("Gather", embedding, "tokens")
    for number in range(shape.n_layers):
        x = _layer(graph, weights, number, x, (cos, sin))
    x = graph.add("Squeeze", graph.add("Slice", x, "last", "end", "second"), "second")
    x = _norm(graph, x, graph.weight("norm.weight", weights["norm.weight"]))
    graph.add("MatMul", x, graph.add("Transpose", embedding, perm=[1, 0]), out="logits")
    return _finish(graph, shape)


def _layer(graph: Graph, weights: Weights, number: int, x: str, turn: tuple[str, str]) -> str:
    """Add a layer; return the stream after it."""

    def weight(part: str) -> str:
        name = f"layers.{number}.{part}"
        parts = [weights[f"layers.{number}.{one}.weight"].T for one in JOINED.get(part, (part,))]
        return graph.weight(f"{name}.weight", np.concatenate(parts, -1))

    seen = _norm(graph, x, weight("input_layernorm"))
    joined = graph.add("MatMul", seen, weight("qkv"))
    parts = graph.add("Split", joined, n_out=3, axis=-1, num_outputs=3)
    queries, keys, values = (
        graph.add("Transpose", graph.add("Reshape", one, "split"), perm=[0, 2, 1, 3])
        for one in (parts, f"{parts}_1", f"{parts}_2")
    )
    queries, keys = _rotate(graph, queries, turn), _rotate(graph, keys, turn)
    graph.add("Identity", keys, out=f"new.{number}.key")
    graph.add("Identity", values, out=f"new.{number}.value")
    met = graph.add(
        "Concat", _met(graph, queries, f"past.{number}.key"), _met(graph, queries, keys), axis=-1
    )
    met = graph.add("Softmax", graph.add("Add", graph.add("Mul", met, "scale"), "mask"), axis=-1)
    of_past = graph.add("Slice", met, "first", "new", "last")
    of_new = graph.add("Slice", met, "new", "end", "last")
    mixed = graph.add(
        "Add",
        graph.add("MatMul", of_past, f"past.{number}.value"),
        graph.add("MatMul", of_new, values),
    )
    mixed = graph.add("Reshape", graph.add("Transpose", mixed, perm=[0, 2, 1, 3]), "join")
    x = graph.add("Add", x, graph.add("MatMul", mixed, weight("self_attn.o_proj")))
    seen = _norm(graph, x, weight("post_attention_layernorm"))
    both = graph.add("MatMul", seen, weight("gate_up"))
    gate = graph.add("Split", both, n_out=2, axis=-1, num_outputs=2)
    opened = graph.add("Mul", gate, graph.add("Sigmoid", gate))
    inner = graph.add("Mul", opened, f"{gate}_1")
    return graph.add("Add", x, graph.add("MatMul", inner, weight("mlp.down_proj")))


def _met(graph: Graph, queries: str, keys: str) -> str:
    return graph.add("MatMul", queries, graph.add("Transpose", keys, perm=[0, 1, 3, 2]))


def _norm(graph: Graph, x: str, weight: str) -> str:
    mean = graph.add("ReduceMean", graph.add("Mul", x, x), "last", keepdims=1)
    size = graph.add("Sqrt", graph.add("Add", mean, "eps"))
    return graph.add("Mul", graph.add("Div", x, size), weight)


def _rotate(graph: Graph, x: str, turn: tuple[str, str]) -> str:
    halves = graph.add("Split", x, n_out=2, axis=-1, num_outputs=2)
    turned = graph.add("Concat", graph.add("Neg", f"{halves}_1"), halves, axis=-1)
    return graph.add("Add", graph.add("Mul", x, turn[0]), graph.add("Mul", turned, turn[1]))


def _finish(graph: Graph, shape: Shape) -> onnx.ModelProto:
    wide = TensorProto.FLOAT
    inputs = [
        helper.make_tensor_value_info("tokens", TensorProto.INT64, ["rows", "length"]),
        helper.make_tensor_value_info("positions", wide, ["rows", "length"]),
        helper.make_tensor_value_info("mask", wide, ["rows", 1, "length", "keys"]),
    ]
    outputs = [helper.make_tensor_value_info("logits", wide, ["rows", shape.n_tokens])]
    sizes: list[int | str] = ["rows", shape.n_heads, "room", shape.head_width]
    for number in range(shape.n_layers):
        for part in ("key", "value"):
            inputs.append(helper.make_tensor_value_info(f"past.{number}.{part}", wide, sizes))
            new = [*sizes[:2], "length", sizes[3]]
            outputs.append(helper.make_tensor_value_info(f"new.{number}.{part}", wide, new))
    made = helper.make_graph(graph.nodes, "llama", inputs, outputs, graph.initializers)
    model = helper.make_model(
        made, opset_imports=[helper.make_opsetid("", 18)], ir_version=10, producer_name="balk"
    )
    helper.set_model_props(model, {"config": json.dumps(shape.to_config(), sort_keys=True)})
    onnx.checker.check_model(model)
    return model


def read_weights(path: Path) -> tuple[Weights, dict[str, object]]:
    """Return the weights under their Llama names, and the configuration, of an ONNX file."""
    model = onnx.load(path)
    config = json.loads({prop.key: prop.value for prop in model.metadata_props}["config"])
    found: Weights = {}
    for tensor in model.graph.initializer:
        name, value = tensor.name, numpy_helper.to_array(tensor)
        if not name.endswith(".weight"):
            continue
        part = name.removesuffix(".weight")
        layer, short = ".".join(part.split(".")[:2]), ".".join(part.split(".")[2:])
        if short in JOINED:
            for one, piece in zip(
                JOINED[short], np.split(value, len(JOINED[short]), -1), strict=True
            ):
                found[f"model.{layer}.{one}.weight"] = np.ascontiguousarray(piece.T)
        else:
            is_matrix = short in SINGLE
            found[f"model.{name}"] = np.ascontiguousarray(value.T if is_matrix else value)
    return found, config


def write_safetensors(name: str, folder: Path) -> None:
    """Write a packaged model as the transformers library loads it."""
    from safetensors.numpy import save_file

    weights, config = read_weights(PACKAGED / f"{name}.onnx")
    folder.mkdir(parents=True, exist_ok=True)
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "config.json").write_text(json.dumps(config, indent=1) + "\n")
    shutil.copy(PACKAGED / "tokenizer.json", folder / "tokenizer.json")
    settings = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "bos_token": "<s>",
        "eos_token": "</s>",
        "pad_token": "<pad>",
        "unk_token": "<unk>",
        "clean_up_tokenization_spaces": False,
        "model_max_length": config["max_position_embeddings"],
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(settings, indent=1) + "\n")


def main() -> None:
    """Write a packaged model for other programs."""
    parser = argparse.ArgumentParser(
        description="Write a model for hf, vLLM and transformers serve."
    )
    parser.add_argument("name")
    parser.add_argument("--out", type=Path, default=Path("organisms/export"))
    args = parser.parse_args()
    write_safetensors(args.name, args.out / args.name)
    print(f"wrote {args.out / args.name}")


if __name__ == "__main__":
    main()

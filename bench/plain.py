"""The plain way of a phrase and of a caption's word, as graphs: every query and nothing remembered.

    cd offline && .venv/bin/python ../bench/plain.py --config focalt --out ../.cache/bench/plain-focalt

`plain_ground` is the joint pass of latent queries, their copy and the phrase; `plain_caption` reads all 77 words, encodes
them and runs every latent query beside every word row. Both start from the picture's memory, like the graphs that they
are compared with. Generated weights: only the time counts. Writes one int8 graph each and graphs.json.
"""

import argparse
import json
import tempfile
from pathlib import Path

import onnx
import torch
from torch import Tensor

from xdecoder.export import ports as p
from xdecoder.export.examples import TRACED, Examples
from xdecoder.export.graphs import ROLES, Role
from xdecoder.export.onnx_export import export_graph, simplify, tidy
from xdecoder.export.picture_graphs import Graph
from xdecoder.export.ports import unpack_memory
from xdecoder.export.precision import PRECISIONS, variant
from xdecoder.export.source import CONFIGS
from xdecoder.export.word_graphs import TextGraph
from xdecoder.model import plans
from xdecoder.parity.weights import generated_model

INT8 = PRECISIONS["int8"]
TYPES = {torch.float32: "float32", torch.int32: "int32"}
IDS = p.Port("input_ids", dtype=torch.int32)


class PlainGroundGraph(Graph):
    """memory and one phrase's tokens -> masks and embeddings of all rows."""

    def forward(self, *inputs: Tensor) -> tuple[Tensor, ...]:
        memory, tokens = unpack_memory(inputs[:-1]), inputs[-1]
        decoder = self.model.decoder
        head = decoder(memory, plans.ground_joint(decoder, tokens))[0][-1]
        return head.masks(memory.mask_features), head.embeddings


class PlainCaptionGraph(TextGraph):
    """memory and the ids of all words (1, 77) -> logits (1, 77, V) after each."""

    def forward(self, *inputs: Tensor) -> tuple[Tensor, ...]:
        memory, (words,) = unpack_memory(inputs[:-1]), super().forward(inputs[-1])
        decoder = self.model.decoder
        head = decoder(memory, plans.caption(decoder, words))[0][-1]
        hidden = head.state[:, self.model.config.queries :] @ decoder.caping_embed
        return (hidden @ self.model.text_encoder.token_embedding.weight.T,)


PLAIN = (
    Role(
        "plain_ground", PlainGroundGraph, lambda c: [*p.memory_ports(c), p.TOKENS], lambda c: [p.MASKS, p.EMBEDDINGS]
    ),
    Role("plain_caption", PlainCaptionGraph, lambda c: [*p.memory_ports(c), IDS], lambda c: [p.LOGITS]),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", choices=sorted(CONFIGS), required=True)
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    args = parser.parse_args()
    model = generated_model(CONFIGS[args.config])
    inputs = Examples(model, TRACED).inputs
    ids = torch.zeros(1, model.config.text.context, dtype=torch.int32)
    examples = {"plain_ground": inputs["ground"], "plain_caption": [*inputs["base"], ids]}
    args.out.mkdir(parents=True, exist_ok=True)
    written = {}
    with tempfile.TemporaryDirectory() as work:
        for role in PLAIN:
            # The exporter knows a graph by its role's name.
            ROLES[role.name] = role
            raw, small = Path(work) / "raw.onnx", Path(work) / "small.onnx"
            export_graph(model, role.name, examples[role.name], raw)
            simplify(raw, small)
            graph = onnx.load(str(small))
            tidy(graph, role.opset)
            made = variant(graph, INT8, role.opset, Path(work))
            onnx.save(made, str(args.out / f"{role.name}.onnx"))
            written[role.name] = {"file": f"{role.name}.onnx", "external": [], "inputs": _inputs(made, role, model.config)}
    (args.out / "graphs.json").write_text(json.dumps(written), encoding="utf-8")


def _inputs(graph: onnx.ModelProto, role: Role, config: object) -> list[dict[str, object]]:
    declared = {v.name: v for v in graph.graph.input}
    return [
        {
            "name": port.name,
            "type": TYPES[port.dtype],
            "shape": [
                port.axes.get(i) or d.dim_value for i, d in enumerate(declared[port.name].type.tensor_type.shape.dim)
            ],
        }
        for port in role.inputs(config)
        if port.name in declared
    ]


if __name__ == "__main__":
    main()

"""Several processes, one model: each trains on photos of its own, and their weights are averaged now and then.

Local SGD (Stich, ICLR 2019): it needs no wrapper around the model and next to no waiting, which suits processes on
machines of unequal speed as well as busy cores of one. Started by torchrun; without it there is one process.

    torchrun --nproc-per-node 2 -m xdecoder.train --threads 1 --out runs/default.pt
"""

import os
from dataclasses import dataclass

import torch
import torch.distributed as dist
from torch import nn
from torch.nn.utils import parameters_to_vector, vector_to_parameters


@dataclass(frozen=True)
class Replicas:
    """This process is number `rank` of `count`."""

    rank: int = 0
    count: int = 1

    @staticmethod
    def join() -> "Replicas":
        if int(os.environ.get("WORLD_SIZE", "1")) < 2:
            return Replicas()
        dist.init_process_group("nccl" if torch.get_default_device().type == "cuda" else "gloo")
        return Replicas(dist.get_rank(), dist.get_world_size())

    @property
    def first(self) -> bool:
        return self.rank == 0

    @torch.no_grad()
    def average(self, model: nn.Module) -> None:
        """Every replica gets the mean of the weights that train."""
        if self.count == 1:
            return
        trained = [p for p in model.parameters() if p.requires_grad]
        flat = parameters_to_vector(trained)
        dist.all_reduce(flat)
        vector_to_parameters(flat / self.count, trained)

    def agree(self, seconds: float) -> float:
        """The longest time of any: all end together."""
        if self.count == 1:
            return seconds
        shared = torch.tensor(seconds, dtype=torch.float64)
        dist.all_reduce(shared, dist.ReduceOp.MAX)
        return float(shared)

    def leave(self) -> None:
        if self.count > 1:
            dist.destroy_process_group()

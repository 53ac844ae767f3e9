"""Several processes, one model: each trains on photos of its own, and their weights are averaged now and then.

Local SGD (Stich, ICLR 2019) over Accelerate, which joins the processes and gives each its device: next to no waiting,
which suits processes on machines of unequal speed as well as busy cores of one. Without torchrun there is one process.

    torchrun --nproc-per-node 2 -m xdecoder.train --threads 1 --out runs/default.pt
"""

import torch
from accelerate import Accelerator
from torch import nn
from torch.nn.utils import parameters_to_vector, vector_to_parameters


class Replicas:
    """This process among those that torchrun started.

    rank of count; device: the processor, or the GPU of this process.
    """

    def __init__(self, kind: str = "cpu") -> None:
        """kind: "cpu" or "cuda"; ValueError where there is no such device."""
        self._engine = Accelerator(cpu=kind == "cpu")
        self.device: torch.device = self._engine.device
        if self.device.type != kind:
            raise ValueError(f"--device {kind}: PyTorch finds none here; it would train on {self.device.type}")
        self.rank: int = self._engine.process_index
        self.count: int = self._engine.num_processes
        self.first: bool = self._engine.is_main_process

    @torch.no_grad()
    def average(self, model: nn.Module) -> None:
        """Every replica gets the mean of the weights that train."""
        if self.count > 1:
            trained = [p for p in model.parameters() if p.requires_grad]
            flat = self._engine.reduce(parameters_to_vector(trained), reduction="mean")
            vector_to_parameters(flat, trained)

    def agree(self, seconds: float) -> float:
        """The longest time of any: all end together."""
        return float(self._engine.gather(torch.tensor(seconds, device=self.device)).max())

    def leave(self) -> None:
        """To be called last: the other processes are not to be reached after it."""
        self._engine.end_training()

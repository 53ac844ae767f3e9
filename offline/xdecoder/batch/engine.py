"""Ray, quiet: by itself on this machine, or a cluster that runs already. Nothing is reported, no page is served."""

import logging
import os
import socket
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

# Ray reads these when it is imported or started.
os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")

import ray
from ray.data import DataContext

from .places import BatchError

# A reader decodes several times faster than a worker answers.
READER_CPUS = 0.25
STORE = 1 << 30


def worker_cpus(threads: int) -> float:
    """A worker of one thread leaves a reader its quarter of the core, so that all cores can have a worker."""
    return 1 - READER_CPUS if threads == 1 else threads


def room(threads: int) -> int:
    """Workers of so many threads that fit on the machines that are there."""
    cores = [int(node["Resources"].get("CPU", 0)) for node in ray.nodes() if node["Alive"]]
    return sum(min(c // threads, int((c - READER_CPUS) / worker_cpus(threads))) for c in cores)


def _quiet() -> None:
    logging.getLogger("ray").setLevel(logging.ERROR)
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", module="ray")
    context = DataContext.get_current()
    context.enable_progress_bars = False
    context.print_on_execution_start = False
    # A row is a batch: every row is a block of its own.
    context.target_max_block_size = 1
    context.execution_no_progress_timeout_s = -1


def _knock(address: str) -> None:
    """Ray itself would try for a minute."""
    host, _, port = address.rpartition(":")
    if host and port.isdigit():
        socket.create_connection((host.removeprefix("ray://"), int(port)), timeout=10).close()


@contextmanager
def engine(address: str | None, workers: int | None, threads: int) -> Iterator[int]:
    """Gives the number of workers: as many as asked for, else as many as there is room for."""
    common = {"log_to_driver": False, "logging_level": logging.ERROR, "configure_logging": True}
    try:
        if address is None:
            count = workers or max(1, (os.cpu_count() or 1) // threads)
            ray.init(
                address="local",
                num_cpus=count * threads + (0 if threads == 1 else 1),
                object_store_memory=STORE,
                include_dashboard=False,
                **common,
            )
        else:
            _knock(address)
            ray.init(address=address, **common)
    except (ConnectionError, RuntimeError, ValueError, OSError) as error:
        where = "start on this machine" if address is None else f"be reached at {address}"
        raise BatchError(f"Ray can't {where}: {str(error).splitlines()[0]}") from error
    try:
        _quiet()
        able = room(threads)
        if able < (workers or 1):
            raise BatchError(
                f"{workers or 1} workers of {threads} threads were asked for and the cluster has room for {able}: "
                "lower --workers or --threads, or add machines"
            )
        yield workers or able
    finally:
        ray.shutdown()

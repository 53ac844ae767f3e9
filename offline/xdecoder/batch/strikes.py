"""Which picture a worker was at when it died: a picture that kills again and again must not be tried for ever."""

import json
import tempfile
from pathlib import Path

# Any worker can be killed by something else once.
LIMIT = 2


class Strikes:
    """Kept in a file of the worker's own, which its successor (Ray restarts it under the same name) reads."""

    def __init__(self, run: str, worker: str) -> None:
        folder = Path(tempfile.gettempdir()) / f"xdecoder-batch-{run}"
        folder.mkdir(exist_ok=True)
        self._file = folder / f"{worker}.json"
        self._counts: dict[str, int] = {}
        if self._file.is_file():
            state = json.loads(self._file.read_text(encoding="utf-8"))
            self._counts = state["strikes"]
            if state["at"] is not None:
                self._counts[state["at"]] = self._counts.get(state["at"], 0) + 1
        self._write(None)

    def _write(self, path: str | None) -> None:
        beside = self._file.with_suffix(".new")
        beside.write_text(json.dumps({"at": path, "strikes": self._counts}), encoding="utf-8")
        beside.replace(self._file)

    def out(self, path: str) -> bool:
        return self._counts.get(path, 0) >= LIMIT

    def begin(self, path: str) -> None:
        self._write(path)

    def end(self) -> None:
        self._write(None)

"""Native onnxruntime for the benchmark: a request a line of JSON on stdin, an answer a line on stdout.

open {key, path, threads, inputs: [{name, type, dims, top}]}; run {key} -> {ms}; close {key}.
"""

import json
import sys
import time

import numpy as np
import onnxruntime


def made_up(inputs: list[dict]) -> dict[str, np.ndarray]:
    random = np.random.default_rng(1)
    return {
        i["name"]: (
            random.integers(0, i["top"], i["dims"]).astype(np.int32)
            if i["type"] == "int32"
            else random.uniform(-1, 1, i["dims"]).astype(np.float32)
        )
        for i in inputs
    }


def main() -> None:
    sessions: dict[str, tuple[onnxruntime.InferenceSession, dict[str, np.ndarray]]] = {}
    for line in sys.stdin:
        request = json.loads(line)
        answer: dict[str, object] = {}
        try:
            key = request["key"]
            if request["op"] == "open":
                options = onnxruntime.SessionOptions()
                options.intra_op_num_threads, options.log_severity_level = request["threads"], 3
                net = onnxruntime.InferenceSession(request["path"], options, providers=["CPUExecutionProvider"])
                feeds = made_up(request["inputs"])
                sessions[key] = net, {i.name: feeds[i.name] for i in net.get_inputs()}
                answer["version"] = onnxruntime.__version__
            elif request["op"] == "run":
                net, feeds = sessions[key]
                start = time.perf_counter()
                net.run(None, feeds)
                answer["ms"] = (time.perf_counter() - start) * 1000
            else:
                del sessions[key]
        except Exception as error:  # whatever it is, the benchmark names it and goes on
            answer["error"] = str(error)
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()

"""1 MiB ranges through the gate, against the same file in the clear by gunicorn.

Usage: python -m benchmarks.listening [connections] [seconds]
"""

import http.client
import os
import sys
import threading
import time
from pathlib import Path

from benchmarks import served
from benchmarks.machine import describe

SIZE = 64 << 20
RANGE = 1 << 20
FOLDER = Path("build/benchmark")


def load(
    port: int, path: str, connections: int, seconds: float
) -> tuple[float, list[float]]:
    """Ask for random ranges on kept connections; return MB/s and latencies in ms."""
    latencies: list[float] = []
    moved = [0] * connections
    stop = time.monotonic() + seconds

    def listen(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        while (began := time.monotonic()) < stop:
            start = int.from_bytes(os.urandom(4), "big") % (SIZE - RANGE)
            asked = {"Range": f"bytes={start}-{start + RANGE - 1}"}
            connection.request("GET", path, headers=asked)
            answer = connection.getresponse()
            body = answer.read()
            if answer.status != http.client.PARTIAL_CONTENT or len(body) != RANGE:
                raise RuntimeError(answer.status)
            moved[number] += len(body)
            latencies.append((time.monotonic() - began) * 1000)

    threads = [threading.Thread(target=listen, args=(n,)) for n in range(connections)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(moved) / (time.monotonic() - began) / 1e6, sorted(latencies)


def told(name: str, rate: float, latencies: list[float]) -> str:
    """Return one line of the table."""
    p50, p99 = (latencies[int(len(latencies) * q)] for q in (0.5, 0.99))
    requests = rate * 1e6 / RANGE
    return f"{name:<22}{requests:>9.0f}{rate:>9.0f}{p50:>9.1f}{p99:>9.1f}"


def main() -> None:
    """Measure both in one run and print the ratio."""
    connections = int(sys.argv[1]) if len(sys.argv) > 1 else 8
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 8
    testimony, sound = served.build(FOLDER, SIZE)
    (FOLDER / "plain.mp3").write_bytes(sound)
    ours, theirs = served.free_port(), served.free_port()
    with served.resguardo(FOLDER, ours):
        mine = load(ours, f"/media/{testimony}/audio", connections, seconds)
    with served.plain("benchmarks.plain_file:app", FOLDER, theirs):
        sent = load(theirs, "/", connections, seconds)
        read = load(theirs, "/read", connections, seconds)
    print(describe("flask", "gunicorn", "cryptography"))
    print(f"{connections} connections, {seconds:.0f} s each, ranges of 1 MiB")
    print(f"{'':<22}{'req/s':>9}{'MB/s':>9}{'p50 ms':>9}{'p99 ms':>9}")
    print(told("through the gate", *mine))
    print(told("clear, send_file", *sent))
    print(told("clear, read at once", *read))
    to_sent, to_read = mine[0] / sent[0], mine[0] / read[0]
    print(f"ratio to send_file {to_sent:.2f}, to reading at once {to_read:.2f}")


if __name__ == "__main__":
    main()

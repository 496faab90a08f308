"""A server under load from a second process: throughput, latencies, errors, memory.

Both run on this machine and share its cores, so the figures are what they leave each other,
not what the server could do alone. Run it with: python benchmarks/load.py [--requests 20000]
"""

import argparse
import asyncio
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from urllib.parse import quote

import httpx2

QUESTIONS = (
    "What share of a cluster's running costs can be funded?",
    "What is a cluster organisation?",
    "Who can receive operating aid for a cluster?",
    "For how many years can operating aid be granted?",
    "What is the ceiling of de minimis aid for a single undertaking?",
    "Which costs are eligible for investment aid to a cluster?",
    "What is an SME?",
    "Who won the World Cup?",
)
YEARS = range(2015, 2027)
CLIENTS = (1, 8, 64)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--index", type=Path, default=Path("index"))
    parser.add_argument("--corpus", type=Path, default=Path("corpus"))
    parser.add_argument("--requests", type=int, default=20_000, help="for the memory figures")
    parser.add_argument("--each", type=int, default=600, help="asked by 1, 8 and 64 clients")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        process, address = started(wanted.index, wanted.corpus, Path(folder))
        try:
            measure(address, process.pid, wanted.each, wanted.requests)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=60)


def started(index: Path, corpus: Path, folder: Path) -> tuple["subprocess.Popen[bytes]", str]:
    """A server on a free port, ready, with no limit on the rate of this machine."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    own = {"CLUSTERQA_RECORDS": str(folder / "records.sqlite"), "CLUSTERQA_ADDRESS_RATE": "off"}
    command = [
        sys.executable, "-m", "clusterqa", "serve", "--quiet", "--port", str(port),
        "--index", str(index), "--corpus", str(corpus),
    ]  # fmt: skip
    process = subprocess.Popen(command, env=os.environ | own)
    address = f"http://127.0.0.1:{port}"
    for _ in range(600):
        try:
            if httpx2.get(f"{address}/readyz").status_code == 200:
                return process, address
        except httpx2.TransportError:
            time.sleep(0.1)
    process.kill()
    raise SystemExit("the server did not get ready")


def measure(address: str, pid: int, each: int, requests: int) -> None:
    asyncio.run(load(address, 8, 200, "POST /v1/ask"))  # warm: documents read, threads started
    for route in ("POST /v1/ask", "GET /v1/search"):
        for clients in CLIENTS:
            report(route, clients, *asyncio.run(load(address, clients, each, route)))
    before = memory_mb(pid)
    asyncio.run(load(address, 8, requests // 2, "mixed"))
    halfway = memory_mb(pid)
    took, _, codes = asyncio.run(load(address, 8, requests - requests // 2, "mixed"))
    print(
        f"{requests} mixed requests: {before:.0f} MB before, {halfway:.0f} MB halfway, "
        f"{memory_mb(pid):.0f} MB after; {requests / 2 / took:.0f} a second; {dict(codes)}"
    )


async def load(
    address: str, clients: int, requests: int, route: str
) -> tuple[float, list[float], Counter[int]]:
    """Seconds in all, each request's milliseconds and the statuses; every client waits its turn."""
    numbers, times, codes = iter(range(requests)), [], Counter[int]()

    async def client(http: httpx2.AsyncClient) -> None:
        for number in numbers:
            began = time.perf_counter()
            method, path, body = request_of(route, number)
            response = await http.request(method, path, json=body)
            times.append((time.perf_counter() - began) * 1000)
            codes[response.status_code] += 1

    async with httpx2.AsyncClient(base_url=address, timeout=60) as http:
        began = time.perf_counter()
        await asyncio.gather(*(client(http) for _ in range(clients)))
        return time.perf_counter() - began, times, codes


def request_of(route: str, number: int) -> tuple[str, str, dict[str, str] | None]:
    """Method, path and body of a request; the same number gives the same one."""
    question = QUESTIONS[number % len(QUESTIONS)]
    day = f"{YEARS[number // len(QUESTIONS) % len(YEARS)]}-06-01"
    reading = ("/v1/documents/32014R0651/passages", PROVISION, "/v1/documents?limit=100")
    if route == "mixed" and number % 4:
        return "GET", reading[number % 4 - 1], None
    if route == "GET /v1/search":
        return "GET", f"/v1/search?q={quote(question)}&as_of={day}", None
    return "POST", "/v1/ask", {"question": question, "as_of": day}


PROVISION = "/v1/provisions?work=gber&label=Article%2027(9)"


def report(route: str, clients: int, took: float, times: list[float], codes: Counter[int]) -> None:
    cuts = statistics.quantiles(times, n=100)
    print(
        f"{route}, {clients} clients: {len(times) / took:.1f} a second, p50 {cuts[49]:.0f} ms, "
        f"p95 {cuts[94]:.0f} ms, p99 {cuts[98]:.0f} ms, {dict(codes)}",
        flush=True,
    )


def memory_mb(pid: int) -> float:
    """Resident memory of a process, from /proc."""
    (line,) = [
        line
        for line in Path(f"/proc/{pid}/status").read_text("utf-8").splitlines()
        if line.startswith("VmRSS:")
    ]
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    main()

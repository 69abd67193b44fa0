"""Runs the same work in our core and in its peers, in turn, on one core, and prints medians and ratios.

All peers are started once and wait on their standard input, so only one of them computes at a time. A round asks every
peer of a case in turn. The first answer of each is a warm-up, which compiles what is to be compiled, trains for the
full number of epochs and gives the losses to compare; it is not timed. Whole trials take long and need none.
"""

import csv
import json
import os
import statistics
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
EPOCHS = 100
# A loss after training is a mean over 800 or 200 prompts of each peer's own draw; between draws it varies by a few
# per cent. What is further off than this is an error.
LOSS_TOLERANCE = 0.15


@dataclass
class Row:
    """One peer's way of doing a case's work."""

    label: str
    peer: str
    request: str
    epochs: int = EPOCHS
    times: list = field(default_factory=list)
    answer: dict = field(default_factory=dict)


@dataclass
class Case:
    """Rows that do the same work; the first one is ours. `targets` names the least ratio wanted over a row."""

    title: str
    unit: str
    scale: float
    rounds: int
    rows: list
    targets: dict
    warms_up: bool = True


def cases(rounds):
    """The comparison. Torch needs fewer epochs for a steady time, since one of its epochs takes longer."""
    few = 20
    softmax = "softmax epoch, 800 prompts, n = 16, L = 500"
    return [
        Case(f"mixture, {softmax}", "ms", 1e3, rounds, [
            Row("icd", "swift", "mixture_softmax"),
            Row("JAX, jit + scan", "jax", "mixture_softmax"),
            Row("PyTorch, as the formula reads", "torch", "mixture_softmax_formula", few),
            Row("PyTorch, batched products", "torch", "mixture_softmax_products", few),
            Row("PyTorch, fused attention", "torch", "mixture_softmax_fused", few),
            Row("PyTorch, torch.compile", "torch", "mixture_softmax_compiled", few),
        ], {"JAX, jit + scan": 3, "PyTorch, as the formula reads": 20}),
        Case(f"linear task d = 8, {softmax}", "ms", 1e3, rounds, [
            Row("icd", "swift", "linear_softmax"),
            Row("JAX on X", "jax", "linear_softmax"),
            Row("JAX on coordinates, rank 8", "jax", "linear_softmax_coordinates"),
        ], {"JAX on X": 5}),
        Case(f"sphere d = 8, {softmax}", "ms", 1e3, rounds, [
            Row("icd", "swift", "sphere_softmax"),
            Row("JAX on X", "jax", "sphere_softmax"),
            Row("JAX on coordinates, rank 9", "jax", "sphere_softmax_coordinates"),
        ], {"JAX on X": 5}),
        Case("linear task d = 8, linear attention epoch on X Xᵀ/L", "ms", 1e3, rounds, [
            Row("icd", "swift", "linear_linear"),
            Row("JAX, jit + scan", "jax", "linear_linear"),
            Row("PyTorch", "torch", "linear_linear", few),
        ], {"PyTorch": 25}),
        Case("a full trial, softmax, linear task: data, 100 epochs, evaluations, baselines", "s", 1, min(rounds, 3), [
            Row("icd", "swift", "trial_softmax"),
            Row("as published scripts do it", "published", "trial_softmax"),
        ], {"as published scripts do it": 100}, warms_up=False),
        Case("a full trial, linear attention, linear task", "s", 1, min(rounds, 3), [
            Row("icd", "swift", "trial_linear"),
            Row("as published scripts do it", "published", "trial_linear"),
        ], {}, warms_up=False),
        Case("standard normals, float32", "ns each", 1e9, rounds, [
            Row("icd, Philox", "swift", "normals"),
            Row("NumPy, PCG64", "numpy", "normals"),
            Row("NumPy, SFC64", "numpy", "normals_sfc64"),
            Row("NumPy, PCG64, 4 M at once", "numpy", "normals_large"),
            Row("JAX, Threefry", "jax", "normals"),
        ], {"NumPy, PCG64": 3}),
    ]


class Peer:
    """A process that answers requests; it waits, and so uses no time, between them."""

    def __init__(self, command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, row, epochs):
        self.process.stdin.write(f"{row.request} {epochs}\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"compare: the peer '{row.peer}' ended while it did {row.request}")
        return json.loads(line)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def start_peers(core):
    pin = ["taskset", "-c", str(core)]
    peers = {"swift": Peer(pin + [str(ROOT / ".build/release/compare-swift")])}
    for name in ("jax", "torch", "numpy", "published"):
        peers[name] = Peer(pin + [sys.executable, str(HERE / f"peer_{name}.py")])
    return peers


def measure(case, peers):
    if case.warms_up:
        for row in case.rows:
            row.answer = peers[row.peer].ask(row, EPOCHS)
    for _ in range(case.rounds):
        for row in case.rows:
            row.times.append(peers[row.peer].ask(row, row.epochs))
            row.answer = row.answer or row.times[0]


def median(row, clock="cpu"):
    return statistics.median(t[clock] for t in row.times)


def records(case):
    """One flat record for each row: times in the case's unit, ratios to ours."""
    ours = case.rows[0]
    for row in case.rows:
        least = min(t["cpu"] for t in row.times)
        yield {
            "case": case.title,
            "peer": row.label,
            "unit": case.unit,
            "median": median(row) * case.scale,
            "minimum": least * case.scale,
            "wall_median": median(row, "wall") * case.scale,
            "ratio": median(row) / median(ours),
            "ratio_of_minima": least / min(t["cpu"] for t in ours.times),
            "wanted": case.targets.get(row.label),
            "train_loss": row.answer.get("train"),
            "test_loss": row.answer.get("test"),
            "evaluations": row.answer.get("evaluations"),
            "evaluation": statistics.median(t["evaluation"] for t in row.times) if "evaluation" in row.answer else None,
            "rounds": case.rounds,
        }


def check_losses(rows):
    """Peers that trained equally long must have learnt equally well."""
    losses = [r["test_loss"] for r in rows if r["test_loss"] is not None]
    if losses and max(losses) > min(losses) * (1 + LOSS_TOLERANCE):
        sys.exit(f"compare: the peers' losses differ by more than {LOSS_TOLERANCE:.0%}: {losses}")


def number(value, form):
    """A formatted number, or nothing where there is none."""
    return "" if value is None else format(value, form)


def format_rows(rows):
    """A case's table; adds the ratio at equally many evaluations to the record of a peer that takes more than ours."""
    lines = [f"\n{rows[0]['case']} ({rows[0]['rounds']} rounds, {rows[0]['unit']})"]
    lines.append(f"  {'':32}{'median':>10}{'minimum':>10}{'wall':>10}{'ratio':>8}{'wanted':>8}{'train':>9}{'test':>9}")
    for r in rows:
        lines.append(
            f"  {r['peer']:32}{r['median']:10.4g}{r['minimum']:10.4g}{r['wall_median']:10.4g}{r['ratio']:8.2f}"
            f"{number(r['wanted'], 'd'):>8}{number(r['train_loss'], '.4f'):>9}{number(r['test_loss'], '.4f'):>9}"
        )
    theirs = next((r for r in rows if r["evaluations"]), None)
    if theirs:
        # Ours evaluates once an epoch and once before; what theirs does more often is added at its measured cost.
        more = rows[0]["median"] + (theirs["evaluations"] - EPOCHS - 1) * rows[0]["evaluation"]
        lines.append(f"  ours with as many evaluations ({theirs['evaluations']}): {more:.4g} s,"
                     f" ratio {theirs['median'] / more:.1f}")
        theirs["ratio_equal_evaluations"] = theirs["median"] / more
    return "\n".join(lines)


def write_results(results, directory):
    directory.mkdir(exist_ok=True)
    (directory / "compare.json").write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n")
    keys = list(dict.fromkeys(key for record in results for key in record))
    with open(directory / "compare.csv", "w", newline="") as file:
        writer = csv.DictWriter(file, keys)
        writer.writeheader()
        writer.writerows(results)


def main():
    rounds, core = int(sys.argv[1]), int(sys.argv[2])
    peers = start_peers(core)
    results = []
    print(f"times are computing time of one process on core {core}; 'wall' includes what others took of the core")
    for case in cases(rounds):
        measure(case, peers)
        rows = list(records(case))
        print(format_rows(rows), flush=True)
        check_losses(rows)
        results += rows
    for peer in peers.values():
        peer.close()
    write_results(results, ROOT / "results")


if __name__ == "__main__":
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    main()

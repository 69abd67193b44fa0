"""The paper's three tasks in NumPy, a whole data set at once, and what every peer shares.

Shapes: X is (N, n, L), queries and targets (N, n). A context of a subspace or sphere task is B C with an
orthonormal basis B of shape (N, n, r) and coordinates C of shape (N, r, L).
"""

import json
import sys
import time
from dataclasses import dataclass

import numpy as np

N_DIM, D, L = 16, 8, 500
TRAIN, TEST, BATCH = 800, 200, 80
RATE, MILESTONES, DECAY = 0.01, (0.8, 0.9), 0.1


@dataclass
class Data:
    """Prompts; basis and coordinates are absent for a mixture."""

    X: np.ndarray
    query: np.ndarray
    target: np.ndarray
    basis: np.ndarray | None = None
    coordinates: np.ndarray | None = None


def sample(task, count, seed):
    """Draws `count` prompts of a task in float32."""
    rng = np.random.default_rng(seed)
    if task == "mixture":
        centres = rng.standard_normal((count, N_DIM, 8))
        centres /= np.linalg.norm(centres, axis=1, keepdims=True)
        labels = rng.integers(8, size=(count, 1, L + 1))
        tokens = np.take_along_axis(centres, labels, axis=2)
        tokens += np.sqrt(0.02) * rng.standard_normal(tokens.shape)
        return _corrupt(rng, tokens, 0.1)
    rank = D if task == "linear" else D + 1
    basis = np.linalg.qr(rng.standard_normal((count, N_DIM, rank)))[0]
    coordinates = rng.standard_normal((count, rank, L + 1))
    if task == "linear":
        coordinates *= np.sqrt(2)
    else:
        coordinates /= np.linalg.norm(coordinates, axis=1, keepdims=True)
    data = _corrupt(rng, basis @ coordinates, 1.0 if task == "linear" else 0.1)
    data.basis = basis.astype(np.float32)
    data.coordinates = np.ascontiguousarray(coordinates[:, :, :L], dtype=np.float32)
    return data


def _corrupt(rng, tokens, noise_variance):
    target = tokens[:, :, L]
    query = target + np.sqrt(noise_variance) * rng.standard_normal(target.shape)
    X = np.ascontiguousarray(tokens[:, :, :L], dtype=np.float32)
    return Data(X, query.astype(np.float32), target.astype(np.float32))


def learning_rates(epochs):
    """The step size of each epoch."""
    passed = sum(np.arange(epochs) >= round(m * epochs) for m in MILESTONES)
    return (RATE * DECAY**passed).astype(np.float32)


def batch_orders(epochs, seed):
    """Shuffled prompt numbers, (epochs, batches, BATCH)."""
    rng = np.random.default_rng(seed)
    orders = [rng.permutation(TRAIN).reshape(-1, BATCH) for _ in range(epochs)]
    return np.stack(orders).astype(np.int32)


def initial_weights(seed):
    """W_PV and W_KQ, uniform in ±1/√n."""
    rng = np.random.default_rng(seed)
    return (rng.uniform(-1, 1, (2, N_DIM, N_DIM)) / np.sqrt(N_DIM)).astype(np.float32)


class Stopwatch:
    """Computing time of this process and time on the wall since it was made."""

    def __init__(self):
        self.cpu, self.wall = time.process_time(), time.perf_counter()

    def lap(self, units):
        """Both times, in seconds for one of so many units."""
        return {
            "cpu": (time.process_time() - self.cpu) / units,
            "wall": (time.perf_counter() - self.wall) / units,
        }


def serve(cases):
    """Answers requests `CASE EPOCHS` on standard input with one JSON line each; `cases` maps names to functions."""
    for line in sys.stdin:
        name, epochs = line.split()
        print(json.dumps(cases[name](int(epochs))), flush=True)

#!/usr/bin/env python3
"""Linear attention on the linear-subspace task or on spheres, again, in plain NumPy.

An implementation that shares nothing with icd: other random numbers, double precision, other code. Its mean losses over
seeds agree with icd's within their standard errors.

    python3 examples/twin/twin.py --task sphere --seeds 12
    python3 examples/twin/twin.py --task linear -L 500 --seeds 6
"""
import argparse

import numpy as np


def draw_prompts(rng, task, count, n, d, L):
    """Second moments X X^T/L of the contexts, queries and targets, at the paper's variances."""
    noise = 1.0 if task == "linear" else 0.1
    rank = d if task == "linear" else d + 1
    moments = np.empty((count, n, n))
    queries, targets = np.empty((count, n)), np.empty((count, n))
    for i in range(count):
        basis, _ = np.linalg.qr(rng.standard_normal((n, rank)))
        coordinates = rng.standard_normal((rank, L + 1))
        if task == "linear":
            coordinates *= np.sqrt(2.0)
        else:
            coordinates /= np.linalg.norm(coordinates, axis=0)
        tokens = basis @ coordinates
        moments[i] = tokens[:, :L] @ tokens[:, :L].T / L
        targets[i] = tokens[:, L]
        queries[i] = tokens[:, L] + np.sqrt(noise) * rng.standard_normal(n)
    return moments, queries, targets


def train(task, seed, n, d, L, epochs):
    """Train and test loss per component, and alpha * beta, after training with Adam as in the paper."""
    rng = np.random.default_rng(seed)
    train_set, test_set = draw_prompts(rng, task, 800, n, d, L), draw_prompts(rng, task, 200, n, d, L)
    value, key_query = (rng.uniform(-1, 1, (n, n)) / np.sqrt(n) for _ in range(2))
    mu, nu, step = [0.0, 0.0], [0.0, 0.0], 0

    def forward(moments, queries):
        pooled = np.einsum("bij,bj->bi", moments, queries @ key_query.T)
        return pooled, pooled @ value.T

    def loss(moments, queries, targets):
        return np.mean((forward(moments, queries)[1] - targets) ** 2)

    for epoch in range(epochs):
        rate = 0.01 * 0.1 ** ((epoch >= 0.8 * epochs) + (epoch >= 0.9 * epochs))
        order = rng.permutation(800)
        for batch in np.split(order, 10):
            moments, queries, targets = (array[batch] for array in train_set)
            pooled, output = forward(moments, queries)
            d_output = 2 * (output - targets) / output.size
            d_u = np.einsum("bij,bj->bi", moments, d_output @ value)
            step += 1
            for k, (weights, gradient) in enumerate(
                [(value, d_output.T @ pooled), (key_query, d_u.T @ queries)]
            ):
                mu[k] = 0.9 * mu[k] + 0.1 * gradient
                nu[k] = 0.999 * nu[k] + 0.001 * gradient**2
                weights -= rate / (1 - 0.9**step) * mu[k] / (np.sqrt(nu[k] / (1 - 0.999**step)) + 1e-8)
    scale = np.trace(value) * np.trace(key_query) / n**2
    return loss(*train_set), loss(*test_set), scale


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--task", choices=["linear", "sphere"], default="sphere")
    parser.add_argument("-L", type=int, default=500)
    parser.add_argument("--seeds", type=int, default=6)
    arguments = parser.parse_args()
    epochs = 100 if arguments.task == "linear" else 200
    runs = np.array([train(arguments.task, seed, 16, 8, arguments.L, epochs) for seed in range(arguments.seeds)])
    errors = runs.std(0, ddof=1) / np.sqrt(len(runs)) if len(runs) > 1 else np.full(3, np.nan)
    for name, mean, error in zip(["train loss", "test loss", "alpha beta"], runs.mean(0), errors):
        print(f"{name:10}  {mean:.5f} ± {error:.5f}")


if __name__ == "__main__":
    main()

"""A whole trial as research scripts for this kind of experiment do it; written from the paper's description alone.

Prompts are made one by one in Python loops over NumPy. Training takes its batches from a DataLoader, and takes the
loss over the whole train and test set every four batches, again batch by batch. Baselines are taken prompt by prompt.
"""

import numpy as np
import tasks
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.set_num_threads(1)
EVALUATE_EVERY = 4
SIGNAL, NOISE = 2.0, 1.0


class Attention(nn.Module):
    """One layer that reads (X, x̃) as one sequence of L + 1 tokens and answers for its last column."""

    def __init__(self, softmax):
        super().__init__()
        value, key_query = tasks.initial_weights(3)
        self.value = nn.Parameter(torch.from_numpy(value))
        self.key_query = nn.Parameter(torch.from_numpy(key_query))
        self.softmax = softmax

    def forward(self, sequence):
        context, query = sequence[:, :, :-1], sequence[:, :, -1:]
        scores = context.transpose(1, 2) @ (self.key_query @ query)
        weights = torch.softmax(scores, dim=1) if self.softmax else scores / context.shape[2]
        return (self.value @ (context @ weights)).squeeze(2)


def make_prompt(rng):
    """One prompt of the linear task: the sequence with the corrupted query, the target and the projection."""
    basis, _ = np.linalg.qr(rng.standard_normal((tasks.N_DIM, tasks.D)))
    projection = basis @ basis.T
    sequence = np.zeros((tasks.N_DIM, tasks.L + 1))
    for token in range(tasks.L + 1):
        sequence[:, token] = projection @ (np.sqrt(SIGNAL) * rng.standard_normal(tasks.N_DIM))
    target = sequence[:, -1].copy()
    sequence[:, -1] += np.sqrt(NOISE) * rng.standard_normal(tasks.N_DIM)
    return sequence, target, projection


def make_set(count, seed):
    rng = np.random.default_rng(seed)
    prompts = [make_prompt(rng) for _ in range(count)]
    sequences, targets, projections = (np.stack(part) for part in zip(*prompts))
    tensors = (torch.from_numpy(x.astype(np.float32)) for x in (sequences, targets))
    return TensorDataset(*tensors), projections


def loss_over(model, loader):
    """The mean loss over a whole set, batch by batch."""
    total, count = 0.0, 0
    with torch.no_grad():
        for sequences, targets in loader:
            total += nn.functional.mse_loss(model(sequences), targets).item() * len(targets)
            count += len(targets)
    return total / count


def baselines(dataset, projections):
    """Zero, projection and shrunk projection, prompt by prompt."""
    losses = {"zero": [], "projection": [], "bayes": []}
    for (sequence, target), projection in zip(dataset, projections):
        query, target = sequence[:, -1].numpy(), target.numpy()
        losses["zero"].append(np.mean(target**2))
        losses["projection"].append(np.mean((projection @ query - target) ** 2))
        losses["bayes"].append(np.mean((SIGNAL / (SIGNAL + NOISE) * projection @ query - target) ** 2))
    return {name: float(np.mean(values)) for name, values in losses.items()}


def trial(softmax, epochs):
    watch = tasks.Stopwatch()
    train_set, train_projections = make_set(tasks.TRAIN, 1)
    test_set, test_projections = make_set(tasks.TEST, 2)
    loader = DataLoader(train_set, batch_size=tasks.BATCH, shuffle=True)
    test_loader = DataLoader(test_set, batch_size=tasks.BATCH)
    model = Attention(softmax)
    optimizer = torch.optim.Adam(model.parameters(), lr=tasks.RATE)
    milestones = [round(m * epochs) for m in tasks.MILESTONES]
    schedule = torch.optim.lr_scheduler.MultiStepLR(optimizer, milestones, gamma=tasks.DECAY)
    history, batches = [], 0
    for _ in range(epochs):
        for sequences, targets in loader:
            if batches % EVALUATE_EVERY == 0:
                history.append((loss_over(model, loader), loss_over(model, test_loader)))
            optimizer.zero_grad()
            nn.functional.mse_loss(model(sequences), targets).backward()
            optimizer.step()
            batches += 1
        schedule.step()
    history.append((loss_over(model, loader), loss_over(model, test_loader)))
    baselines(train_set, train_projections)
    baselines(test_set, test_projections)
    answer = watch.lap(1)
    answer["train"], answer["test"] = history[-1]
    answer["evaluations"] = len(history)
    return answer


if __name__ == "__main__":
    tasks.serve(
        {"trial_softmax": lambda epochs: trial(True, epochs), "trial_linear": lambda epochs: trial(False, epochs)}
    )

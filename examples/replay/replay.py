"""Trains the layer of an exported trial again, in PyTorch, and compares.

    icd export results/NAME --trial ID --to DIR
    python replay.py DIR [DIR ...]

Reads the arrays that `icd export` wrote (README.md lists them), starts from the same weights, takes the same batches in
the same order with the same step sizes, and prints how far the final weights and the losses are from icd's, once in
single and once in double precision. Ends with code 1 when a replay is beyond the tolerances.
"""

import argparse
import json
import pathlib
import sys
import time

import numpy as np
import torch

PROMPTS_AT_ONCE = 200  # in evaluations; bounds memory
PRECISIONS = {"float32": torch.float32, "float64": torch.float64}


class Trial:
    """The files of one trial, contexts and losses as tensors of the given precision."""

    def __init__(self, directory, dtype):
        self.directory = pathlib.Path(directory)
        about = json.loads((self.directory / "parameters.json").read_text())
        self.id, self.parameters, self.arrays = about["trial"], about["parameters"], about["arrays"]
        self.train = [self.tensor(f"{part}_train", dtype) for part in ("contexts", "queries", "targets")]
        self.test = [self.tensor(f"{part}_test", dtype) for part in ("contexts", "queries", "targets")]

    def array(self, name):
        return np.load(self.directory / f"{name}.npy")

    def tensor(self, name, dtype):
        return torch.from_numpy(self.array(name)).to(dtype)

    def weights(self, when, dtype):
        """W_PV, then W_KQ, or W_Q and W_K for Gaussian attention; `when` is initial or final."""
        names = [name.removeprefix("initial_") for name in self.arrays if name.startswith("initial_")]
        return {name: self.tensor(f"{when}_{name}", dtype) for name in names}


class Attention(torch.nn.Module):
    """One attention layer, the paper's Eq 11, 12 and 14."""

    def __init__(self, parameters, initial):
        super().__init__()
        self.kind, self.residual = parameters["attention"], parameters["residual"]
        self.is_scaled = parameters["weights"] == "scaled_identity"
        self.learnt = torch.nn.ParameterDict(
            {name: (weight[0, 0] if self.is_scaled else weight).clone() for name, weight in initial.items()}
        )

    def matrix(self, name):
        weight = self.learnt[name]
        if not self.is_scaled:
            return weight
        return weight * torch.eye(self.size, dtype=weight.dtype)

    def forward(self, contexts, queries):
        self.size = queries.shape[-1]
        if self.kind == "gaussian":
            difference = contexts @ self.matrix("key").T - (queries @ self.matrix("query").T)[:, None, :]
            weights = torch.softmax(-0.5 * difference.square().sum(-1), dim=-1)
        else:
            scores = torch.einsum("bln,bn->bl", contexts, queries @ self.matrix("key_query").T)
            weights = scores / contexts.shape[1] if self.kind == "linear" else torch.softmax(scores, dim=-1)
        output = torch.einsum("bl,bln->bn", weights, contexts) @ self.matrix("value").T
        return output + queries if self.residual else output


def make_optimizer(model, parameters):
    rate = parameters["learning_rate"]
    if parameters["optimizer"] == "sgd":
        return torch.optim.SGD(model.parameters(), lr=rate, momentum=parameters["momentum"])
    betas = (parameters["beta1"], parameters["beta2"])
    return torch.optim.Adam(model.parameters(), lr=rate, betas=betas, eps=parameters["epsilon"])


@torch.no_grad()
def mean_loss(model, contexts, queries, targets):
    total = 0.0
    for start in range(0, len(queries), PROMPTS_AT_ONCE):
        part = slice(start, start + PROMPTS_AT_ONCE)
        total += (model(contexts[part], queries[part]) - targets[part]).square().double().sum().item()
    return total / targets.numel()


def train(trial, dtype):
    """Trains as icd did, and returns the final weights and the losses at the epochs of its history."""
    model = Attention(trial.parameters, trial.weights("initial", dtype))
    optimizer = make_optimizer(model, trial.parameters)
    order, rates = torch.from_numpy(trial.array("batch_order")), trial.array("learning_rate")
    evaluated = set(trial.array("history_epoch").tolist())
    size = trial.parameters["batch_size"]
    contexts, queries, targets = trial.train
    history = [(mean_loss(model, *trial.train), mean_loss(model, *trial.test))]
    for epoch in range(len(rates)):
        for group in optimizer.param_groups:
            group["lr"] = float(rates[epoch])
        for batch in order[epoch].split(size):
            optimizer.zero_grad(set_to_none=True)
            loss = (model(contexts[batch], queries[batch]) - targets[batch]).square().mean()
            loss.backward()
            optimizer.step()
        if epoch + 1 in evaluated:
            history.append((mean_loss(model, *trial.train), mean_loss(model, *trial.test)))
    with torch.no_grad():
        final = {name: model.matrix(name).double() for name in model.learnt}
    return final, np.array(history)


def compare(trial, final, history):
    """Largest difference of the final weights, relative to the largest entry of their matrix, of the final losses, and
    of the losses at any evaluation. Training forgets much of its path, so that only the last shows that it was the same:
    with the batches of two epochs exchanged it may end at nearly the same weights."""
    theirs = trial.weights("final", torch.float64)
    weights = max(((final[name] - w).abs().max() / w.abs().max()).item() for name, w in theirs.items())
    losses = np.stack([trial.array("history_train_loss"), trial.array("history_test_loss")], axis=1)
    relative = np.abs(history - losses) / losses
    return weights, relative[-1].max(), relative.max()


def describe(parameters):
    words = [parameters["task"], parameters["attention"], f"L={parameters['L']}"]
    words += [parameters["weights"]] if parameters["weights"] != "full" else []
    words += ["residual"] if parameters["residual"] else []
    words += ["sgd"] if parameters["optimizer"] == "sgd" else []
    words += ["transform"] if parameters["transform"] != "none" else []
    return " ".join(words)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directories", nargs="+", metavar="DIR", help="what icd export wrote")
    parser.add_argument("--precision", choices=PRECISIONS, action="append", help="default: both")
    parser.add_argument("--weights", type=float, default=1e-3, help="tolerance of final weights (%(default)s)")
    parser.add_argument("--losses", type=float, default=1e-4, help="tolerance of all losses (%(default)s)")
    parser.add_argument("--threads", type=int, default=1, help="of PyTorch; the matrices are small (%(default)s)")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)

    failed = 0
    print(f"PyTorch {torch.__version__}, {torch.get_num_threads()} threads. Differences are relative.")
    print(f"{'trial':10} {'':52} {'precision':9} {'weights':>9} {'losses':>9} {'history':>9} {'seconds':>8}")
    for directory in arguments.directories:
        for name in arguments.precision or PRECISIONS:
            trial = Trial(directory, PRECISIONS[name])
            start = time.perf_counter()
            weights, losses, history = compare(trial, *train(trial, PRECISIONS[name]))
            seconds = time.perf_counter() - start
            agrees = weights <= arguments.weights and history <= arguments.losses
            failed += not agrees
            print(
                f"{trial.id[:10]} {describe(trial.parameters):52} {name:9} {weights:9.1e} {losses:9.1e} "
                f"{history:9.1e} {seconds:8.1f}{'' if agrees else '  beyond the tolerance'}",
                flush=True,
            )
    if failed:
        print(f"{failed} replays differ by more than {arguments.weights} in weights or {arguments.losses} in losses")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

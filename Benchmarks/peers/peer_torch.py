"""Training in PyTorch without waste: the data set is one tensor, a batch is one gather into a preallocated tensor,
the optimizer is the fused Adam, and Python runs once per batch.
"""

import numpy as np
import tasks
import torch
import torch.nn.functional as F

torch.set_num_threads(1)


def softmax_formula(value, key_query, batch):
    """x̂ = W_PV X softmax(Xᵀ W_KQ x̃), as the formula reads."""
    X, query = batch
    scores = torch.einsum("bnl,bn->bl", X, query @ key_query.T)
    return torch.einsum("bnl,bl->bn", X, scores.softmax(-1)) @ value.T


def softmax_products(value, key_query, batch):
    """The same in batched matrix products whose operands need no other layout: twice as fast as the formula."""
    X, query = batch
    scores = torch.bmm((query @ key_query.T).unsqueeze(1), X)
    return torch.bmm(X, scores.softmax(-1).transpose(1, 2)).squeeze(2) @ value.T


def softmax_fused(value, key_query, batch):
    """The same through PyTorch's own fused attention with the context as keys and as values: the fastest uncompiled."""
    X, query = batch
    u = (query @ key_query.T)[:, None, None, :]
    tokens = X.transpose(1, 2)[:, None]
    return F.scaled_dot_product_attention(u, tokens, tokens, scale=1.0)[:, 0, 0] @ value.T


def linear(value, key_query, batch):
    """x̂ = W_PV S W_KQ x̃ with S = X Xᵀ/L computed beforehand."""
    S, query = batch
    return torch.bmm(S, (query @ key_query.T).unsqueeze(2)).squeeze(2) @ value.T


class Case:
    """A task with its tensors, trained anew at each call."""

    def __init__(self, task, model, form, compiled=False):
        self.task, self.form = task, form
        self.model = torch.compile(model) if compiled else model
        self.sets = None

    def load(self):
        self.sets = []
        for count, seed in ((tasks.TRAIN, 1), (tasks.TEST, 2)):
            data = tasks.sample(self.task, count, seed)
            context = data.X
            if self.form == "moments":
                context = (data.X @ data.X.transpose(0, 2, 1) / tasks.L).astype(np.float32)
            self.sets.append(tuple(map(torch.from_numpy, (context, data.query, data.target))))
        self.batch = [torch.empty((tasks.BATCH, *x.shape[1:])) for x in self.sets[0]]

    def __call__(self, epochs):
        if self.sets is None:
            self.load()
        value, key_query = (torch.nn.Parameter(torch.from_numpy(w.copy())) for w in tasks.initial_weights(3))
        orders = torch.from_numpy(tasks.batch_orders(epochs, 4).astype(np.int64))
        watch = tasks.Stopwatch()
        self.train(value, key_query, orders, tasks.learning_rates(epochs))
        answer = watch.lap(epochs)
        with torch.no_grad():
            for name, (*inputs, target) in zip(("train", "test"), self.sets):
                answer[name] = F.mse_loss(self.model(value, key_query, inputs), target).item()
        return answer

    def train(self, value, key_query, orders, rates):
        optimizer = torch.optim.Adam((value, key_query), lr=tasks.RATE, fused=True)
        for order, rate in zip(orders, rates):
            optimizer.param_groups[0]["lr"] = float(rate)
            for indices in order:
                for source, batch in zip(self.sets[0], self.batch):
                    torch.index_select(source, 0, indices, out=batch)
                *inputs, target = self.batch
                loss = F.mse_loss(self.model(value, key_query, inputs), target)
                optimizer.zero_grad(set_to_none=True)
                loss.backward()
                optimizer.step()


if __name__ == "__main__":
    tasks.serve(
        {
            "mixture_softmax_formula": Case("mixture", softmax_formula, "tokens"),
            "mixture_softmax_products": Case("mixture", softmax_products, "tokens"),
            "mixture_softmax_fused": Case("mixture", softmax_fused, "tokens"),
            "mixture_softmax_compiled": Case("mixture", softmax_products, "tokens", compiled=True),
            "linear_linear": Case("linear", linear, "moments"),
        }
    )

"""Training in JAX: one jitted call for a whole run, a scan over epochs and batches, everything in float32.

The context stays on the device as (N, n, L). Of the forms that an expert might choose between (einsum, vmap of one
prompt, products and sums for XLA to fuse; tokens as rows or as columns) this is the fastest.
"""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import tasks

BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8


def softmax_full(weights, batch):
    """x̂ = W_PV X softmax(Xᵀ W_KQ x̃)."""
    X, query = batch
    scores = jnp.einsum("bnl,bn->bl", X, query @ weights[1].T)
    return jnp.einsum("bnl,bl->bn", X, jax.nn.softmax(scores, axis=-1)) @ weights[0].T


def softmax_coordinates(weights, batch):
    """The same on X = B C, with the products over L taken on C."""
    basis, C, query = batch
    u = jnp.einsum("bnr,bn->br", basis, query @ weights[1].T)
    pooled = jnp.einsum("brl,bl->br", C, jax.nn.softmax(jnp.einsum("brl,br->bl", C, u), axis=-1))
    return jnp.einsum("bnr,br->bn", basis, pooled) @ weights[0].T


def linear(weights, batch):
    """x̂ = W_PV S W_KQ x̃ with S = X Xᵀ/L computed beforehand."""
    S, query = batch
    return jnp.einsum("bij,bj->bi", S, query @ weights[1].T) @ weights[0].T


def mean_loss(model, weights, batch, target):
    return jnp.mean((model(weights, batch) - target) ** 2)


@functools.partial(jax.jit, static_argnums=0)
def train(model, weights, inputs, target, orders, rates):
    """Adam over all batches of all epochs; returns the weights."""

    def step(state, order):
        weights, mu, nu, count, rate = state
        batch = tuple(x[order] for x in inputs)
        gradient = jax.grad(mean_loss, argnums=1)(model, weights, batch, target[order])
        mu = BETA1 * mu + (1 - BETA1) * gradient
        nu = BETA2 * nu + (1 - BETA2) * gradient**2
        count = count + 1
        mean = mu / (1 - BETA1**count)
        variance = nu / (1 - BETA2**count)
        return (weights - rate * mean / (jnp.sqrt(variance) + EPSILON), mu, nu, count, rate), None

    def epoch(state, orders_and_rate):
        orders, rate = orders_and_rate
        return jax.lax.scan(step, state[:4] + (rate,), orders)[0], None

    zeros = jnp.zeros_like(weights)
    state = (weights, zeros, zeros, jnp.float32(0), jnp.float32(0))
    return jax.lax.scan(epoch, state, (orders, rates))[0][0]


class Case:
    """A task with its data on the device, and a compiled run for each number of epochs asked for."""

    def __init__(self, task, model, form):
        self.task, self.model, self.form = task, model, form
        self.sets = None
        self.compiled = {}

    def inputs(self, data):
        if self.form == "coordinates":
            return data.basis, data.coordinates, data.query
        if self.form == "moments":
            return (data.X @ data.X.transpose(0, 2, 1) / tasks.L).astype(np.float32), data.query
        return data.X, data.query

    def load(self):
        self.sets = []
        for count, seed in ((tasks.TRAIN, 1), (tasks.TEST, 2)):
            data = tasks.sample(self.task, count, seed)
            self.sets.append((jax.device_put(self.inputs(data)), jax.device_put(data.target)))

    def __call__(self, epochs):
        if self.sets is None:
            self.load()
        (inputs, target), (test_inputs, test_target) = self.sets
        weights = jnp.asarray(tasks.initial_weights(3))
        orders, rates = jnp.asarray(tasks.batch_orders(epochs, 4)), jnp.asarray(tasks.learning_rates(epochs))
        if epochs not in self.compiled:
            lowered = train.lower(self.model, weights, inputs, target, orders, rates)
            self.compiled[epochs] = lowered.compile()
        run = self.compiled[epochs]
        watch = tasks.Stopwatch()
        final = run(weights, inputs, target, orders, rates).block_until_ready()
        answer = watch.lap(epochs)
        answer["train"] = float(mean_loss(self.model, final, inputs, target))
        answer["test"] = float(mean_loss(self.model, final, test_inputs, test_target))
        return answer


def normals(_):
    """Float32 normals from JAX's default generator."""
    draw = jax.jit(lambda key: jax.random.normal(key, (1_000_000,), dtype=jnp.float32))
    draw(jax.random.key(0)).block_until_ready()
    watch = tasks.Stopwatch()
    for seed in range(10):
        draw(jax.random.key(seed)).block_until_ready()
    return watch.lap(10_000_000)


if __name__ == "__main__":
    tasks.serve(
        {
            "mixture_softmax": Case("mixture", softmax_full, "tokens"),
            "linear_softmax": Case("linear", softmax_full, "tokens"),
            "linear_softmax_coordinates": Case("linear", softmax_coordinates, "coordinates"),
            "sphere_softmax": Case("sphere", softmax_full, "tokens"),
            "sphere_softmax_coordinates": Case("sphere", softmax_coordinates, "coordinates"),
            "linear_linear": Case("linear", linear, "moments"),
            "normals": normals,
        }
    )

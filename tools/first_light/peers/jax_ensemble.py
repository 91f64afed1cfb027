"""Times training steps of R networks at once in JAX: one network's step under vmap, and a scan over the steps.

    jax_ensemble.py [--replicas R] [--precision tf32|bf16] [--device cuda|cpu] [sizes]

Prints a line of JSON. Measures only steps: no validation, no shuffle, no compilation.
"""

import functools
import os
import time

from ensemble import BETA1, BETA2, DROPOUT, EPSILON, RATE, arguments, print_measurement

SIZES = arguments(steps=190)
os.environ["XLA_PYTHON_CLIENT_PREALLOCATE"] = "false"  # before JAX is loaded
os.environ["JAX_PLATFORMS"] = SIZES.device

import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402


def initial(key):
    """Returns the initial weights of one network, and the initial moments of Adam."""
    keys = jax.random.split(key, 2)

    def glorot(key, rows, columns):
        bound = (6 / (rows + columns)) ** 0.5
        return jax.random.uniform(key, (rows, columns), minval=-bound, maxval=bound)

    weights = {
        "w1": glorot(keys[0], SIZES.pixels, SIZES.hidden),
        "b1": jnp.zeros(SIZES.hidden),
        "w2": glorot(keys[1], SIZES.hidden, SIZES.classes),
        "b2": jnp.zeros(SIZES.classes),
    }
    zeros = jax.tree_util.tree_map(jnp.zeros_like, weights)
    return weights, zeros, zeros


def loss_of(weights, x, labels, key):
    kind = jnp.bfloat16 if SIZES.precision == "bf16" else jnp.float32
    weights = jax.tree_util.tree_map(lambda value: value.astype(kind), weights)
    hidden = jax.nn.relu(x.astype(kind) @ weights["w1"] + weights["b1"])
    kept = jax.random.bernoulli(key, 1 - DROPOUT, hidden.shape)
    hidden = jnp.where(kept, hidden / (1 - DROPOUT), 0).astype(kind)
    logits = (hidden @ weights["w2"] + weights["b2"]).astype(jnp.float32)
    return -jnp.take_along_axis(jax.nn.log_softmax(logits), labels[:, None], axis=1).mean()


def train_step(images, labels, state, rows, key, count):
    """Trains one network for one step."""
    weights, first, second = state
    x = images[rows].astype(jnp.float32) / 255
    loss, gradient = jax.value_and_grad(loss_of)(weights, x, labels[rows], key)
    first = jax.tree_util.tree_map(lambda m, g: BETA1 * m + (1 - BETA1) * g, first, gradient)
    second = jax.tree_util.tree_map(lambda v, g: BETA2 * v + (1 - BETA2) * g * g, second, gradient)
    rate = RATE * jnp.sqrt(1 - BETA2**count) / (1 - BETA1**count)
    weights = jax.tree_util.tree_map(lambda w, m, v: w - rate * m / (jnp.sqrt(v) + EPSILON), weights, first, second)
    return (weights, first, second), loss


@functools.partial(jax.jit, static_argnums=5, donate_argnums=2)
def train(images, labels, state, order, key, steps):
    """Trains all networks for `steps` steps. Returns the state and the losses [steps, R]."""

    def body(carry, step):
        state, key = carry
        key, used = jax.random.split(key)
        start = (step * SIZES.batch) % (SIZES.rows - SIZES.batch + 1)
        rows = jax.lax.dynamic_slice_in_dim(order, start, SIZES.batch, axis=1)
        keys = jax.random.split(used, SIZES.replicas)
        one = functools.partial(train_step, images, labels)
        state, loss = jax.vmap(one, in_axes=(0, 0, 0, None))(state, rows, keys, step + 1.0)
        return (state, key), loss

    (state, _), losses = jax.lax.scan(body, (state, key), jnp.arange(steps))
    return state, losses


def main():
    if SIZES.precision == "tf32":
        jax.config.update("jax_default_matmul_precision", "tensorfloat32")
    key = jax.random.key(0)
    images = jax.random.randint(key, (SIZES.rows, SIZES.pixels), 0, 256, dtype=jnp.uint8)
    labels = images[:, : SIZES.classes].astype(jnp.int32).argmax(1)  # there is something to learn
    keys = jax.random.split(key, SIZES.replicas)
    state = jax.vmap(initial)(keys)
    order = jax.vmap(lambda k: jax.random.permutation(k, SIZES.rows))(keys)
    state, losses = jax.block_until_ready(train(images, labels, state, order, key, SIZES.steps))  # compiles
    first = float(losses[0].mean())
    start = time.perf_counter()
    state, losses = jax.block_until_ready(train(images, labels, state, order, key, SIZES.steps))
    seconds = time.perf_counter() - start
    device = jax.devices()[0].device_kind
    print_measurement(SIZES, "JAX", jax.__version__, device, "by hand", seconds, first, float(losses[-1].mean()))


if __name__ == "__main__":
    main()

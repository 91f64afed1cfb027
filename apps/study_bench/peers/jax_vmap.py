"""JAX with --replicas models: vmap over replicas of a scan over the steps of an epoch, compiled as one program."""

import peer
import jax
import jax.numpy as jnp


def main():
    x_train, y_train, x_validation, y_validation = (jnp.asarray(each) for each in peer.split())
    rate, beta1, beta2, epsilon, kept = 0.001, 0.9, 0.999, 1e-7, 0.8

    def initial(key):
        first, second = jax.random.split(key)
        weights = jax.nn.initializers.glorot_uniform()
        return [weights(first, (784, 256)), jnp.zeros(256), weights(second, (256, 10)), jnp.zeros(10)]

    def logits_of(parameters, x, key=None):
        w1, b1, w2, b2 = parameters
        hidden = jax.nn.relu(x @ w1 + b1)
        if key is not None:
            hidden = jnp.where(jax.random.bernoulli(key, kept, hidden.shape), hidden / kept, 0)
        return hidden @ w2 + b2

    def losses_of(logits, y):
        return -jnp.take_along_axis(jax.nn.log_softmax(logits), y[:, None], 1)[:, 0]

    def batch_loss(parameters, rows, valid, key):
        losses = losses_of(logits_of(parameters, x_train[rows], key), y_train[rows])
        return jnp.where(valid, losses, 0).sum() / valid.sum()

    def step(state, batch):
        parameters, m, v, t = state
        gradients = jax.grad(batch_loss)(parameters, *batch)
        t += 1
        alpha = rate * jnp.sqrt(1 - beta2**t) / (1 - beta1**t)
        m = [a + (g - a) * (1 - beta1) for a, g in zip(m, gradients)]
        v = [a + (g * g - a) * (1 - beta2) for a, g in zip(v, gradients)]
        parameters = [w - alpha * a / (jnp.sqrt(b) + epsilon) for w, a, b in zip(parameters, m, v)]
        return (parameters, m, v, t), None

    def train_and_validate(state, key):
        order_key, key = jax.random.split(key)
        rows = len(y_train)
        steps = -(-rows // peer.BATCH)
        order = jnp.resize(jax.random.permutation(order_key, rows), steps * peer.BATCH).reshape(steps, -1)
        valid = (jnp.arange(steps * peer.BATCH) < rows).reshape(steps, -1)
        state, _ = jax.lax.scan(step, state, (order, valid, jax.random.split(key, steps)))
        logits = logits_of(state[0], x_validation)
        return state, losses_of(logits, y_validation).mean(), (logits.argmax(1) == y_validation).mean()

    keys = jax.random.split(jax.random.key(0), peer.options.replicas)
    parameters = jax.vmap(initial)(keys)
    m, v = ([jnp.zeros_like(each) for each in parameters] for _ in range(2))
    state = (parameters, m, v, jnp.zeros(peer.options.replicas))
    epoch_of_all = jax.jit(jax.vmap(train_and_validate), donate_argnums=0)

    def epoch():
        nonlocal state, keys
        keys = jax.vmap(lambda key: jax.random.fold_in(key, 1))(keys)
        state, loss, accuracy = epoch_of_all(state, keys)
        return jax.block_until_ready(accuracy).mean()

    peer.measure(f"JAX {jax.__version__}", epoch)


main()

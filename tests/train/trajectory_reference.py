#!/usr/bin/python3
"""Writes trajectory_reference.json: losses of training, step by step, by PyTorch's autograd in float64.

    /usr/bin/python3 tests/train/trajectory_reference.py > tests/train/trajectory_reference.json

Needs Debian's python3-torch. PyTorch computes the gradients, and for cases with further settings also the learning
rates, clipping and label smoothing. Images, initial weights and update rules are written out here from the project's
definitions, so that nothing is shared with the code under test. There is no shuffling and no dropout. 1,000 rows make
eight batches of at most 128, so every eighth step is a partial batch of 104 rows. Under reduce_on_plateau, which
follows the validation loss of the epochs, a batch is the whole training set, so that each step is an epoch.
"""
import json
import math
import sys

import numpy
import torch

FEATURES, CLASSES, ROWS, BATCH = 784, 10, 1000, 128
VALIDATION_ROWS = 200
INITIALISE = 1  # purpose of the random words (see words) that initial weights are drawn from
PIXELS, PROTOTYPES, LABELS = 100, 101, 102  # purposes of the random words that the images are made of
SEED = 42
STEPS_AN_EPOCH = -(-ROWS // BATCH)


def philox(counter, seed):
    """Computes Philox4x32-10 (Salmon et al. 2011) for arrays of counters [4][n]; returns words [4][n]."""
    low = numpy.uint64(0xFFFFFFFF)
    shift = numpy.uint64(32)
    c = [numpy.asarray(word, dtype=numpy.uint64) for word in counter]
    key = [seed & 0xFFFFFFFF, seed >> 32]
    for _ in range(10):
        left = numpy.uint64(0xD2511F53) * c[0]
        right = numpy.uint64(0xCD9E8D57) * c[2]
        c = [(right >> shift) ^ c[1] ^ numpy.uint64(key[0]), right & low,
             (left >> shift) ^ c[3] ^ numpy.uint64(key[1]), left & low]
        key = [(key[0] + 0x9E3779B9) & 0xFFFFFFFF, (key[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return c


def words(seed, purpose, layer, step, count):
    """Returns the random words of elements 0 .. count - 1 for the counter (purpose, layer, step)."""
    quads = numpy.arange((count + 3) // 4, dtype=numpy.uint64)
    constant = [numpy.full_like(quads, value) for value in (purpose, layer, step)]
    return numpy.stack(philox(constant + [quads], seed), axis=1).reshape(-1)[:count]


def known_answer():
    counter = [[0x243F6A88], [0x85A308D3], [0x13198A2E], [0x03707344]]
    answer = [int(word[0]) for word in philox(counter, 0x299F31D0A4093822)]
    assert answer == [0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1], answer


def images():
    """Returns pixels 0..255 [ROWS, FEATURES], a mixture of three parts noise and one part prototype of the row's class,
    and labels. Every third row has a random label, so that losses stay away from 0."""
    shape, label = (words(SEED, LABELS, 0, 0, 2 * ROWS) % numpy.uint64(CLASSES)).astype(int).reshape(2, ROWS)
    rows = numpy.arange(ROWS)
    return mixture(0, shape), numpy.where(rows % 3 == 0, label, shape)


def validation_images():
    """Returns pixels [VALIDATION_ROWS, FEATURES], mixed as in `images`, and their labels, all of which are right."""
    shape = (words(SEED, LABELS, 1, 0, VALIDATION_ROWS) % numpy.uint64(CLASSES)).astype(int)
    return mixture(1, shape), shape


def mixture(layer, shape):
    """Returns pixels [len(shape), FEATURES] of the prototypes `shape`; `layer` is that of the words of the noise."""
    def grey(purpose, layer, count):
        return numpy.stack([words(SEED, purpose, layer, i, FEATURES) >> numpy.uint64(24) for i in range(count)])

    pixels = numpy.uint64(3) * grey(PIXELS, layer, len(shape)) + grey(PROTOTYPES, 0, CLASSES)[shape]
    return (pixels // numpy.uint64(4)).astype(numpy.float64)


def glorot(inputs, outputs, layer):
    """Returns uniform weights in [-L, L), L = sqrt(6 / (inputs + outputs)), with each step rounded to float32."""
    top = words(SEED, INITIALISE, layer, 0, inputs * outputs) >> numpy.uint64(8)
    u = top.astype(numpy.float32) * numpy.float32(2**-24)
    limit = numpy.float32(math.sqrt(6 / (inputs + outputs)))
    return ((numpy.float32(2) * u - numpy.float32(1)) * limit).astype(numpy.float64).reshape(inputs, outputs)


def adam(w, g, state, t, lr=0.001, beta1=0.9, beta2=0.999, epsilon=1e-7):
    m, v = state.setdefault("m", torch.zeros_like(w)), state.setdefault("v", torch.zeros_like(w))
    alpha = lr * math.sqrt(1 - beta2**t) / (1 - beta1**t)
    m += (g - m) * (1 - beta1)
    v += (g * g - v) * (1 - beta2)
    w -= alpha * m / (v.sqrt() + epsilon)


def sgd(w, g, state, t, lr=0.01, momentum=0.0):
    velocity = state.setdefault("velocity", torch.zeros_like(w))
    velocity.mul_(momentum).sub_(lr * g)
    w += velocity


def momentum(w, g, state, t):
    sgd(w, g, state, t, momentum=0.9)


def rmsprop(w, g, state, t, lr=0.001, rho=0.9, epsilon=1e-7):
    v = state.setdefault("v", torch.zeros_like(w))
    v.mul_(rho).add_((1 - rho) * g * g)
    w -= lr * g / (v + epsilon).sqrt()


def adamw(w, g, state, t, lr=0.001, weight_decay=0.5):
    w -= w * weight_decay * lr
    adam(w, g, state, t, lr=lr)


def nesterov(w, g, state, t, lr=0.01, momentum=0.9):
    velocity = state.setdefault("velocity", torch.zeros_like(w))
    velocity.mul_(momentum).sub_(lr * g)
    w += momentum * velocity - lr * g


def penalized_momentum(w, g, state, t):
    momentum(w, g + 0.1 * w, state, t)


def known_optimizers():
    """Checks four update rules against PyTorch's, which have the same form except for the place of epsilon."""
    for own, theirs in ((adamw, lambda p: torch.optim.AdamW(p, lr=0.001, eps=1e-7, weight_decay=0.5)),
                        (nesterov, lambda p: torch.optim.SGD(p, lr=0.01, momentum=0.9, nesterov=True)),
                        (momentum, lambda p: torch.optim.SGD(p, lr=0.01, momentum=0.9)),
                        (penalized_momentum, lambda p: torch.optim.SGD(p, lr=0.01, momentum=0.9, weight_decay=0.1))):
        torch.manual_seed(SEED)
        w = torch.randn(50, dtype=torch.float64)
        parameter = torch.nn.Parameter(w.clone())
        optimizer, state = theirs([parameter]), {}
        for t in range(1, 21):
            parameter.grad = torch.randn(50, dtype=torch.float64)
            own(w, parameter.grad, state, t)
            optimizer.step()
        assert torch.allclose(w, parameter.detach(), rtol=1e-5, atol=1e-7), own


def learning_rates(schedule, rate, epochs, steps):
    """Returns the learning rates of `steps` steps: a linear warm-up, then those of PyTorch's schedulers."""
    warmup = round(schedule.get("warmup", 0) * STEPS_AN_EPOCH)
    every = schedule.get("every", 1) * STEPS_AN_EPOCH
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=rate)
    scheduler = {
        "constant": lambda: torch.optim.lr_scheduler.LambdaLR(optimizer, lambda _: 1),
        "step": lambda: torch.optim.lr_scheduler.StepLR(optimizer, int(every), schedule["factor"]),
        "exponential": lambda: torch.optim.lr_scheduler.ExponentialLR(optimizer, schedule["factor"] ** (1 / every)),
        "cosine": lambda: torch.optim.lr_scheduler.CosineAnnealingLR(
            optimizer, epochs * STEPS_AN_EPOCH - warmup, rate * schedule["final_factor"]),
    }[schedule["kind"]]()
    rates = [rate * (step + 1) / warmup for step in range(warmup)]
    while len(rates) < steps:
        rates.append(scheduler.get_last_lr()[0])
        optimizer.step()
        scheduler.step()
    return rates[:steps]


class PlateauRates:
    """The learning rates under reduce_on_plateau, by step, from PyTorch's ReduceLROnPlateau. A step is an epoch."""

    def __init__(self, schedule, rate):
        self.warmup = schedule.get("warmup", 0)
        self.min_delta = schedule["min_delta"]
        self.optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=rate)
        # PyTorch lowers the rate after more than `patience` epochs that are not better.
        self.scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(
            self.optimizer, factor=schedule["factor"], patience=schedule["patience"] - 1, threshold=self.min_delta,
            threshold_mode="abs", min_lr=schedule["min_rate"])

    def __getitem__(self, step):
        rate = self.optimizer.param_groups[0]["lr"]
        return rate * (step + 1) / self.warmup if step < self.warmup else rate

    def end_epoch(self, validation_loss):
        # The margin is so large that a loss in float32 leads to the same decision.
        assert abs(self.scheduler.best - self.min_delta - validation_loss) > 2e-4, validation_loss
        self.scheduler.step(validation_loss)


def train(hidden, activation, update, steps, pixels, labels):
    widths = [FEATURES] + hidden + [CLASSES]
    parameters = []
    for layer in range(len(widths) - 1):
        kernel = glorot(widths[layer], widths[layer + 1], layer)
        parameters.append(torch.tensor(kernel, requires_grad=True))
        parameters.append(torch.zeros(widths[layer + 1], dtype=torch.float64, requires_grad=True))
    initial = [p.detach().clone() for p in parameters]
    states = [{} for _ in parameters]
    losses = []
    cursor = 0
    for t in range(1, steps + 1):
        a = torch.tensor(pixels[cursor : cursor + BATCH] / 255)
        y = torch.tensor(labels[cursor : cursor + BATCH])
        cursor = cursor + BATCH if cursor + BATCH < ROWS else 0
        for layer in range(len(widths) - 1):
            a = a @ parameters[2 * layer] + parameters[2 * layer + 1]
            if layer < len(hidden):
                a = ACTIVATIONS[activation](a)
        loss = -torch.log_softmax(a, dim=1)[torch.arange(len(y)), y].mean()
        losses.append(loss.item())
        gradients = torch.autograd.grad(loss, parameters)
        with torch.no_grad():
            for w, g, state in zip(parameters, gradients, states):
                update(w, g, state, t)
    moved = [(p.detach() - start).norm().item() for p, start in zip(parameters, initial)]
    return losses, moved


def train_with(settings, hidden, activation, rule, steps, pixels, labels):
    """Trains with further settings. Returns the plain losses, the objectives, the distance that each parameter has
    moved, and under reduce_on_plateau the validation losses after each epoch."""
    update, optimizer = RULES[rule]
    own = {**optimizer, **settings["optimizer"]}
    schedule = settings.get("schedule", {"kind": "constant"})
    on_plateau = schedule["kind"] == "reduce_on_plateau"
    if on_plateau:
        rates = PlateauRates(schedule, own["learning_rate"])
        held_out, held_out_labels = map(torch.tensor, validation_images())
    else:
        rates = learning_rates(schedule, own["learning_rate"], settings["epochs"], steps)
    batch = settings.get("batch", BATCH)
    weights = settings.get("class_weights", [1] * CLASSES)
    if weights == "balanced":
        weights = ROWS / (CLASSES * numpy.bincount(labels, minlength=CLASSES))
    weights = torch.tensor(weights, dtype=torch.float64)
    widths = [FEATURES] + hidden + [CLASSES]
    layers = [torch.nn.Linear(i, o, dtype=torch.float64) for i, o in zip(widths, widths[1:])]
    parameters = []
    with torch.no_grad():
        for number, layer in enumerate(layers):
            layer.weight.copy_(torch.tensor(glorot(layer.in_features, layer.out_features, number)).T)
            layer.bias.zero_()
            parameters += [layer.weight, layer.bias]
    initial = [p.detach().clone() for p in parameters]
    states = [{} for _ in parameters]
    losses, objectives, validation_losses = [], [], []
    cross_entropy = torch.nn.functional.cross_entropy

    def logits(a):
        for layer in layers:
            a = layer(a)
            if layer is not layers[-1]:
                a = ACTIVATIONS[activation](a)
        return a

    cursor = 0
    for t in range(1, steps + 1):
        a = logits(torch.tensor(pixels[cursor : cursor + batch] / 255))
        y = torch.tensor(labels[cursor : cursor + batch])
        cursor = cursor + batch if cursor + batch < ROWS else 0
        losses.append(cross_entropy(a, y).item())
        smoothed = cross_entropy(a, y, reduction="none", label_smoothing=settings.get("label_smoothing", 0.0))
        for p in parameters:
            p.grad = None
        weighted = (smoothed * weights[y]).mean()
        weighted.backward()
        with torch.no_grad():
            squares = sum((p * p).sum() for p in parameters)
            objectives.append((weighted + own.get("l2", 0) / 2 * squares).item())
        if own.get("gradient_clip_norm"):
            torch.nn.utils.clip_grad_norm_(parameters, own["gradient_clip_norm"])
        if own.get("gradient_clip_value"):
            torch.nn.utils.clip_grad_value_(parameters, own["gradient_clip_value"])
        more = {} if rule == "momentum" else {"lr": rates[t - 1]}
        with torch.no_grad():
            for w, state in zip(parameters, states):
                g = w.grad + own.get("l2", 0) * w
                if rule != "adamw":
                    w *= 1 - rates[t - 1] * own.get("weight_decay", 0)
                update(w, g, state, t, **more)
            if on_plateau:
                validation_losses.append(cross_entropy(logits(held_out / 255), held_out_labels).item())
                rates.end_epoch(validation_losses[-1])
    moved = [(p.detach() - start).norm().item() for p, start in zip(parameters, initial)]
    return losses, objectives, moved, validation_losses


def selu(z):
    """Returns SELU (Klambauer et al. 2017) with the constants of their section 2."""
    alpha, scale = 1.6732632423543772848170429916717, 1.0507009873554804934193349852946
    return scale * torch.where(z > 0, z, alpha * (torch.exp(torch.clamp(z, max=0)) - 1))


ACTIVATIONS = {
    "relu": torch.relu,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "gelu": torch.nn.functional.gelu,
    "silu": torch.nn.functional.silu,
    "elu": torch.nn.functional.elu,
    "leaky_relu": torch.nn.functional.leaky_relu,
    "selu": selu,
}

RULES = {
    "adam": (adam, {"name": "adam", "learning_rate": 0.001}),
    "sgd": (sgd, {"name": "sgd", "learning_rate": 0.01}),
    "momentum": (momentum, {"name": "sgd", "learning_rate": 0.01, "momentum": 0.9}),
    "rmsprop": (rmsprop, {"name": "rmsprop", "learning_rate": 0.001}),
    "adamw": (adamw, {"name": "adamw", "learning_rate": 0.001, "weight_decay": 0.5}),
    "nesterov": (nesterov, {"name": "nesterov", "learning_rate": 0.01, "momentum": 0.9}),
}


UNEVEN = [1, 0.5, 2, 1, 0, 3, 1, 0.25, 1, 1.5]
SETTINGS = {
    "step": ("sgd", {"schedule": {"kind": "step", "factor": 0.5, "every": 0.5}}),
    "exponential": ("adam", {"schedule": {"kind": "exponential", "factor": 0.8, "every": 2, "warmup": 0.25}}),
    "cosine": ("adamw", {"schedule": {"kind": "cosine", "final_factor": 0.1, "warmup": 0.5}}),
    "decay": ("nesterov", {"optimizer": {"weight_decay": 0.5}}),
    "l2": ("momentum", {"optimizer": {"l2": 0.05}}),
    "value": ("momentum", {"optimizer": {"gradient_clip_value": 0.002}}),
    "norm": ("sgd", {"optimizer": {"gradient_clip_norm": 0.5}}),
    "smoothing": ("rmsprop", {"label_smoothing": 0.1}),
    "weights": ("adam", {"class_weights": UNEVEN}),
    "balanced": ("adamw", {"class_weights": "balanced"}),
    "everything": ("nesterov", {"optimizer": {"weight_decay": 0.1, "l2": 0.01, "gradient_clip_norm": 0.5},
                                "schedule": {"kind": "cosine", "final_factor": 0, "warmup": 1},
                                "label_smoothing": 0.2, "class_weights": UNEVEN}),
}
# Activation, rule, learning rate, steps and schedule. The rate falls after epochs 5, 7 and 8 in the first case, and
# after epochs 9 and 11 in the second.
PLATEAUS = [
    ("tanh", "nesterov", 0.1, 10, {"factor": 0.5, "patience": 1, "min_delta": 0.05, "min_rate": 0.02}),
    ("sigmoid", "adam", 0.001, 200,
     {"factor": 0.5, "patience": 2, "min_delta": 0.0008, "min_rate": 0.0003, "warmup": 6}),
]


def cases_with_settings(pixels, labels):
    for name, activation, steps in [(name, "tanh", 10) for name in SETTINGS] + [("cosine", "sigmoid", 200),
                                                                               ("everything", "sigmoid", 200)]:
        rule, chosen = SETTINGS[name]
        settings = {"optimizer": {}, "epochs": max(2, steps // STEPS_AN_EPOCH), **chosen}
        losses, objectives, moved, _ = train_with(settings, [64, 32], activation, rule, steps, pixels, labels)
        yield {"name": f"{activation}_{rule}_with_{name}_{steps}_steps", "hidden": [64, 32],
               "activation": activation, "losses": losses, "objectives": objectives, "moved": moved, **settings,
               "optimizer": {**RULES[rule][1], **settings["optimizer"]}}


def cases_on_plateaus(pixels, labels):
    for activation, rule, rate, steps, schedule in PLATEAUS:
        settings = {"optimizer": {"learning_rate": rate}, "epochs": steps, "batch": ROWS,
                    "schedule": {"kind": "reduce_on_plateau", **schedule}}
        losses, _, moved, validation_losses = train_with(settings, [64, 32], activation, rule, steps, pixels, labels)
        yield {"name": f"{activation}_{rule}_with_reduce_on_plateau_{steps}_steps", "hidden": [64, 32],
               "activation": activation, "losses": losses, "validation_losses": validation_losses, "moved": moved,
               **settings, "optimizer": {**RULES[rule][1], **settings["optimizer"]}}


def main():
    torch.set_num_threads(2)
    known_answer()
    known_optimizers()
    pixels, labels = images()
    wanted = [([64, 32], activation, rule, 10) for activation in ACTIVATIONS for rule in RULES]
    wanted += [([64, 32], "sigmoid", rule, 200) for rule in RULES]
    wanted += [([256], "relu", rule, 200) for rule in ("adam", "sgd")]
    cases = []
    for hidden, activation, rule, steps in wanted:
        update, optimizer = RULES[rule]
        losses, moved = train(hidden, activation, update, steps, pixels, labels)
        cases.append({"name": "_".join([activation, rule, *map(str, hidden), f"{steps}_steps"]),
                      "hidden": hidden, "activation": activation, "optimizer": optimizer, "losses": losses,
                      "moved": moved})
        print(cases[-1]["name"], losses[0], losses[-1], file=sys.stderr)
    cases += cases_with_settings(pixels, labels)
    cases += cases_on_plateaus(pixels, labels)
    json.dump({"seed": SEED, "rows": ROWS, "batch": BATCH, "features": FEATURES, "classes": CLASSES,
               "pixel_sum": int(pixels.sum()), "label_sum": int(labels.sum()), "cases": cases}, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()

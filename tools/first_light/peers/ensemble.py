"""Shared by the peers: the flags, and the line of JSON that reports a measurement."""

import argparse
import json

RATE, BETA1, BETA2, EPSILON, DROPOUT = 0.001, 0.9, 0.999, 1e-7, 0.2


def arguments(steps):
    """Parses the flags: device, precision, and the sizes of networks with the layers pixels - hidden (relu, dropout) -
    classes. `steps` is the default number of timed steps."""
    parser = argparse.ArgumentParser()
    for name, value in (
        ("replicas", 50),
        ("steps", steps),
        ("rows", 50000),
        ("batch", 256),
        ("pixels", 784),
        ("hidden", 256),
        ("classes", 10),
    ):
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--precision", choices=("tf32", "bf16"), default="tf32")
    return parser.parse_args()


def print_measurement(sizes, library, version, device, adam, seconds, first_loss, last_loss):
    """Prints one line of JSON. `seconds` is the time of all `sizes.steps` steps; `first_loss` and `last_loss` are means
    over the networks in the first and the last step."""
    print(
        json.dumps(
            {
                "library": library,
                "version": version,
                "device": device,
                "adam": adam,
                "precision": sizes.precision,
                "replicas": sizes.replicas,
                "steps": sizes.steps,
                "us_per_step": seconds / sizes.steps * 1e6,
                "first_loss": first_loss,
                "last_loss": last_loss,
            }
        ),
        flush=True,
    )

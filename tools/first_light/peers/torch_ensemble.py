"""Times training steps of R networks at once in PyTorch: one batched product for all of them.

    torch_ensemble.py [--replicas R] [--precision tf32|bf16] [--device cuda|cpu] [sizes]

Each network has its own batches. Prints a line of JSON for each form of Adam. On a card the whole step is one CUDA
graph. Measures only steps: no validation, no shuffle, no start-up.
"""

import time

import torch
from ensemble import BETA1, BETA2, DROPOUT, EPSILON, RATE, arguments, print_measurement
from torch.nn import functional


class Ensemble:
    """R networks with the layers pixels - hidden (relu, dropout) - classes."""

    def __init__(self, sizes):
        self.sizes = sizes
        device = sizes.device
        self.images = torch.randint(0, 256, (sizes.rows, sizes.pixels), dtype=torch.uint8, device=device)
        self.labels = (self.images[:, : sizes.classes].float().argmax(1)).to(device)  # there is something to learn
        self.order = torch.stack([torch.randperm(sizes.rows, device=device) for _ in range(sizes.replicas)])
        self.at = torch.zeros(1, dtype=torch.int64, device=device)
        self.rows_of_a_batch = torch.arange(sizes.batch, device=device)
        self.type = torch.bfloat16 if sizes.precision == "bf16" else torch.float32

        def weights(rows, columns):
            bound = (6 / (rows + columns)) ** 0.5
            return ((torch.rand(sizes.replicas, rows, columns, device=device) * 2 - 1) * bound).requires_grad_()

        def bias(columns):
            return torch.zeros(sizes.replicas, 1, columns, device=device, requires_grad=True)

        self.parameters = [
            weights(sizes.pixels, sizes.hidden),
            bias(sizes.hidden),
            weights(sizes.hidden, sizes.classes),
            bias(sizes.classes),
        ]

    def loss(self):
        """Returns the loss of the next batch, summed over replicas, so that no replica affects another's gradient."""
        sizes = self.sizes
        places = (self.at + self.rows_of_a_batch).expand(sizes.replicas, -1)
        rows = self.order.gather(1, places)
        x = self.images[rows].to(self.type) / 255
        w1, b1, w2, b2 = (p.to(self.type) for p in self.parameters)
        hidden = functional.dropout(torch.relu(torch.baddbmm(b1, x, w1)), DROPOUT)
        logits = torch.baddbmm(b2, hidden, w2).float()
        labels = self.labels[rows]
        self.at.add_(sizes.batch).remainder_(sizes.rows - sizes.batch + 1)
        return functional.cross_entropy(logits.flatten(0, 1), labels.flatten()) * sizes.replicas


def make_step(ensemble, optimizer):
    """Returns a function that does one step, and the tensor that holds its loss."""

    def eager():
        optimizer.zero_grad(set_to_none=True)
        loss = ensemble.loss()
        loss.backward()
        optimizer.step()
        return loss

    if ensemble.sizes.device != "cuda":
        held = torch.zeros(())
        return lambda: held.copy_(eager().detach()), held
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(3):
            eager()
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    optimizer.zero_grad(set_to_none=True)
    with torch.cuda.graph(graph):
        loss = ensemble.loss()
        loss.backward()
        optimizer.step()
    return graph.replay, loss


def wait(device):
    if device == "cuda":
        torch.cuda.synchronize()


def measure(sizes, name, options):
    ensemble = Ensemble(sizes)
    optimizer = torch.optim.Adam(ensemble.parameters, lr=RATE, betas=(BETA1, BETA2), eps=EPSILON, **options)
    step, loss = make_step(ensemble, optimizer)
    step()
    wait(sizes.device)
    first = loss.item() / sizes.replicas
    for _ in range(max(1, sizes.steps // 10)):
        step()
    wait(sizes.device)
    start = time.perf_counter()
    for _ in range(sizes.steps):
        step()
    wait(sizes.device)
    seconds = time.perf_counter() - start
    card = torch.cuda.get_device_name() if sizes.device == "cuda" else "CPU"
    last = loss.item() / sizes.replicas
    print_measurement(sizes, "PyTorch", torch.__version__, card, name, seconds, first, last)


def main():
    sizes = arguments(steps=200)
    torch.manual_seed(0)
    torch.backends.cuda.matmul.allow_tf32 = True
    on_card = {"capturable": True} if sizes.device == "cuda" else {}
    measure(sizes, "foreach", {"foreach": True, **on_card})
    if sizes.device == "cuda":
        measure(sizes, "fused", {"fused": True, **on_card})


if __name__ == "__main__":
    main()

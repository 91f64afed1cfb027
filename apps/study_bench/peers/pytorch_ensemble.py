"""PyTorch with --replicas models in one loop: batched products (torch.baddbmm), every model with its own order."""

import os

import peer
import torch


def main():
    x_train, y_train, x_validation, y_validation = (torch.from_numpy(each) for each in peer.split())
    y_train, y_validation = y_train.long(), y_validation.long()
    torch.set_num_threads(len(os.sched_getaffinity(0)))
    torch.manual_seed(0)
    replicas = peer.options.replicas

    def layer(inputs, outputs):
        limit = inputs**-0.5
        weights = torch.empty(replicas, inputs, outputs).uniform_(-limit, limit)
        return [weights.requires_grad_(), torch.zeros(replicas, 1, outputs, requires_grad=True)]

    parameters = layer(784, 256) + layer(256, 10)
    w1, b1, w2, b2 = parameters
    optimizer = torch.optim.Adam(parameters, lr=0.001, eps=1e-7)

    def logits_of(x, training):
        hidden = torch.nn.functional.dropout(torch.relu(torch.baddbmm(b1, x, w1)), 0.2, training)
        return torch.baddbmm(b2, hidden, w2)

    def loss_of(logits, y):  # sums over the models, so that each model has the gradient of its own mean
        return torch.nn.functional.cross_entropy(logits.flatten(0, 1), y.flatten()) * replicas

    def epoch():
        orders = torch.stack([torch.randperm(len(y_train)) for _ in range(replicas)])
        for start in range(0, len(y_train), peer.BATCH):
            rows = orders[:, start : start + peer.BATCH]
            x = x_train.index_select(0, rows.flatten()).view(replicas, -1, 784)
            optimizer.zero_grad(set_to_none=True)
            loss_of(logits_of(x, True), y_train[rows]).backward()
            optimizer.step()
        right = 0
        with torch.no_grad():
            for start in range(0, len(y_validation), 1000):
                y = y_validation[start : start + 1000].expand(replicas, -1)
                logits = logits_of(x_validation[start : start + 1000].expand(replicas, -1, -1), False)
                loss_of(logits, y)
                right += (logits.argmax(2) == y).sum()
        return right / (len(y_validation) * replicas)

    peer.measure(f"PyTorch {torch.__version__}", epoch)


main()

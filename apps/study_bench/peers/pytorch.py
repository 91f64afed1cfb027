"""PyTorch in a plain loop with the usual care: data in one tensor, index_select for a batch, no loader.

With --bf16, under autocast. One model per process; pytorch_ensemble.py trains several.
"""

import contextlib
import os

import peer
import torch


def main():
    x_train, y_train, x_validation, y_validation = (torch.from_numpy(each) for each in peer.split())
    y_train, y_validation = y_train.long(), y_validation.long()
    torch.set_num_threads(len(os.sched_getaffinity(0)))
    torch.manual_seed(0)
    model = torch.nn.Sequential(
        torch.nn.Linear(784, 256), torch.nn.ReLU(), torch.nn.Dropout(0.2), torch.nn.Linear(256, 10)
    )
    loss_of = torch.nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001, eps=1e-7)

    def precision():
        return torch.autocast("cpu", torch.bfloat16) if peer.options.bf16 else contextlib.nullcontext()

    def epoch():
        model.train()
        shuffled = torch.randperm(len(y_train))
        for start in range(0, len(y_train), peer.BATCH):
            rows = shuffled[start : start + peer.BATCH]
            optimizer.zero_grad(set_to_none=True)
            with precision():
                loss = loss_of(model(x_train.index_select(0, rows)), y_train.index_select(0, rows))
            loss.backward()
            optimizer.step()
        model.eval()
        right = 0
        with torch.no_grad(), precision():
            for start in range(0, len(y_validation), 1000):
                logits = model(x_validation[start : start + 1000])
                loss_of(logits, y_validation[start : start + 1000])
                right += (logits.argmax(1) == y_validation[start : start + 1000]).sum()
        return right / len(y_validation)

    peer.measure(f"PyTorch {torch.__version__}", epoch)


main()

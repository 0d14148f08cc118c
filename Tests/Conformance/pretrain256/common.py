"""What the stages of the training share: the device, the clock, the log, compiled networks, scenes that come as they are wanted."""
import copy
import multiprocessing
import os
import time

import numpy as np
import torch

GPU = torch.cuda.is_available()
DEVICE = torch.device("cuda" if GPU else "cpu")
# A CPU that multiplies bfloat16 does so several times as fast as float32.
HALF = GPU or (os.path.exists("/proc/cpuinfo") and "avx512_bf16" in open("/proc/cpuinfo").read())
START = time.time()


def say(*what) -> None:
    print(f"[{time.time() - START:6.1f}]", *what, flush=True)


def autocast():
    return torch.autocast(DEVICE.type, torch.bfloat16, enabled=HALF)


def last(x: torch.Tensor) -> torch.Tensor:
    """The same numbers with channels last in memory, as convolutions on a GPU want them."""
    return x.contiguous(memory_format=torch.channels_last)


def floats(pixels: torch.Tensor) -> torch.Tensor:
    """Bytes [N, 3, H, W] as numbers in −1…1."""
    return last(pixels.float().div_(127.5).sub_(1))


def decibel(x: torch.Tensor, y: torch.Tensor) -> float:
    """The mean PSNR of pictures in −1…1."""
    return (10 * torch.log10(4 / (x - y).square().mean((1, 2, 3)).clamp(min=1e-10))).mean().item()


def synchronize() -> None:
    if GPU:
        torch.cuda.synchronize()


def compiled(plain, fast, loss, name: str):
    """`fast`, which computes by a compiled network what `plain` computes, if their gradients agree; else `plain`. Both have the same
    parameters; `loss(forward)` returns a scalar of one fixed batch."""
    if not GPU:
        return plain

    def gradients(forward):
        torch.manual_seed(0)
        plain.zero_grad()
        loss(forward).backward()
        found = [p.grad.float().clone() for p in plain.parameters() if p.grad is not None]
        plain.zero_grad()
        return found

    try:
        one, began = gradients(plain), time.time()
        other = gradients(fast)
        synchronize()
        typical = sum(g.norm() for g in one) / len(one)
        worst = max(((a - b).norm() / (a.norm() + 1e-3 * typical)).item() for a, b in zip(one, other))
        say(f"{name}: compiled in {time.time() - began:.0f} s; its gradient differs by {worst:.3g} at most")
        return fast if worst < 0.2 else plain
    except Exception as error:  # a compiler's failure must not end a loan
        say(f"{name} is not compiled:", repr(error)[:300])
        plain.zero_grad()
        return plain


class Schedule:
    """Learning rates by the clock: a warm-up, constant for `constant` of the time, then down to `floor`."""

    def __init__(self, end: float, warm: int = 100, constant: float = 0.55, floor: float = 0.01):
        self.begin, self.end, self.warm, self.constant, self.floor, self.step = time.time(), end, warm, constant, floor, 0

    @property
    def way(self) -> float:
        return (time.time() - self.begin) / max(1e-3, self.end - self.begin)

    def scale(self) -> float:
        self.step += 1
        falling = 1 if self.way < self.constant else max(self.floor, (1 - self.way) / (1 - self.constant))
        return min(1, self.step / self.warm) * falling


# MARK: scenes


def _draw(data: str, tokenizer: str | None, seed: int, count: int, queue, held: bool) -> None:
    """A process that draws layouts until it is ended."""
    torch.set_num_threads(1)
    from layouts import Laws

    laws, rng = Laws(data, tokenize_with(tokenizer), held), np.random.default_rng(seed)
    while True:
        queue.put(laws.sample(count, rng))


def tokenize_with(folder: str | None):
    """A function from texts to their tokens [N, L], or None without a tokenizer."""
    if folder is None:
        return None
    from tokenizers import Tokenizer

    from networks import LENGTH

    tokenizer = Tokenizer.from_file(os.path.join(folder, "tokenizer.json"))
    end = tokenizer.token_to_id("<|endoftext|>")
    tokenizer.enable_truncation(LENGTH)
    tokenizer.enable_padding(length=LENGTH, pad_id=end, pad_token="<|endoftext|>")
    return lambda texts: np.array([one.ids for one in tokenizer.encode_batch(list(texts))], np.int64)


class Scenes:
    """Scenes as they are wanted: processes draw layouts, this process makes pictures of them on the device."""

    def __init__(self, data: str, tokenizer: str | None, size: int = 256, seed: int = 1, part: int = 256 if GPU else 16, held: bool = False, like=None):
        from compositor import Compositor
        from layouts import Laws

        # The cut-outs of the scenes `like` serve for other laws as well: they lie in memory once.
        self.compositor = copy.copy(like.compositor) if like else Compositor(data, Laws(data), DEVICE, size)
        self.compositor.laws = Laws(data, held=held)
        context = multiprocessing.get_context("spawn")
        self.queue = context.Queue(16)
        workers = max(1, min(10, (os.cpu_count() or 2) - 4)) if GPU else 1
        self.processes = [context.Process(target=_draw, args=(data, tokenizer, seed * 1000 + k, part, self.queue, held), daemon=True) for k in range(workers)]
        for process in self.processes:
            process.start()

    def next(self):
        """Pictures [N, 3, S, S] as bytes, tokens [N, L], layout."""
        layout, _ = self.queue.get()
        return self.compositor.compose(layout), torch.from_numpy(layout.ids).to(DEVICE), layout

    def close(self) -> None:
        for process in self.processes:
            process.kill()

"""Muon on matrices and flattened kernels, AdamW on the rest, all in static memory, so that one CUDA graph holds a whole update.

Muon: arXiv 2502.16982's orthogonalized momentum, by five Newton–Schulz steps on the Gram matrix, which is smaller than the gradient. The
update of a matrix of r rows and c columns is scaled by √max(1, r / c).
"""
import torch

COEFFICIENTS = (3.4445, -4.7750, 2.0315)


class Optimiser:
    """`rate` is AdamW's learning rate, `muon` Muon's. `average` is a list of parameters that follow exponentially with `decay`."""

    def __init__(self, networks, rate: float, muon: float, clip: float = 1.0, weights: float = 0.01, average=None, decay: float = 0.9995, log=print):
        named = [(name, parameter) for network in networks for name, parameter in network.named_parameters() if parameter.requires_grad]
        self.device = named[0][1].device
        self.parameters = [parameter for _, parameter in named]
        self.rest = [parameter for name, parameter in named if not self.is_matrix(name, parameter)]
        shapes: dict[tuple[int, int], list] = {}
        for name, parameter in named:
            if self.is_matrix(name, parameter):
                shapes.setdefault((parameter.shape[0], parameter[0].numel()), []).append(parameter)
        self.groups = []
        for (rows, columns), members in shapes.items():
            gradient = torch.zeros(len(members), rows, columns, device=self.device)
            views = [gradient[k].view(member.shape) for k, member in enumerate(members)]
            self.groups.append((members, gradient, views, torch.zeros_like(gradient)))
        sizes = [parameter.numel() for parameter in self.rest]
        self.gradient, self.first, self.second, self.change = (torch.zeros(sum(sizes), device=self.device) for _ in range(4))
        self.gradients, self.changes = (self.cut(flat) for flat in (self.gradient, self.change))
        self.decays = [weights if parameter.ndim > 1 else 0.0 for parameter in self.rest]
        self.rate, self.time = torch.zeros((), device=self.device), torch.zeros((), device=self.device)
        self.base, self.ratio, self.clip, self.weights = rate, muon / rate, clip, weights
        self.average, self.decay, self.log = average, decay, log
        self.graph, self.steps = None, 0

    @staticmethod
    def is_matrix(name: str, parameter) -> bool:
        outer = any(part in name for part in ("conv_in", "conv_out", "embedding", "head"))
        return parameter.ndim in (2, 4) and min(parameter.shape[:2]) >= 16 and not outer

    def cut(self, flat: torch.Tensor) -> list[torch.Tensor]:
        parts = flat.split([parameter.numel() for parameter in self.rest])
        return [part.view(parameter.shape) for part, parameter in zip(parts, self.rest)]

    def step(self, scale: float) -> None:
        """Updates after a backward pass; `scale` multiplies both learning rates. Gradients are dropped."""
        self.rate.fill_(self.base * scale)
        for members, _, views, _ in self.groups:
            torch._foreach_copy_(views, [member.grad for member in members])
        torch._foreach_copy_(self.gradients, [parameter.grad for parameter in self.rest])
        for parameter in self.parameters:
            parameter.grad = None
        self.steps += 1
        if self.device.type == "cuda" and self.graph is None and self.steps == 6:
            self.capture()
        elif self.graph:
            self.graph.replay()
        else:
            self.update()

    def capture(self) -> None:
        """Records the update as a CUDA graph, once; without one the update runs as before."""
        try:
            torch.cuda.synchronize()
            graph = torch.cuda.CUDAGraph()
            with torch.cuda.graph(graph):
                self.update()
            self.graph = graph
            graph.replay()
        except RuntimeError as error:
            self.log("no CUDA graph:", repr(error)[:200])
            self.graph = False
            torch.cuda.synchronize()
            self.update()

    @torch.no_grad()
    def update(self) -> None:
        self.time.add_(1)
        self.adam()
        for members, gradient, _, momentum in self.groups:
            self.muon(members, gradient, momentum)
        if self.average is not None:
            torch._foreach_lerp_(self.average, self.parameters, 1 - self.decay)

    def adam(self) -> None:
        gradient, first, second = self.gradient, 0.9, 0.98
        gradient.mul_((self.clip / (gradient.norm() + 1e-6)).clamp(max=1.0))
        self.first.lerp_(gradient, 1 - first)
        self.second.mul_(second).addcmul_(gradient, gradient, value=1 - second)
        corrected = (self.second / (1 - second**self.time)).sqrt() + 1e-8
        torch.div(self.first / (1 - first**self.time), corrected, out=self.change)
        self.change.mul_(self.rate)
        for parameter, decay in zip(self.rest, self.decays):
            if decay:
                parameter.mul_(1 - self.rate * decay)
        torch._foreach_sub_(self.rest, self.changes)

    def muon(self, members, gradient, momentum) -> None:
        rows, columns = gradient.shape[1:]
        momentum.lerp_(gradient, 0.05)
        x = gradient.lerp(momentum, 0.95)
        x = x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)
        wide = rows <= columns
        gram = x @ x.mT if wide else x.mT @ x
        unit = torch.eye(gram.shape[-1], device=self.device)
        total, (a, b, c) = unit, COEFFICIENTS
        for _ in range(5):
            factor = a * unit + b * gram + c * gram @ gram
            total, gram = factor @ total, factor @ gram @ factor
        change = (total @ x if wide else x @ total) * (self.rate * self.ratio * max(1, rows / columns) ** 0.5)
        torch._foreach_mul_(members, 1 - self.rate * self.ratio * self.weights)
        torch._foreach_sub_(members, [change[k].view(member.shape) for k, member in enumerate(members)])

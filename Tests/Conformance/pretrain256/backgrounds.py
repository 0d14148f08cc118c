"""The backgrounds of the world's recipe as tensors, many at a time on one device.

`draw(kind, horizon, size)` returns pictures [N, 3, size, size] in 0…1; `horizon` [N] is where the ground begins, as a share of the height.
Every call draws other ones (PyTorch's generator of the device). A ground is a texture in perspective, so that things can stand on it.
"""
import torch
import torch.nn.functional as F


def colour(*channels: int, device) -> torch.Tensor:
    return torch.tensor(channels, dtype=torch.float32, device=device).view(1, 3, 1, 1) / 255


class Painter:
    """Draws `count` backgrounds of one kind at a time."""

    def __init__(self, horizon: torch.Tensor, size: int):
        self.horizon, self.size, self.device, self.count = horizon.view(-1, 1, 1, 1), size, horizon.device, len(horizon)
        self.y = torch.linspace(0, 1, size, device=self.device).view(1, 1, -1, 1)
        self.x = torch.linspace(0, 1, size, device=self.device).view(1, 1, 1, -1)

    # MARK: parts

    def uniform(self, low: float = 0.0, high: float = 1.0, channels: int = 1) -> torch.Tensor:
        """One number for each picture, [N, channels, 1, 1]."""
        return torch.rand(self.count, channels, 1, 1, device=self.device) * (high - low) + low

    def tone(self, red: int, green: int, blue: int, spread: float = 0.05) -> torch.Tensor:
        """A colour for each picture, near the given one, [N, 3, 1, 1]."""
        common, each = (torch.randn(self.count, channels, 1, 1, device=self.device) for channels in (1, 3))
        return (colour(red, green, blue, device=self.device) + spread * (0.9 * common + 0.45 * each)).clamp(0, 1)

    def one_of(self, *tones: torch.Tensor) -> torch.Tensor:
        """One of the given colours for each picture."""
        stack = torch.stack([tone.expand(self.count, 3, 1, 1) for tone in tones])
        return stack[torch.randint(len(tones), (self.count,), device=self.device), torch.arange(self.count, device=self.device)]

    def noise(self, octaves: int = 5, fall: float = 0.5, wide: float = 1.0, size: int | None = None) -> torch.Tensor:
        """Fractal noise in about 0…1, [N, 1, size, size]; `wide` below 1 stretches it to the sides."""
        size, out, amplitude, total = size or self.size, 0, 1.0, 0.0
        for octave in range(octaves):
            cells = 2 ** (octave + 2)
            grid = torch.rand(self.count, 1, cells + 1, max(2, int(cells * wide)) + 1, device=self.device)
            out = out + amplitude * F.interpolate(grid, (size, size), mode="bicubic", align_corners=True)
            amplitude, total = amplitude * fall, total + amplitude
        return (out / total).clamp(0, 1)

    def gradient(self, top: torch.Tensor, bottom: torch.Tensor) -> torch.Tensor:
        return torch.lerp(top, bottom, self.y).expand(-1, -1, -1, self.size)

    def sky(self) -> torch.Tensor:
        sky = self.gradient(self.tone(90, 150, 225, 0.06), self.tone(190, 220, 245, 0.04))
        clouds = ((self.noise(5, wide=0.5) - self.uniform(0.48, 0.62)) * 5).clamp(0, 0.85)
        return torch.lerp(sky, torch.ones_like(sky), clouds)

    def ground(self, texture: torch.Tensor, scale: float = 1.0) -> torch.Tensor:
        """A texture [N, 3, T, T] as a plane that goes back to the horizon; above it the values are of no use."""
        below = (self.y - self.horizon).clamp(min=0) + 0.045
        depth = 0.16 * scale / below
        across = (self.x - 0.5) * depth * 6
        ahead = depth.expand(-1, -1, -1, self.size) * 3 + self.uniform(0, 1)
        grid = torch.stack([across.expand_as(ahead)[:, 0], ahead[:, 0]], -1)
        return F.grid_sample(texture, grid, mode="bilinear", padding_mode="reflection", align_corners=False)

    def below(self, upper: torch.Tensor, lower: torch.Tensor, edge: torch.Tensor | None = None, soft: float = 0.008) -> torch.Tensor:
        """`lower` under the edge, by default the horizon, `upper` above."""
        edge = self.horizon if edge is None else edge
        return torch.lerp(upper, lower, ((self.y - edge) / soft + 0.5).clamp(0, 1))

    def wavy(self, height: float, cells: int = 3) -> torch.Tensor:
        """A line that goes up and down by about `height`, [N, 1, 1, size]."""
        line = torch.rand(self.count, 1, 1, cells + 2, device=self.device) - 0.5
        return 2 * height * F.interpolate(line, (1, self.size), mode="bicubic", align_corners=True)

    def speckle(self, low: torch.Tensor, high: torch.Tensor, octaves: int = 7, fall: float = 0.75, wide: float = 1.0) -> torch.Tensor:
        return torch.lerp(low, high, self.noise(octaves, fall, wide))

    # MARK: kinds

    def plain(self) -> torch.Tensor:
        base = self.one_of(
            self.tone(245, 245, 245), self.tone(200, 205, 210), self.tone(235, 225, 205), self.tone(180, 205, 230), self.tone(225, 190, 190),
            self.tone(190, 215, 185), self.tone(120, 125, 135), self.tone(235, 205, 120))
        wall = self.gradient(base, base * self.uniform(0.85, 1))
        floor = base * self.uniform(0.75, 0.95) * (0.8 + 0.25 * self.y)
        return self.below(wall, floor, soft=0.12)

    def beach(self) -> torch.Tensor:
        water, waves = self.tone(30, 120, 170), self.noise(6, 0.7, 0.25)
        sea = torch.lerp(water, (water * 1.5 + 0.1).clamp(max=1), ((waves - 0.4) * 3).clamp(0, 1))
        shore = self.horizon + self.uniform(0.06, 0.14) + self.wavy(0.03)
        sand = self.ground(self.speckle(self.tone(190, 160, 110), self.tone(232, 208, 160), 7, 0.8))
        out = self.below(self.below(self.sky(), sea), sand, shore, 0.02)
        return torch.lerp(out, torch.ones_like(out), (1 - ((self.y - shore) / 0.012).abs()).clamp(0, 0.8))

    def snow(self) -> torch.Tensor:
        sky = self.gradient(self.tone(150, 170, 195), self.tone(215, 225, 235, 0.03))
        hills = self.speckle(self.tone(170, 185, 205), self.tone(225, 232, 242))
        white = self.ground(self.speckle(self.tone(205, 215, 235, 0.02), self.tone(250, 252, 255, 0.01)))
        return self.below(self.below(sky, hills, self.horizon - 0.1 + self.wavy(0.08)), white, self.horizon + self.wavy(0.02), 0.02)

    def grass(self) -> torch.Tensor:
        trees = self.speckle(self.tone(25, 60, 30), self.tone(70, 120, 60))
        upper = self.below(self.sky(), trees, self.horizon - 0.06 + self.wavy(0.08, 6), 0.02)
        blades = self.ground(self.speckle(self.tone(45, 95, 30), self.tone(125, 175, 70), 8, 0.85, 2))
        return self.below(upper, blades, soft=0.02)

    def forest(self) -> torch.Tensor:
        leaves = self.speckle(self.tone(15, 40, 20), self.tone(80, 125, 60), 7, 0.8)
        trunks = torch.zeros_like(leaves[:, :1])
        for _ in range(6):
            width = self.uniform(0.012, 0.05)
            trunks = torch.maximum(trunks, (1 - ((self.x - self.uniform(0, 1)).abs() / width) ** 4).clamp(0, 1).expand_as(trunks))
        bark = self.speckle(self.tone(45, 32, 22), self.tone(105, 80, 58), 7, 0.8, 3)
        upper = torch.lerp(leaves, bark, trunks)
        return self.below(upper, self.ground(self.speckle(self.tone(60, 45, 25), self.tone(110, 95, 50), 8, 0.85)), soft=0.04)

    def desert(self) -> torch.Tensor:
        out = self.gradient(self.tone(120, 175, 230), self.tone(245, 225, 190, 0.03))
        for k in range(2):
            sand = self.tone(225 - 15 * k, 160 - 18 * k, 90 - 12 * k, 0.03)
            out = self.below(out, self.speckle(sand * 0.85, sand), self.horizon - 0.14 + 0.1 * k + self.wavy(0.08, 2), 0.012)
        return self.below(out, self.ground(self.speckle(self.tone(190, 135, 75), self.tone(232, 182, 115), 7, 0.7)), soft=0.03)

    def water(self) -> torch.Tensor:
        out = self.gradient(self.tone(60, 170, 205), self.tone(5, 45, 95, 0.03))
        light = (1 - (self.noise(5, 0.6) - 0.5).abs() * 14).clamp(0, 1) * (0.5 - 0.45 * self.y)
        out = torch.lerp(out, colour(210, 245, 255, device=self.device), light)
        for _ in range(8):
            away = ((self.x - self.uniform()) ** 2 + (self.y - self.uniform()) ** 2).sqrt()
            ring = (1 - ((away - self.uniform(0.006, 0.02)).abs() / 0.004)).clamp(0, 0.8)
            out = torch.lerp(out, colour(200, 235, 250, device=self.device), ring)
        return out

    def night(self) -> torch.Tensor:
        out = self.gradient(colour(5, 8, 30, device=self.device).expand(self.count, 3, 1, 1), self.tone(35, 35, 85, 0.03))
        stars = (torch.rand(self.count, 1, self.size, self.size, device=self.device) > 0.9985).float() * torch.rand_like(out[:, :1])
        out = torch.maximum(out, stars.expand_as(out))
        away = ((self.x - self.uniform(0.1, 0.9)) ** 2 + (self.y - self.uniform(0.08, 0.3)) ** 2).sqrt()
        out = torch.lerp(out, colour(250, 245, 215, device=self.device), ((self.uniform(0.04, 0.08) - away) / 0.005).clamp(0, 1))
        return self.below(out, self.ground(self.speckle(self.tone(10, 15, 15, 0.02), self.tone(32, 36, 42, 0.02))), soft=0.03)

    def blocks(self, tall: torch.Tensor, wide: torch.Tensor, offset: float, gap: float) -> tuple[torch.Tensor, torch.Tensor]:
        """A pattern of bricks or planks: the joints [N, 1, S, S] in 0…1, and a number for each block in 0…1."""
        row = torch.floor(self.y / tall)
        across = self.x / wide + row * offset
        column = torch.floor(across)
        inside = ((self.y / tall - row) * tall, (across - column) * wide)
        joints = 1 - torch.minimum((inside[0] / gap).clamp(0, 1), (inside[1] / gap).clamp(0, 1))
        number = torch.frac(torch.sin(row * 12.9898 + column * 78.233 + self.uniform(0, 9)) * 43758.5).abs()
        return joints, number

    def wall(self) -> torch.Tensor:
        tall = self.uniform(0.05, 0.09)
        joints, number = self.blocks(tall, tall * self.uniform(2.1, 2.6), 0.5, 0.008)
        brick = self.one_of(self.tone(165, 70, 50), self.tone(150, 90, 65), self.tone(140, 60, 45)) * (0.82 + 0.3 * number)
        brick = brick * (0.85 + 0.3 * self.noise(7, 0.8))
        return torch.lerp(brick, self.tone(190, 180, 170), joints)

    def brick(self) -> torch.Tensor:
        floor = self.ground(self.speckle(self.tone(110, 105, 100), self.tone(165, 160, 152), 7, 0.8))
        return self.below(self.wall(), floor, self.horizon.clamp(min=0.66) + 0.06)

    def planks(self) -> torch.Tensor:
        joints, number = self.blocks(self.uniform(0.12, 0.22), self.uniform(1.5, 3), 0.37, 0.008)
        base = self.one_of(self.tone(165, 115, 70), self.tone(195, 150, 105), self.tone(110, 75, 50), self.tone(210, 185, 150))
        grain = torch.lerp(base * 0.65, base * 1.15, self.noise(7, 0.75, 0.12)) * (0.85 + 0.25 * number)
        return torch.lerp(grain, grain * 0.4, joints)

    def wood(self) -> torch.Tensor:
        room = self.gradient(self.one_of(self.tone(225, 215, 200), self.tone(150, 165, 175), self.tone(205, 190, 160), self.tone(95, 105, 110)), self.tone(200, 190, 175))
        flat = (torch.rand(self.count, 1, 1, 1, device=self.device) < 0.25).float()
        boards = self.planks()
        return torch.lerp(self.below(room, self.ground(boards, 0.8), soft=0.01), boards, flat)

    def tiles(self) -> torch.Tensor:
        side = self.uniform(0.12, 0.25)
        odd = torch.remainder(torch.floor(self.x / side) + torch.floor(self.y / side), 2)
        light = self.one_of(self.tone(240, 240, 240), self.tone(240, 235, 225), self.tone(235, 240, 245))
        dark = self.one_of(self.tone(40, 40, 45), self.tone(190, 80, 70), self.tone(70, 110, 170), self.tone(90, 130, 100))
        floor = torch.lerp(light, dark, odd) * (0.92 + 0.12 * self.noise(5))
        wall = self.one_of(self.tone(230, 228, 222), self.tone(205, 215, 220), self.tone(220, 205, 185)) * (0.95 + 0.08 * self.noise(4))
        return self.below(wall, self.ground(floor, 0.8), soft=0.008)

    def city(self) -> torch.Tensor:
        out = self.sky()
        for row in range(2):
            houses = torch.rand(self.count, 1, 1, 9 + 3 * row, device=self.device)
            tops = F.interpolate(houses, (1, self.size), mode="nearest") * 0.3 * (1 - 0.35 * row) + 0.05 + 0.13 * row
            shade = F.interpolate(torch.rand(self.count, 1, 1, 9 + 3 * row, device=self.device), (1, self.size), mode="nearest")
            tone = self.tone(120, 120, 130, 0.08) * (0.65 + 0.6 * shade) * (1.15 - 0.25 * row)
            lines = (torch.remainder(self.y * 34, 1) < 0.5) & (torch.remainder(self.x * 42, 1) < 0.55)
            lit = torch.frac(torch.sin(torch.floor(self.y * 34) * 12.9898 + torch.floor(self.x * 42) * 78.233 + self.uniform(0, 9)) * 43758.5).abs() > 0.55
            windows = torch.where(lit, colour(245, 230, 150, device=self.device), tone * 0.5)
            out = self.below(out, torch.where(lines, windows, tone.expand_as(windows)), tops, 0.004)
        street = self.ground(self.speckle(self.tone(70, 70, 75), self.tone(118, 116, 114), 7, 0.85))
        return self.below(out, street, soft=0.01)

    def sunset(self) -> torch.Tensor:
        top, middle, low = self.tone(80, 40, 120, 0.04), self.tone(245, 110, 60, 0.04), colour(255, 215, 120, device=self.device)
        level = (self.y / self.horizon.clamp(min=0.2)).clamp(0, 1)
        out = torch.where(level < 0.6, torch.lerp(top, middle, level / 0.6), torch.lerp(middle, low, (level - 0.6) / 0.4)).expand(-1, -1, -1, self.size)
        away = ((self.x - self.uniform(0.15, 0.85)) ** 2 + (self.y - self.horizon + 0.03) ** 2).sqrt()
        out = torch.lerp(out, colour(255, 240, 170, device=self.device), ((self.uniform(0.05, 0.09) - away) / 0.006).clamp(0, 1))
        return self.below(out, self.ground(self.speckle(self.tone(40, 25, 50, 0.03), self.tone(130, 68, 64, 0.03), 7, 0.7, 0.4)), soft=0.01)


def draw(kind: str, horizon: torch.Tensor, size: int) -> torch.Tensor:
    """Backgrounds of one kind, one for each horizon: [N, 3, size, size] in 0…1."""
    return getattr(Painter(horizon, size), kind)().clamp(0, 1).expand(-1, -1, size, size)

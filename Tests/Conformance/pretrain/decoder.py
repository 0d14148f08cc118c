"""Teaches the decoder alone to bear the errors that sampled latents have; the latents' space, and so U-Net and text encoder, stay.

  python decoder.py --base MODEL --scenes FOLDER --photos FILE.npy --seconds N --work W      W/out/vae.safetensors

FOLDER holds parts as `train.py render` writes them (.u8 and .json), FILE is what `train.py photos` writes. `train.py run --keep 1` does the same with `Lesson`
while its U-Net is compiled.
"""
import argparse, glob, json, math, os, sys, time
import numpy as np, torch, torch.nn.functional as F
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import train

class Lesson:
    """A quarter of a batch is what the U-Net makes of a noised picture in one step, three of sixteen have noise on their latents, the rest are clean; the loss is the
    autoencoder's without KL, away from the crop's border. pixels: N×128×128×3 bytes; z: N×8×16×16, scaled; hidden: N×L×D."""
    def __init__(self, vae, unet, alphas):
        self.vae, self.unet, self.alphas = vae, unet, alphas; vae.requires_grad_(False)
        self.net = torch.nn.ModuleList([vae.decoder, vae.post_quant_conv]).requires_grad_(True); self.opt = train.Optimiser([self.net], 7e-4, .0035, decay=0., muon_decay=0.)
    def amp(self): return torch.autocast(train.DEV.type, torch.bfloat16)
    def decode(self, z): return self.vae.decoder(self.vae.post_quant_conv((z if train.GPU else z.contiguous()) / self.vae.config.scaling_factor))
    @torch.no_grad()
    def one_step(self, z, hidden, t):
        e = torch.randn_like(z); q = self.alphas[t].view(-1, 1, 1, 1); zt = (q.sqrt() * z + (1 - q).sqrt() * e).contiguous(memory_format=torch.channels_last)
        with self.amp(): e = self.unet(zt, t, hidden, return_dict=False)[0].float()
        return (zt - (1 - q).sqrt() * e) / q.sqrt()
    def step(self, pixels, z, hidden, scale):
        """hidden: of the first quarter alone; scale: of the learning rates"""
        B = len(z); k = B // 4; m = k + 3 * B // 16; z = z.clone()
        z[:k] = self.one_step(z[:k], hidden, torch.randint(10, 150, (k,), device=train.DEV)); z[k:m] += torch.rand(m - k, 1, 1, 1, device=train.DEV) * .15 * torch.randn_like(z[k:m])
        h, w = torch.randint(0, 9, (2,)).tolist(); x = train.to_float(pixels[:, 8 * h + 4:8 * h + 60, 8 * w + 4:8 * w + 60])
        with self.amp(): y = self.decode(z[:, :, h:h + 8, w:w + 8])
        y = y.float()[:, :, 4:-4, 4:-4]; mse = F.mse_loss(x, y); edges = (x.diff(dim=2) - y.diff(dim=2)).abs().mean() + (x.diff(dim=3) - y.diff(dim=3)).abs().mean()
        ((x - y).abs().mean() + mse + .5 * edges).backward(); self.opt.step(scale); return mse.detach()
    @torch.no_grad()
    def show(self, sets):
        """sets: (pixels, z, hidden) of scenes, of photos"""
        rows = {}; state = torch.get_rng_state(); torch.manual_seed(0)
        for pixels, z, hidden in sets:
            x = train.to_float(pixels); t = torch.full((len(z),), 100, device=train.DEV)
            for name, v in (('clean', z), ('one step from 100', self.one_step(z, hidden, t)), ('one step from 200', self.one_step(z, hidden, t + 100)), ('noise .1', z + .1 * torch.randn_like(z))):
                with self.amp(): y = self.decode(v).float()
                rows.setdefault(name, []).append(round(train.psnr(x, y), 2))
        torch.set_rng_state(state); return rows

def rate(way, step): return min(1, (step + 1) / 50) * (1 if way < .4 else max(.02, (1 - way) / .6))

def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter); p.add_argument('--base', required=True); p.add_argument('--scenes', required=True); p.add_argument('--photos', required=True)
    p.add_argument('--seconds', type=float, default=380); p.add_argument('--batch', type=int, default=16); p.add_argument('--work', required=True); a = p.parse_args()
    from diffusers import DDIMScheduler
    if not train.GPU: torch.set_num_threads(os.cpu_count())
    vae, unet, text, tok = train.load(a); unet.requires_grad_(False)
    if not train.GPU: vae = vae.to(memory_format=torch.contiguous_format)      # channels_last is three times slower on a CPU in bfloat16
    names = sorted(f[:-3] for f in glob.glob(a.scenes + '/*.u8')); scenes = np.concatenate([np.fromfile(f + '.u8', np.uint8).reshape(-1, 128, 128, 3) for f in names]); captions = sum((json.load(open(f + '.json')) for f in names), [])
    pixels = torch.from_numpy(np.concatenate([scenes, np.load(a.photos)])).to(train.DEV); n = len(scenes); held = 32; B = a.batch
    ids = train.tokens(tok, captions + ['a photo'])
    with torch.no_grad(): Z = torch.cat([train.encode(vae, pixels[i:i + 64]) for i in range(0, len(pixels), 64)]).float() * vae.config.scaling_factor; H = torch.cat([text(ids[i:i + 256])[0] for i in range(0, len(ids), 256)])
    lesson = Lesson(vae, unet, DDIMScheduler.from_pretrained(a.base + '/scheduler').alphas_cumprod.to(train.DEV)); hidden = lambda i: H[i.clamp(max=n)]
    probe = [(pixels[i], Z[i], hidden(i)) for i in (torch.arange(held, device=train.DEV), n + torch.arange(held, device=train.DEV))]
    train.say('psnr of scenes, photos:', lesson.show(probe)); start, step, log = time.time(), 0, []
    while (way := (time.time() - start) / a.seconds) < 1:
        i = torch.where(torch.rand(B) < .3, torch.randint(n + held, len(pixels), (B,)), torch.randint(held, n, (B,))).to(train.DEV)
        log.append(lesson.step(pixels[i], Z[i], hidden(i[:B // 4]), rate(way, step)).item()); step += 1
        if step % 50 == 0: train.say(step, f'psnr {10 * math.log10(4 / np.mean(log[-50:])):.2f}')
    train.say('steps', step, 'psnr of scenes, photos:', lesson.show(probe)); os.makedirs(a.work + '/out', exist_ok=True); train.save(a, 'vae', vae)

if __name__ == '__main__': main()

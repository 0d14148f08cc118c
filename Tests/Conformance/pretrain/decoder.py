"""Teaches the decoder alone to bear the errors that sampled latents have; the latents' space, and so U-Net and text encoder, stay.

  python decoder.py --base MODEL --scenes FOLDER --photos FILE.npy --seconds N --work W      W/out/vae.safetensors

FOLDER holds parts as `train.py render` writes them (.u8 and .json), FILE is what `train.py photos` writes. A quarter of the batch is what the U-Net makes of a
noised picture in one step, three of sixteen have noise on their latents, the rest are clean; the loss is the autoencoder's without KL, away from the crop's border.
"""
import argparse, glob, json, math, os, sys, time
import numpy as np, torch, torch.nn.functional as F
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import train
from diffusers import DDIMScheduler

def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter); p.add_argument('--base', required=True); p.add_argument('--scenes', required=True); p.add_argument('--photos', required=True)
    p.add_argument('--seconds', type=float, default=380); p.add_argument('--batch', type=int, default=16); p.add_argument('--work', required=True); a = p.parse_args()
    if not train.GPU: torch.set_num_threads(os.cpu_count())
    amp = lambda: torch.autocast(train.DEV.type, torch.bfloat16)
    vae, unet, text, tok = train.load(a); vae = vae.to(memory_format=torch.contiguous_format).requires_grad_(False); unet.requires_grad_(False); S = vae.config.scaling_factor      # channels_last is three times slower on a CPU in bfloat16
    names = sorted(f[:-3] for f in glob.glob(a.scenes + '/*.u8')); scenes = np.concatenate([np.fromfile(f + '.u8', np.uint8).reshape(-1, 128, 128, 3) for f in names]); captions = sum((json.load(open(f + '.json')) for f in names), [])
    pixels = torch.from_numpy(np.concatenate([scenes, np.load(a.photos)])).to(train.DEV); n = len(scenes); held = 32
    ids = tok(captions + ['a photo'], padding='max_length', max_length=train.LENGTH, truncation=True, return_tensors='pt').input_ids.to(train.DEV)
    picture = lambda u: u.permute(0, 3, 1, 2).float().div(127.5).sub(1).contiguous()
    with torch.no_grad():
        parts = []
        for i in range(0, len(pixels), 64):
            with amp(): parts.append(vae.quant_conv(vae.encoder(picture(pixels[i:i + 64]))).chunk(2, 1)[0].float() * S)
        Z = torch.cat(parts); H = torch.cat([text(ids[i:i + 256])[0] for i in range(0, len(ids), 256)])
    alphas = DDIMScheduler.from_pretrained(a.base + '/scheduler').alphas_cumprod.to(train.DEV)
    def one_step(i, t):
        e = torch.randn_like(Z[i]); q = alphas[t].view(-1, 1, 1, 1); zt = (q.sqrt() * Z[i] + (1 - q).sqrt() * e).contiguous(memory_format=torch.channels_last)
        with torch.no_grad(), amp(): e = unet(zt, t, H[i.clamp(max=n)], return_dict=False)[0].float()
        return (zt - (1 - q).sqrt() * e) / q.sqrt()
    decode = lambda z: vae.decoder(vae.post_quant_conv(z.contiguous() / S))
    def show():
        i = torch.cat([torch.arange(held), n + torch.arange(held)]).to(train.DEV); x = picture(pixels[i]); torch.manual_seed(0); t = torch.full_like(i, 100); rows = {}
        for name, z in (('clean', Z[i]), ('one step from 100', one_step(i, t)), ('one step from 200', one_step(i, t + 100)), ('noise .1', Z[i] + .1 * torch.randn_like(Z[i]))):
            with torch.no_grad(), amp(): y = decode(z).float()
            rows[name] = [round(train.psnr(x[:held], y[:held]), 2), round(train.psnr(x[held:], y[held:]), 2)]
        return rows
    train.say('psnr of scenes, photos:', show())
    net = torch.nn.ModuleList([vae.decoder, vae.post_quant_conv]).requires_grad_(True); opt = train.Optimiser([net], 7e-4, .0035, decay=0., muon_decay=0.)
    B, start, step, log = a.batch, time.time(), 0, []
    while (way := (time.time() - start) / a.seconds) < 1:
        i = torch.where(torch.rand(B) < .3, torch.randint(n + held, len(pixels), (B,)), torch.randint(held, n, (B,))).to(train.DEV); z = Z[i].clone(); k = B // 4; m = k + 3 * B // 16
        z[:k] = one_step(i[:k], torch.randint(10, 150, (k,), device=train.DEV)); z[k:m] += torch.rand(m - k, 1, 1, 1, device=train.DEV) * .15 * torch.randn_like(z[k:m])
        h, w = torch.randint(0, 9, (2,)).tolist(); x = picture(pixels[i])[:, :, 8 * h + 4:8 * h + 60, 8 * w + 4:8 * w + 60]
        with amp(): y = decode(z[:, :, h:h + 8, w:w + 8])
        y = y.float()[:, :, 4:-4, 4:-4]; mse = F.mse_loss(x, y); edges = (x.diff(dim=2) - y.diff(dim=2)).abs().mean() + (x.diff(dim=3) - y.diff(dim=3)).abs().mean()
        ((x - y).abs().mean() + mse + .5 * edges).backward(); opt.step(min(1, (step + 1) / 50) * (1 if way < .4 else max(.02, (1 - way) / .6))); step += 1; log.append(mse.item())
        if step % 50 == 0: train.say(step, f'psnr {10 * math.log10(4 / np.mean(log[-50:])):.2f}')
    train.say('steps', step, 'psnr of scenes, photos:', show()); os.makedirs(a.work + '/out', exist_ok=True); train.save(a, 'vae', vae)

if __name__ == '__main__': main()

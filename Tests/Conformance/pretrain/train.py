"""Trains `collage` further within one short loan of a GPU: scenes are rendered on all cores while the autoencoder learns, then U-Net and text encoder learn.

  python train.py run --work W --base MODEL --seconds N [--vae_seconds M] [--keep 1]     W/out/*.safetensors in half precision, scale.json, samples.png

With --keep the latents stay as they are: the decoder alone learns (decoder.py) until the U-Net is compiled, and scenes go on coming while the U-Net learns. A time in seconds since 1970 in W/deadline replaces the end. cutouts.npz and photos.npz lie beside this file (README.md).
"""
import argparse, glob, io, json, math, os, queue, subprocess, sys, threading, time, traceback
import numpy as np, torch, torch.nn.functional as F
from PIL import Image
HERE = os.path.dirname(os.path.abspath(__file__)); sys.path.insert(0, HERE)
GPU = torch.cuda.is_available(); DEV = torch.device('cuda' if GPU else 'cpu'); T0 = float(os.environ.get('T0', time.time()))
os.environ['T0'] = str(T0)
S, LENGTH = 128, 32
def say(*a): print(f'[{time.time() - T0:6.1f}]', *a, flush=True)
def sync(): torch.cuda.synchronize() if GPU else None
def amp(): return torch.autocast(DEV.type, torch.bfloat16, enabled=GPU)
PROMPTS = ['a photo of a tiger at the beach', 'a photo of a red apple on a wooden table', 'an oil painting of a penguin in the snow', 'a photo of a bird and a flower in the forest',
           'a photo of a volleyball and a frog on a tiled floor', 'a pencil sketch of a teddy bear', 'a pixel art of a truck in the desert', 'a photo of a dog at night',
           'a photo of a rubber duck under water', 'a black and white photo of a violin', 'a photo of a husky and a banana and a drum on the grass', 'a photo of a dog in the city']

# --- rendering: processes that write parts of scenes until W/stop_render exists ------------------------------------------------
def render(a):
    import world; torch.set_num_threads(1); os.nice(15)
    objs = [o for o in world.load_objects() if not o['held']]; k = 0
    while not os.path.exists(a.work + '/stop_render'):
        x = np.empty((a.part, S, S, 3), np.uint8); caps = []
        for i in range(a.part):
            im, c = world.scene(np.random.default_rng((a.world + a.worker) * 10**7 + k * a.part + i), objs); x[i] = np.asarray(im); caps.append(c)
        n = f'{a.work}/parts/{a.worker:02d}_{k:04d}'; x.tofile(n + '.u8'); open(n + '.tmp', 'w').write(json.dumps(caps)); os.rename(n + '.tmp', n + '.json'); k += 1

def photos(a):
    """crops of a square of 20 % to 100 % of the short side, at 128 pixels"""
    torch.set_num_threads(1); z = np.load(HERE + '/photos.npz'); at, blob = z['at'], z['blob']; rng = np.random.default_rng(7 + a.worker); out = []
    for j in range(a.worker, len(at) - 1, a.workers):
        im = Image.open(io.BytesIO(blob[at[j]:at[j + 1]].tobytes())).convert('RGB')
        for _ in range(a.count):
            side = int(min(im.size) * rng.uniform(.2, 1)); x, y = (rng.integers(0, d - side + 1) for d in im.size); c = im.resize((S, S), Image.LANCZOS, (x, y, x + side, y + side))
            out.append(np.asarray(c if rng.random() < .5 else c.transpose(Image.FLIP_LEFT_RIGHT)))
    np.save(f'{a.work}/photos{a.worker}.tmp.npy', np.stack(out)); os.rename(f'{a.work}/photos{a.worker}.tmp.npy', f'{a.work}/photos{a.worker}.npy')

# --- optimiser: Muon in groups of one shape and AdamW on one flat vector, all in static memory so that a CUDA graph can hold it ---
class Optimiser:
    def __init__(self, nets, lr, muon_lr, clip=1., decay=.01, muon_decay=.01, ema=None):
        named = [(f'{i}.{n}', p) for i, net in enumerate(nets) for n, p in net.named_parameters()]
        skip = ('conv_in', 'conv_out', 'embedding'); is_m = lambda n, p: p.ndim in (2, 4) and min(p.shape[:2]) >= 16 and not any(s in n for s in skip)
        self.rest = [p for n, p in named if not is_m(n, p)]; groups = {}
        for n, p in named:
            if is_m(n, p): groups.setdefault((p.shape[0], p[0].numel()), []).append(p)
        self.groups = []
        for (r, c), ps in groups.items():
            g = torch.zeros(len(ps), r, c, device=DEV); self.groups.append((ps, g, [g[i].view(p.shape) for i, p in enumerate(ps)], torch.zeros_like(g)))
        n = sum(p.numel() for p in self.rest); self.flat = torch.zeros(n, device=DEV); self.m = torch.zeros_like(self.flat); self.v = torch.zeros_like(self.flat); self.up = torch.zeros_like(self.flat); self.decay = torch.zeros_like(self.flat)
        cut = lambda t: [v.view(p.shape) for v, p in zip(t.split([p.numel() for p in self.rest]), self.rest)]
        self.gviews, self.upviews = cut(self.flat), cut(self.up)
        for p, d in zip(self.rest, cut(self.decay)): d.fill_(decay if p.ndim > 1 else 0.)
        self.lr = torch.tensor(0., device=DEV); self.t = torch.zeros((), device=DEV); self.base, self.ratio, self.clip, self.md = lr, muon_lr / lr, clip, muon_decay
        self.params = [p for _, p in named]; self.graph = None; self.ema = ema; self.steps = 0
    @torch.no_grad()
    def update(self):
        self.t.add_(1); g = self.flat; g.mul_((self.clip / (g.norm() + 1e-6)).clamp(max=1.)); b1, b2 = .9, .98
        self.m.lerp_(g, 1 - b1); self.v.mul_(b2).addcmul_(g, g, value=1 - b2)
        torch.div(self.m / (1 - b1 ** self.t), (self.v / (1 - b2 ** self.t)).sqrt() + 1e-8, out=self.up); self.up.mul_(self.lr)
        for p, u, d in zip(self.rest, self.upviews, self.decay.split([p.numel() for p in self.rest])): p.mul_(1 - self.lr * d[0])
        torch._foreach_sub_(self.rest, self.upviews)
        for ps, g, _, mom in self.groups:
            r, c = g.shape[1:]; mom.lerp_(g, .05); x = g.lerp(mom, .95); x = x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7); wide = r <= c
            gram = x @ x.mT if wide else x.mT @ x; eye = torch.eye(gram.shape[-1], device=DEV); total = eye
            for _ in range(5): q = 3.4445 * eye - 4.7750 * gram + 2.0315 * gram @ gram; total = q @ total; gram = q @ gram @ q
            u = total @ x if wide else x @ total; u = u * (self.lr * self.ratio * max(1, r / c) ** .5)
            torch._foreach_mul_(ps, 1 - self.lr * self.ratio * self.md); torch._foreach_sub_(ps, [u[i].view(p.shape) for i, p in enumerate(ps)])
        if self.ema: torch._foreach_lerp_(self.ema[0], self.params, 1 - self.ema[1])
    def step(self, scale):
        """after backward; scale: of the learning rates"""
        self.lr.fill_(self.base * scale)
        for ps, _, views, _ in self.groups: torch._foreach_copy_(views, [p.grad for p in ps])
        torch._foreach_copy_(self.gviews, [p.grad for p in self.rest])
        for p in self.params: p.grad = None
        self.steps += 1
        if GPU and self.graph is None and self.steps == 6: self.capture()
        elif self.graph: self.graph.replay()
        else: self.update()
    def capture(self):
        try:
            torch.cuda.synchronize(); g = torch.cuda.CUDAGraph()
            with torch.cuda.graph(g): self.update()
            self.graph = g; g.replay(); say('optimiser captured as a CUDA graph')
        except Exception as e: say('no CUDA graph:', repr(e)[:300]); self.graph = False; torch.cuda.synchronize(); self.update()

# --- networks -----------------------------------------------------------------------------------------------------------------
def load(a):
    from diffusers import AutoencoderKL, UNet2DConditionModel
    from transformers import CLIPTextModel, CLIPTokenizer
    vae = AutoencoderKL.from_pretrained(a.base + '/vae', torch_dtype=torch.float32).to(DEV, memory_format=torch.channels_last)
    unet = UNet2DConditionModel.from_pretrained(a.base + '/unet', torch_dtype=torch.float32).to(DEV, memory_format=torch.channels_last)
    text = CLIPTextModel.from_pretrained(a.base + '/text_encoder', torch_dtype=torch.float32).to(DEV)
    return vae, unet, text, CLIPTokenizer.from_pretrained(a.base + '/tokenizer')

class Coder(torch.nn.Module):
    """x, noise -> reconstruction, mean, log variance, and the picture at half size decoded from latents at half size (EQ-VAE, arXiv 2502.09509)"""
    def __init__(self, vae): super().__init__(); self.encoder, self.quant_conv, self.post_quant_conv, self.decoder = vae.encoder, vae.quant_conv, vae.post_quant_conv, vae.decoder
    def forward(self, x, noise):
        mean, logvar = self.quant_conv(self.encoder(x)).chunk(2, 1); logvar = logvar.clamp(-20, 10); z = mean + noise * (.5 * logvar).exp()
        return self.decoder(self.post_quant_conv(z)), mean, logvar, self.decoder(self.post_quant_conv(F.avg_pool2d(z[::2], 2)))

class Denoiser(torch.nn.Module):
    def __init__(self, unet): super().__init__(); self.unet = unet
    def forward(self, z, t, context): return self.unet(z, t, context, return_dict=False)[0]

VB = 256 if GPU else 8
def vae_loss(forward, x):
    with amp(): y, mean, logvar, h = forward(x, torch.randn(len(x), 8, x.shape[2] // 8, x.shape[3] // 8, device=DEV).contiguous(memory_format=torch.channels_last))
    y, mean, logvar, h = y.float(), mean.float(), logvar.float(), h.float(); mse = F.mse_loss(x, y); low = F.avg_pool2d(x[::2], 2)
    edges = (x.diff(dim=2) - y.diff(dim=2)).abs().mean() + (x.diff(dim=3) - y.diff(dim=3)).abs().mean()
    return (x - y).abs().mean() + mse + .5 * edges + 1e-5 * (mean ** 2 + logvar.exp() - 1 - logvar).mean() + .25 * ((low - h).abs().mean() + F.mse_loss(low, h)), mse

def warm(a):
    """compiles one network, forward and backward, so that the main process finds it in the cache"""
    vae, unet, text, tok = load(a)
    if a.what == 'vae':
        f = torch.compile(Coder(vae)); x = torch.rand(VB, 3, 64, 64, device=DEV).contiguous(memory_format=torch.channels_last)
        for _ in range(2): vae_loss(f, x)[0].backward()
    else:
        f = torch.compile(Denoiser(unet)); z, c, t = diffusion_batch(torch.randn(a.batch, 8, 16, 16, device=DEV), text(torch.zeros(a.batch, LENGTH, dtype=torch.long, device=DEV)))
        for _ in range(2):
            with amp(): p = f(z, t, text(torch.zeros(a.batch, LENGTH, dtype=torch.long, device=DEV))[0])
            p.float().square().mean().backward()
    sync()
    open(f'{a.work}/warm_{a.what}', 'w').write('1'); say('warm', a.what)
def diffusion_batch(z, text): return z.contiguous(memory_format=torch.channels_last), text[0], torch.randint(0, 1000, (len(z),), device=DEV)

def spawn(a, stage, *more, quiet=False):
    return subprocess.Popen([sys.executable, os.path.abspath(__file__), stage, '--work', a.work, '--base', a.base, '--batch', str(a.batch), '--world', str(a.world), *map(str, more)], env={**os.environ, 'OMP_NUM_THREADS': '1', **({'CUDA_VISIBLE_DEVICES': ''} if quiet else {})})

def psnr(a, b): return (10 * torch.log10(4 / (a - b).square().mean((1, 2, 3)))).mean().item()
def to_float(u): return u.permute(0, 3, 1, 2).float().div_(127.5).sub_(1).contiguous(memory_format=torch.channels_last)

class Scenes:
    """pixels of all scenes so far, on the device"""
    def __init__(self, a): self.a, self.n, self.caps, self.seen = a, 0, [], set(); self.pool = torch.empty(a.scenes, S, S, 3, dtype=torch.uint8, device=DEV)
    def take(self, most=4):
        for x, caps in parts(self.a, self.seen):
            k = min(self.a.part, len(self.pool) - self.n)
            if k <= 0: return False
            self.pool[self.n:self.n + k].copy_(torch.from_numpy(x[:k])); self.caps += caps[:k]; self.n += k; most -= 1
            if most == 0: break
        return True

def parts(a, seen):
    """what has been rendered and not been seen: pixels, captions"""
    for f in sorted(glob.glob(a.work + '/parts/*.json')):
        if f in seen: continue
        x = np.fromfile(f[:-5] + '.u8', np.uint8).reshape(-1, S, S, 3); seen.add(f); os.remove(f[:-5] + '.u8'); yield x, json.load(open(f))

class Feeder(threading.Thread):
    """reads parts and their captions' tokens beside the training, until there are enough"""
    def __init__(self, a, tok): super().__init__(daemon=True); self.a, self.tok, self.ready, self.seen, self.n = a, tok, queue.Queue(40), set(), 0
    def run(self):
        while self.n < self.a.scenes:
            for x, caps in parts(self.a, self.seen):
                self.ready.put((torch.from_numpy(x), tokens(self.tok, caps, 'cpu'))); self.n += len(x)
            time.sleep(.2)
        open(self.a.work + '/stop_render', 'w').write('1')

class Pool:
    """scaled latents and captions' tokens of all scenes so far, on the device; pixels of the first"""
    def __init__(self, a, vae, capacity, pixels=0):
        self.vae, self.n, self.pixels = vae, 0, torch.empty(min(pixels, capacity), S, S, 3, dtype=torch.uint8, device=DEV)
        self.z = torch.empty(capacity, 8, 16, 16, dtype=torch.float16, device=DEV); self.ids = torch.empty(capacity, LENGTH, dtype=torch.long, device=DEV)
    def add(self, x, ids):
        x = x[:len(self.z) - self.n].to(DEV, non_blocking=True); k = len(x); self.z[self.n:self.n + k] = encode(self.vae, x) * self.vae.config.scaling_factor; self.ids[self.n:self.n + k] = ids[:k].to(DEV)
        m = max(0, min(k, len(self.pixels) - self.n)); self.pixels[self.n:self.n + m] = x[:m]; self.n += k
    def take(self, feeder, most):
        while most and not feeder.ready.empty(): self.add(*feeder.ready.get()); most -= 1

def tokens(tok, texts, device=None): return tok(texts, padding='max_length', max_length=LENGTH, truncation=True, return_tensors='pt').input_ids.to(device or DEV)
@torch.no_grad()
def encode(vae, pixels):
    """means of the latents, in half precision, not scaled"""
    z = torch.empty(len(pixels), 8, 16, 16, dtype=torch.float16, device=DEV)
    with torch.autocast(DEV.type, torch.bfloat16):
        for i in range(0, len(pixels), 1024): z[i:i + 1024] = vae.quant_conv(vae.encoder(to_float(pixels[i:i + 1024]))).chunk(2, 1)[0].half()
    return z

def crops(pool, n, count, size):
    i = torch.randint(0, n, (count, 1, 1), device=DEV); y = torch.randint(0, S - size + 1, (count, 1, 1), device=DEV) + torch.arange(size, device=DEV)[None, :, None]; x = torch.randint(0, S - size + 1, (count, 1, 1), device=DEV) + torch.arange(size, device=DEV)[None, None]
    return pool[i, y, x]

def deadline(a, end):
    try: return float(open(a.work + '/deadline').read())
    except Exception: return end

def run(a):
    os.makedirs(a.work + '/parts', exist_ok=True); os.makedirs(a.work + '/out', exist_ok=True)
    workers = max(1, (os.cpu_count() or 2) - 3) if GPU else 2
    jobs = [spawn(a, 'photos', '--worker', i, '--workers', 4 if GPU else 1, '--count', a.count, quiet=True) for i in range(4 if GPU else 1)]
    warmers = {w: spawn(a, 'warm', '--what', w) for w in (() if not a.compile else ('unet',) if a.keep else ('vae', 'unet'))}
    renderers = [spawn(a, 'render', '--worker', i, '--part', a.part, quiet=True) for i in range(workers)]
    try: train(a, warmers, renderers)
    except Exception: traceback.print_exc(); sys.stdout.flush(); raise
    finally:
        open(a.work + '/stop_render', 'w').write('1')
        for p in [*renderers, *warmers.values()]: p.kill()
        open(a.work + '/done', 'w').write('1')

def train(a, warmers, renderers):
    vae, unet, text, tok = load(a); say('loaded', torch.__version__, torch.cuda.get_device_name() if GPU else 'cpu', os.cpu_count(), 'cores')
    if a.keep: feeder = Feeder(a, tok); feeder.start(); pool, photo = decoder(a, vae, unet, text, tok, feeder)
    else: feeder = None; pool, photo = autoencoder(a, vae, tok, renderers)
    diffusion(a, vae, unet, text, tok, pool, photo, feeder, warmers)

def photographs(a):
    """crops of photos, once they are all there"""
    if len(fs := glob.glob(a.work + '/photos?.npy')) < (4 if GPU else 1): return None
    photo = torch.from_numpy(np.concatenate([np.load(f) for f in sorted(fs)])); photo = photo[torch.randperm(len(photo), generator=torch.Generator().manual_seed(1))].to(DEV); say('photos', len(photo)); return photo

def decoder(a, vae, unet, text, tok, feeder):
    import decoder as lessons
    from diffusers import DDIMScheduler
    pool = Pool(a, vae, a.scenes, 60000); photo, zp, it, log, end = None, None, 0, [], T0 + a.vae_seconds; held, B = (64, VB) if GPU else (8, 8)
    while pool.n < a.first or photo is None: pool.take(feeder, 4); photo = photographs(a) if photo is None else photo; time.sleep(.1)
    zp = encode(vae, photo).float() * vae.config.scaling_factor; said = tokens(tok, ['a photo']); lesson = lessons.Lesson(vae, unet.requires_grad_(False), DDIMScheduler.from_pretrained(a.base + '/scheduler').alphas_cumprod.to(DEV))
    def hidden(ids):
        with torch.no_grad(): return text(ids)[0]
    probe = (pool.pixels[:held].clone(), pool.z[:held].float(), hidden(pool.ids[:held])), (photo[:held], zp[:held], hidden(said.expand(held, -1)))
    say('scenes', pool.n, 'psnr of scenes, photos:', lesson.show(probe)); start = time.time()
    while (now := time.time()) < end:
        pool.take(feeder, 2); n = min(pool.n, len(pool.pixels)); k = B * 3 // 10; i = torch.randint(held, n, (B - k,), device=DEV); j = torch.randint(held, len(photo), (k,), device=DEV); mix = torch.randperm(B, device=DEV)
        x = torch.cat([pool.pixels[i], photo[j]])[mix]; z = torch.cat([pool.z[i].float(), zp[j]])[mix]; ids = torch.cat([pool.ids[i], said.expand(k, -1)])[mix]
        log.append(lesson.step(x, z, hidden(ids[:B // 4]), lessons.rate((now - start) / (end - start), it))); it += 1
        if it % (100 if GPU else 4) == 0: say(f'decoder {it} {it * B / (time.time() - start):.0f}/s psnr {10 * math.log10(4 / torch.stack(log[-100:]).mean().item()):.2f} scenes {pool.n}')
    say('decoder after', it, 'steps, psnr of scenes, photos:', lesson.show(probe)); unet.requires_grad_(True); vae.eval().requires_grad_(False); save(a, 'vae', vae); pool.pixels = pool.pixels[:0]
    return pool, zp.half()

def autoencoder(a, vae, tok, renderers):
    vae_end = T0 + a.vae_seconds; scenes = Scenes(a); photo = None
    while scenes.n < a.first: scenes.take(); time.sleep(.3)
    say('first scenes', scenes.n)
    coder = Coder(vae); forward = coder; opt = Optimiser([vae], 2e-3, .01, decay=0., muon_decay=0.); it, t1, rate = 0, time.time(), 0
    probe = to_float(scenes.pool[:64 if GPU else 4])
    def show():
        vae.eval()
        with torch.no_grad():
            r = [psnr(p, vae.decode(vae.encode(p).latent_dist.mode()).sample) for p in (probe, *([to_float(photo[:64 if GPU else 4])] if photo is not None else []))]
        vae.train(); return r
    say('autoencoder before, psnr', show())
    while (now := time.time()) < vae_end:
        if it % 10 == 0:
            scenes.take(6 if now - T0 > 20 else 2)
            if photo is None and (photo := photographs(a)) is not None: say('psnr', show())
            if forward is coder and a.compile and os.path.exists(a.work + '/warm_vae') and vae_end - now > 40:
                say('compiling the autoencoder at', it); c0 = time.time()
                try: forward = torch.compile(coder); vae_loss(forward, crop_batch(scenes, photo))[0].backward(); sync(); say(f'compiled in {time.time() - c0:.1f} s'); rate = time.time()
                except Exception as e: forward = lambda *x: coder(*x); say('not compiled:', repr(e)[:300])
                vae.zero_grad()
        fr = (now - t1) / (vae_end - t1); s = min(1, (it + 1) / 100) * (1 if fr < .5 else max(.02, (1 - fr) / .5))
        loss, mse = vae_loss(forward, crop_batch(scenes, photo)); loss.backward(); opt.step(s); it += 1
        if it % (200 if GPU else 4) == 0: m = mse.item(); say(f'vae {it} {200 * VB / (time.time() - rate):.0f}/s psnr {10 * math.log10(4 / m):.2f} scenes {scenes.n}'); rate = time.time()
    say('autoencoder after, psnr', show(), 'steps', it); open(a.work + '/stop_render', 'w').write('1')
    while scenes.take(1000) and any(p.poll() is None for p in renderers) and time.time() < vae_end + 6: time.sleep(.5)
    scenes.take(1000); vae.eval().requires_grad_(False); vae.register_to_config(scaling_factor=1 / encode(vae, scenes.pool[:20000][:scenes.n]).float().std().item()); pool = Pool(a, vae, scenes.n)
    pool.add(scenes.pool[:scenes.n], tokens(tok, scenes.caps, 'cpu')); save(a, 'vae', vae)
    return pool, None if photo is None else encode(vae, photo) * vae.config.scaling_factor

def diffusion(a, vae, unet, text, tok, pool, photo, feeder, warmers):
    """photo: latents of photos, a twentieth of every batch"""
    from diffusers import DDIMScheduler
    import copy
    end = T0 + a.seconds; null, said = tokens(tok, [''])[0], tokens(tok, ['a photo'])[0]; h = 512 if GPU else 8; vz, vi = pool.z[:h].float(), pool.ids[:h].clone()
    json.dump(dict(scaling_factor=vae.config.scaling_factor), open(a.work + '/out/scale.json', 'w')); say('scenes', pool.n, 'scaling_factor', vae.config.scaling_factor)
    alphas = DDIMScheduler.from_pretrained(a.base + '/scheduler').alphas_cumprod.to(DEV); level = torch.full((40,), -1., device=DEV)
    ema = copy.deepcopy(unet).requires_grad_(False), copy.deepcopy(text).requires_grad_(False); B = a.batch
    opt = Optimiser([unet, text], a.lr, a.lr * 10, ema=([*ema[0].parameters(), *ema[1].parameters()], a.ema))
    den = Denoiser(unet); forward = den
    def batch():
        k = 0 if photo is None else B // 20; i = torch.randint(h, pool.n, (B - k,), device=DEV); x = pool.z[i]; c = pool.ids[i]
        if k: x = torch.cat([x, photo[torch.randint(0, len(photo), (k,), device=DEV)]]); c = torch.cat([c, said.expand(k, -1)])
        x = x.float(); c = torch.where(torch.rand(B, 1, device=DEV) < .1, null, c); e = torch.randn_like(x)
        t = torch.where(torch.rand(B, device=DEV) < .3, torch.rand(B, device=DEV), torch.sigmoid(torch.randn(B, device=DEV) - .4)).mul(1000).long().clamp(0, 999); q = alphas[t].view(-1, 1, 1, 1)
        return (q.sqrt() * x + (1 - q).sqrt() * e).contiguous(memory_format=torch.channels_last), c, t, e
    def loss_of(f, zt, c, t, e):
        with amp(): p = f(zt, t, text(c)[0])
        return (p.float() - e).square().mean((1, 2, 3))
    if a.compile and warmers['unet'].poll() in (None, 0):
        try:
            w0 = time.time()
            while warmers['unet'].poll() is None and time.time() - w0 < 30: time.sleep(.2)
            args = batch(); gs = []
            for f in (den, torch.compile(den)):
                c0 = time.time(); loss_of(f, *args).mean().backward(); sync(); say(f'gradient in {time.time() - c0:.1f} s'); gs.append([p.grad.float().clone() for p in unet.parameters()]); unet.zero_grad(); text.zero_grad()
            err = max(((x - y).norm() / (x.norm() + 1e-3 * sum(v.norm() for v in gs[0]) / len(gs[0]))).item() for x, y in zip(*gs)); say(f'compiled gradient differs by {err:.3g} at most')
            if err < .2: forward = f
            else: say('the compiled gradient is wrong: eager')
        except Exception as e: say('not compiled:', repr(e)[:400])
    say('validate before', validate(ema, alphas, vz, vi))
    t1 = time.time(); step, rate, log, saved = 0, time.time(), None, time.time()
    while (now := time.time()) < end:
        if step % 50 == 0: end = deadline(a, end)
        if feeder and step % 5 == 0: pool.take(feeder, 2)
        fr = (now - t1) / (end - t1); s = min(1, (step + 1) / 300) * (1 if fr < .55 else max(.01, (1 - fr) / .45))
        zt, c, t, e = batch(); raw = loss_of(forward, zt, c, t, e); b = t // 25; r = raw.detach()
        n = torch.zeros(40, device=DEV).index_add_(0, b, torch.ones_like(r)); mean = torch.zeros(40, device=DEV).index_add_(0, b, r) / n.clamp(min=1)
        level = torch.where(n == 0, level, torch.where(level < 0, mean, level + (1 - .98 ** n) * (mean - level)))
        ((raw / level[b]).mean() * .1).backward(); opt.step(s); step += 1; log = r.mean() if log is None else log.lerp(r.mean(), .01)
        if step % (250 if GPU else 3) == 0: say(f'diffusion {step} {250 * B / (time.time() - rate):.0f}/s error {log.item():.4f} of the way {fr:.2f} to {end - T0:.0f}, scenes {pool.n}'); rate = time.time()
        if now - saved > 100: save(a, 'unet', ema[0]); save(a, 'text_encoder', ema[1]); say('validate', validate(ema, alphas, vz, vi)); saved = time.time(); rate = time.time()
    save(a, 'unet', ema[0]); save(a, 'text_encoder', ema[1]); say('steps', step, 'samples', step * B, 'validate after', validate(ema, alphas, vz, vi)); samples(a, ema, vae, tok)

@torch.no_grad()
def validate(ema, alphas, z, ids):
    out = []
    for k in (20, 60, 120, 200, 280, 360, 440, 520, 600, 700, 800):
        g = torch.Generator(DEV).manual_seed(k); e = torch.randn(z.shape, generator=g, device=DEV); q = alphas[k]
        with amp(): p = ema[0]((q.sqrt() * z + (1 - q).sqrt() * e).contiguous(memory_format=torch.channels_last), k, ema[1](ids)[0], return_dict=False)[0]
        out.append(round((p.float() - e).square().mean().item(), 4))
    return out

def save(a, name, net):
    from safetensors.torch import load_file, save_file
    f = glob.glob(f'{a.base}/{name}/*.safetensors')[0]; sd = net.state_dict(); short = {k.removeprefix('text_model.'): v for k, v in sd.items()}; out = {}
    for k, v in load_file(f).items():
        w = sd.get(k, short.get(k.removeprefix('text_model.'))); assert w is not None and w.shape == v.shape, k
        out[k] = w.detach().to(v.dtype).cpu().contiguous()
    p = f'{a.work}/out/{name}.safetensors'; save_file(out, p + '.tmp', metadata=dict(format='pt')); os.rename(p + '.tmp', p)

@torch.no_grad()
def samples(a, ema, vae, tok, guidance=3., steps=30):
    from diffusers import DDIMScheduler
    sch = DDIMScheduler.from_pretrained(a.base + '/scheduler'); sch.set_timesteps(steps); ids = lambda x: tokens(tok, x); rows = []
    for seed in (3, 4, 5, 6):
        h = ema[1](ids(PROMPTS))[0]; h = torch.cat([ema[1](ids(['']))[0].expand_as(h), h]); z = torch.randn(len(PROMPTS), 8, 16, 16, generator=torch.Generator().manual_seed(seed)).to(DEV)
        for t in sch.timesteps:
            u, c = ema[0](torch.cat([z, z]), t.to(DEV), h)[0].chunk(2); z = sch.step(u + guidance * (c - u), t, z).prev_sample
        x = vae.decode(z / vae.config.scaling_factor).sample.clamp(-1, 1).cpu(); rows.append(torch.cat([torch.cat(list(x[i:i + 6]), 2) for i in (0, 6)], 1))
    Image.fromarray(((torch.cat(rows, 1) + 1) * 127.5).byte().permute(1, 2, 0).numpy()).save(a.work + '/out/samples.png'); say('samples drawn')

def crop_batch(scenes, photo):
    size = 64; k = 0 if photo is None else VB * 3 // 10
    x = crops(scenes.pool, scenes.n, VB - k, size)
    return to_float(x if k == 0 else torch.cat([x, crops(photo, len(photo), k, size)]))

if __name__ == '__main__':
    p = argparse.ArgumentParser(); p.add_argument('stage'); p.add_argument('--work', required=True); p.add_argument('--base', required=True); p.add_argument('--seconds', type=float, default=700); p.add_argument('--vae_seconds', type=float, default=155)
    p.add_argument('--scenes', type=int, default=420000 if GPU else 400); p.add_argument('--first', type=int, default=6000 if GPU else 100); p.add_argument('--part', type=int, default=500 if GPU else 50); p.add_argument('--worker', type=int, default=0); p.add_argument('--workers', type=int, default=1)
    p.add_argument('--count', type=int, default=150 if GPU else 2); p.add_argument('--batch', type=int, default=768 if GPU else 16); p.add_argument('--lr', type=float, default=1e-3); p.add_argument('--ema', type=float, default=.9995); p.add_argument('--compile', type=int, default=int(GPU)); p.add_argument('--what'); p.add_argument('--keep', type=int, default=0); p.add_argument('--world', type=int, default=77000); a = p.parse_args()
    if not GPU: torch.set_num_threads(1)
    globals()[a.stage](a)

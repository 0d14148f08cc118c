## Break-A-Scene (Avrahami et al. 2023, arXiv 2305.16311), written out in the language.
##
## One photo and one mask per thing go in; a model comes out that has a handle for each thing. The functions below are
## the whole method, top down: `extract` runs the two phases of section 3, a phase runs `training_step`, and a step is
## the gradient of three losses on one draw of everything random. Change a loss, a law, a weight, and run it.
##
## On the same seed every loss equals that of the built-in `phase1` and `phase2`, which are the same steps without the
## interpreter. The defaults are the authors' code's; what suits the embedded model is in `collage` below.
##
##     import "break_a_scene.bas" as method
##     first = method.phase_one(load_model("collage"), load_scene("mug_rose"), ..method.collage, steps=100, lr=5e-3)
##     show first.model, table(first.history)

# Prompts that the embedded model learns in; * stands for the handles. More of them: contexts=collage_contexts + [...].
places = [
    "at the beach", "in the snow", "on a wooden table", "at night", "on the grass", "in the city", "in the forest",
];
collage_contexts = ["a photo of *", "a photo of *", "a photo of *"]
                 + ["a photo of * {place}" for place in places]

# Settings that suit the small embedded model, by name, to be spread into both phases: `..collage`.
collage = { attention_weight: 0.1, flip: 0, contexts: collage_contexts }

# What the base model draws, so that phase two can hold on to it ("prior preservation"; the code, not the paper).
collage_prior = [
    "a photo at the beach", "a photo in the snow", "a photo on a wooden table", "a photo of a bear on the grass",
    "a photo of a teddy bear", "a photo in the city", "a photo of a bird", "a photo of a flower in the forest",
];

# %% The losses (section 3.2)

fn cells(mask, size) {
    ## A mask at a coarser size [h, w]: one pixel a cell. Where that would lose a small thing altogether, and with it
    ## all that the handle is told, the brightest pixel of every cell is taken.
    small = resize(mask, size)
    if area(small) > 0 { small } else { resize(mask, size, filter="max") }
}

fn union_mask(pick, size) {
    ## The masks of all chosen things as one, [h, w, 1] so that it broadcasts over latents.
    reshape(tensor(union([cells(m, size) for m in pick.masks])), [..size, 1])
}

fn masked_loss(target, predicted, mask) {
    ## Equation 1: the diffusion loss, only where the chosen things are. What lies outside of them does not count, so
    ## nothing asks a handle to remember the background.
    mean(((target - predicted) * mask) ** 2)
}

fn normalised(map, normalization) {
    ## A map brought to 0…1: divided by its maximum (the code), or its minimum taken off first (the paper's words).
    if normalization == "minmax" { (map - min(map)) / (max(map) - min(map) + 1e-12) } else { map / (max(map) + 1e-12) }
}

fn cross_attention_loss(attention, pick, normalization = "max", reduction = "mean") {
    ## Equation 2: the cross-attention map of every chosen handle (16×16, or the model's level nearest to it) against
    ## that handle's own mask; summed. This keeps one handle from looking at another's thing. The mean is over all
    ## cells; "balanced" lets the cells inside of the mask count as much as those outside, for small things. (The
    ## builtin `attention_loss` is the same.)
    total = 0
    for handle, mask in zip(pick.handles, pick.masks) {
        map     = attention_map(attention, handle)
        goal    = tensor(cells(mask, map.shape))
        weights = if reduction == "balanced" { balance(goal) } else { 1 }
        total   = total + mean(weights * (normalised(map, normalization) - goal) ** 2)
    }
    total
}

fn balance(goal) {
    ## Weights of cells with mean 1, half of them inside of the mask and half outside.
    inside = mean(goal)
    if inside == 0 or inside == 1 { 1 } else { goal / (2 * inside) + (1 - goal) / (2 * (1 - inside)) }
}

# %% One step (figure 3)

fn take(prior, queue, count) {
    ## The next prior pictures, and the queue behind them: in random order, all of them before any comes again, as the
    ## code's data loader gives them.
    if len(prior) == 0 { return [[], []] }
    while len(queue) < count { queue = queue + shuffle(prior) }
    [queue[0:count], queue[count:]]
}

fn setting(law, step, pick) {
    ## A setting that is a value, or a function of the step (from 1) and of what is drawn so far.
    if type(law) == "function" { law(step, pick) } else { law }
}

fn elsewhere(pick, zoom, contexts, step) {
    ## Not in the paper. The masked loss asks nothing of the background, so the prompt may name any place or style (then
    ## a handle is not tied to the photo's own surroundings), and a part of the photo will do (then it is not tied to
    ## where its thing stands, nor to what stands beside it).
    closer = zoomed(pick, setting(zoom, step, pick))
    in_context(closer, setting(contexts, step, closer))
}

fn draw(model, photo, kept, law, flip, batch, zoom = 0, contexts = [], step = 1) {
    ## Everything random of a step. The batch is [prior pictures…, photo…]; each photo has a subset of the handles of
    ## its own (union sampling, section 3.1) and, with probability `flip`, is mirrored together with its masks.
    picks   = [elsewhere(union_sample(model, photo, flip=flip, law=law), zoom, contexts, step) for _ in 1..batch]
    latents = encode(model, [..[k.image for k in kept], ..[p.image for p in picks]])
    {
        picks: picks, priors: len(kept), latents: latents,
        prompts: [..[k.prompt for k in kept], ..[p.prompt for p in picks]],
        t: random_timesteps(model, latents.shape[0]), noise: randn(latents.shape),
    }
}

fn losses(
    model, batch, masked = true, attention_loss = cross_attention_loss, reconstruction_loss = masked_loss,
    prior_loss = mse,
) {
    ## The three losses on a batch: of the photo inside the masks, of the prior pictures all over, of the attention.
    noisy  = add_noise(model, batch.latents, batch.noise, batch.t)
    out    = predict_noise(model, noisy, batch.t, batch.prompts)
    target = prediction_target(model, batch.latents, batch.noise, batch.t)     # the noise, for most models
    maps   = if len(batch.prompts) == 1 { [out.attention] } else { out.attention }
    p      = batch.priors
    size   = batch.latents.shape[1:3]
    masks  = if masked { stack([union_mask(pick, size) for pick in batch.picks]) } else { 1 }
    {
        reconstruction: reconstruction_loss(target[p:], out.noise[p:], masks),
        prior: if p > 0 { prior_loss(target[0:p], out.noise[0:p]) } else { 0 },
        attention: mean([attention_loss(maps[p + i], batch.picks[i]) for i in 0..<len(batch.picks)]),
    }
}

fn training_step(model, optimizer, photo, kept, moving, options) {
    ## One step: a draw, its losses, the gradient of their weighted sum with respect to what is `moving`; AdamW. `kept`
    ## are the step's prior pictures.
    step  = optimizer.step + 1
    batch = draw(model, photo, kept, options.law, options.flip, options.batch, options.zoom, options.contexts, step)
    loss  = losses(
        model, batch, options.masked, options.attention_loss, options.reconstruction_loss, options.prior_loss,
    )
    total = loss.reconstruction + options.prior_weight * loss.prior
    if options.attention_weight != 0 { total = total + options.attention_weight * loss.attention }
    gradients = grad(total, moving(model))
    limited   = if options.clip_norm > 0 { clip(gradients, norm=options.clip_norm) } else { gradients }
    model, optimizer = update(model, optimizer, limited)
    numbers = {
        reconstruction: float(loss.reconstruction), prior: float(loss.prior), attention: float(loss.attention),
        gradient_norm: gradients.norm,
    }
    [model, optimizer, numbers]
}

fn train_phase(model, photo, prior, moving, options) {
    ## A phase: steps with one optimizer. The same seed draws the same numbers, step after step; phase two draws in a
    ## scope of its own, so that it does not repeat what phase one drew. The result is the model and its history, a list
    ## of records.
    optimizer = adamw(moving(model), lr=options.lr, beta2=options.beta2, weight_decay=options.weight_decay)
    history   = []
    queue     = []
    with seed(options.seed, scope=options.scope) {
        for i in 1..options.steps {
            kept, queue = take(prior, queue, options.batch)
            model, optimizer, numbers = training_step(model, optimizer, photo, kept, moving, options)
            history = history + [{ step: i, ..numbers }]
            if options.report > 0 and i % options.report == 0 { print(line(history[-1])) }
        }
    }
    { model: require_grad(model, "handles"), history: history }
}

fn line(r) {
    "step {r.step:4d}   reconstruction {r.reconstruction:.4f}   prior {r.prior:.4f}   attention {r.attention:.4f}"
}

# %% The two phases (section 3.1)

fn phase_one(
    base, photo, *, init = [], start = "rare_tokens", per_layer = false,
    steps = 400, lr = 5e-4, prior = [], prior_weight = 1, attention_weight = 0.01,
    attention_loss = cross_attention_loss, reconstruction_loss = masked_loss, prior_loss = mse,
    law = "union", flip = 0.5, zoom = 0, contexts = [], masked = true, batch = 1, clip_norm = 1,
    beta2 = 0.999, weight_decay = 1e-2, seed = 0, report = 0,
) {
    ## Textual inversion: a handle a mask is added to the token table, and only these new rows move, fast; handles of
    ## other scenes that the base has stay as they are. `init` gives each the word that it starts from, `start` what
    ## they start from without; `prior` are pictures of prior_images, drawn by the base model. (The authors' code clips
    ## by the norm of the whole table's gradient; here, as with clip_table=false of the built-in, it is the handles'.)
    ## `per_layer` gives a handle an embedding for each cross-attention layer (P+, arXiv 2303.09522; not in the paper).
    ## All start from the same one, and everything below is as before: phase two goes on with what the handles are.
    model = if len(init) > 0 { add_handles(base, photo, init=init, per_layer=per_layer, seed=seed) } else {
        add_handles(base, photo, start=start, per_layer=per_layer, seed=seed)
    }
    train_phase(model, photo, if prior_weight > 0 { prior } else { [] }, fn(m) { handles_of(m, photo) }, {
        steps, lr, prior_weight, attention_weight, attention_loss, reconstruction_loss, prior_loss,
        law, flip, zoom, contexts, masked, batch, clip_norm, beta2, weight_decay, seed, report, scope: "",
    })
}

fn phase_two(
    first, photo, *, steps = 400, lr = 2e-6, prior = [], prior_weight = 1, attention_weight = 0.01,
    attention_loss = cross_attention_loss, reconstruction_loss = masked_loss, prior_loss = mse,
    law = "union", flip = 0.5, zoom = 0, contexts = [], masked = true, batch = 1, clip_norm = 1,
    beta2 = 0.999, weight_decay = 1e-2, parts = "all", seed = 0, report = 0,
) {
    ## Fine-tuning: from the handles of phase one the whole model moves a little, U-Net and text encoder, so that the
    ## handles look like their things. `parts` says what moves: "all" (the paper), "unet", "unet_tokens" (with the token
    ## table), "attention", "kv", "handles", or a function of a parameter's name.
    model = require_grad(first, parts)
    train_phase(model, photo, if prior_weight > 0 { prior } else { [] }, fn(m) { m.parameters }, {
        steps, lr, prior_weight, attention_weight, attention_loss, reconstruction_loss, prior_loss,
        law, flip, zoom, contexts, masked, batch, clip_norm, beta2, weight_decay, seed, report, scope: "phase 2",
    })
}

fn extract(
    base, photo, *, init = [], per_layer = false,
    steps = 400, lr1 = 5e-4, lr2 = 2e-6, prior = [], seed = 0, shared = {},
) {
    ## Both phases; `shared` has options of both: extract(base, photo, lr1=5e-3, lr2=3e-4, shared=collage).
    start = { init: init, per_layer: per_layer }
    first  = phase_one(base, photo, steps=steps, lr=lr1, prior=prior, seed=seed, ..start, ..shared)
    second = phase_two(first.model, photo, steps=steps, lr=lr2, prior=prior, seed=seed, ..shared)
    { model: second.model, history: first.history + second.history }
}

## What the lessons in examples/lessons share: a picture that the model guesses at once, the error inside of a mask,
## a look for a thing by its colour, the drift of a model from its base; and predictions and exercises.
##
##     import "lessons.bas" as lesson
##     base = load_model("collage")
##     show lesson.guess(base, load_scene("mug_rose"), "a photo of a flower", 500)

# %% Data

fn mug_and_rose() {
    ## The scene mug_rose with its things named.
    photo = load_scene("mug_rose")
    scene(photo.image, photo.masks, names=["mug", "rose"], title="mug and rose")
}

fn named(text, handles) {
    ## A text with the names of things in the place of handles: "a photo of <mug>" for "a photo of <asset0>".
    for h in handles { text = replace(text, h.token, "<{h.thing}>") }
    text
}

# %% Noise and guesses

fn signal(model, t) {
    ## √ᾱ(t): the share of the clean latents in noisy ones. A latent of 1 without noise is what add_noise leaves of
    ## it.
    shape = [1, ..model.latent_shape]
    mean(add_noise(model, ones(shape), zeros(shape), t))
}

fn noise_share(model, t) {
    ## √(1 − ᾱ(t)): the share of the noise in noisy latents.
    shape = [1, ..model.latent_shape]
    mean(add_noise(model, zeros(shape), ones(shape), t))
}

fn noised(model, picture, t, seed = 1) {
    ## A picture's latents with the noise of timestep t, decoded: what the model gets to see.
    z = encode(model, picture, seed=seed)
    decode(model, add_noise(model, z, randn(z.shape, seed=seed), t))
}

fn guess(model, picture, prompt, t, seed = 1) {
    ## The picture that the model guesses at once from noise level t. The noisy latents are x = √ᾱ z + √(1 − ᾱ)
    ## noise; with the predicted noise in the place of the true one, z follows: z = (x − √(1 − ᾱ) predicted) / √ᾱ.
    z         = encode(model, picture, seed=seed)
    x         = add_noise(model, z, randn(z.shape, seed=seed), t)
    predicted = predict_noise(model, x, t, prompt).noise
    decode(model, (x - noise_share(model, t) * predicted) / signal(model, t))
}

# %% Measures

fn masked_error(
    model, photo, prompt, thing = 0, *, timesteps = [100, 300, 500, 700, 900], noises = 2, seed = 1, outside = false,
) {
    ## The mean squared error of the predicted noise for each masked cell of thing number `thing`, over fixed
    ## timesteps and noises, so that two models or two prompts compare. (masked_loss of the method divides by all
    ## cells instead: there a small thing has a small loss.) With `outside` the cells that no mask covers are taken.
    covered = if outside { complement(union(photo.masks)) } else { photo.masks[thing] }
    total   = 0
    with no_grad {
        for k in 1..noises {
            z    = encode(model, photo.image, seed=seed + k)
            mask = resize(covered, z)
            for t in timesteps {
                noise = randn(z.shape, seed=1000 * (seed + k) + t)
                out   = predict_noise(model, add_noise(model, z, noise, t), t, prompt).noise
                total = total + float(mean(((noise - out) * mask) ** 2)) / float(mean(mask ** 2))
            }
        }
    }
    total / (noises * len(timesteps))
}

fn drift(base, model, prompts, *, seeds = 1..3, steps = 20) {
    ## How far a model has moved from its base on prompts without handles: the mean PSNR, in dB, of its pictures
    ## against the base's with the same seeds. High is close; two unrelated pictures have about 10 dB.
    mean([
        psnr(generate(base, p, seed=s, steps=steps), generate(model, p, seed=s, steps=steps))
        for p in prompts for s in seeds
    ])
}

fn color_of(photo, thing) {
    ## The mean colour of thing number `thing`, [red, green, blue] in -1…1.
    mask = reshape(tensor(resize(photo.masks[thing], photo.image.size)), [1, ..photo.image.size, 1])
    sum(tensor(photo.image) * mask, axis=[0, 1, 2]) / sum(mask)
}

fn visible(photo, thing, picture, radius = 0.5) {
    ## The share of a picture's pixels that have about the colour of a thing of the photo: nearer than `radius` in
    ## -1…1. A crude measure that you can follow: good on backgrounds of other colours, such as grass; blind to
    ## shape.
    away = norm(tensor(picture) - color_of(photo, thing), axis=3)
    mean(where(away < radius, 1, 0))
}

fn shown(photo, thing, pictures, least = 0.03) {
    ## How many of some pictures show a thing: those with at least the share `least` of its colour.
    len([p for p in pictures if visible(photo, thing, p) > least])
}

# %% Predictions and exercises

fn predict(question, answer = none) {
    ## Keeps your answer to a question, to be shown beside the result. Write it before you run the experiment: who has
    ## guessed remembers better than who has only watched. Without an answer it says so and goes on.
    print("Question: {question}")
    if answer == none { print("You have not answered yet: write your guess in predict(…, answer).") } else {
        print("You say: {answer}")
    }
    { question: question, answer: answer }
}

fn reveal(prediction, result) {
    ## Shows a kept prediction beside what came out.
    print("Question:  {prediction.question}")
    print("You said:  {prediction.answer ?? "(no answer)"}")
    print("Here:      {result}")
}

fn exercise(condition, hint, solution = "", show_solution = false) {
    ## Checks an exercise by value, never by its text: `condition` is a function without parameters that gives true
    ## when the exercise is solved. Where it gives false or fails, the hint is shown, with `show_solution=true` the
    ## solution as well, and the notebook goes on. Gives whether it is solved.
    problem = ""
    solved  = try { condition() == true } recover e {
        problem = " ({e.message})"
        false
    }
    if solved { print("Solved.") } else {
        print("Not solved yet{problem}.")
        print("Hint: {hint}")
        if show_solution { print("Solution:\n{solution}") } else if solution != "" {
            print("(show_solution=true shows a solution.)")
        }
    }
    solved
}

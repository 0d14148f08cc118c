"""Writes what diffusers' schedulers do with given model outputs and given noise.

Run: python make_schedulers.py   (diffusers 0.42, torch 2.13)
schedules.json: betas and alphas_cumprod at some timesteps, noised samples and velocities.
trajectories.json: timesteps and every sample of a sampling, for DDIM (eta 0 and 0.6) and DDPM, all spacings,
predictions, with and without zero terminal SNR, with and without clipping.
solvers.json: the same for PNDM (with and without Runge-Kutta steps), Euler, Euler ancestral and DPM-Solver++, with their spacings of noise
levels, orders and ends; and what they scale samples by, and a noised sample at one of their timesteps.
image_to_image.json: where StableDiffusionImg2ImgPipeline begins at each strength, what it begins with, and every sample after that.
"""
import itertools
import json
from pathlib import Path
from types import SimpleNamespace

import torch
from diffusers import (DDIMScheduler, DDPMScheduler, DPMSolverMultistepScheduler, EulerAncestralDiscreteScheduler, EulerDiscreteScheduler,
                       PNDMScheduler, StableDiffusionImg2ImgPipeline)
from diffusers.schedulers import scheduling_ddim, scheduling_ddpm, scheduling_dpmsolver_multistep, scheduling_euler_ancestral_discrete

here = Path(__file__).parent
WIDTH, MOST = 5, 9
generator = torch.Generator().manual_seed(7)
start = torch.randn(1, WIDTH, generator=generator)
outputs = torch.randn(MOST, 1, WIDTH, generator=generator)
noises = torch.randn(MOST, 1, WIDTH, generator=generator)
SD = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear"}


def numbers(tensor):
    return [float(f"{x:.9g}") for x in tensor.flatten().tolist()]


def dump(name, head, rows):
    body = ",\n".join(json.dumps(row) for row in rows)
    (here / name).write_text("{" + "".join(f'"{k}": {json.dumps(v)},\n' for k, v in head.items()) + f'"cases": [\n{body}]}}\n')


def schedules():
    rows = []
    for config in [
        {}, SD, {"beta_schedule": "squaredcos_cap_v2"}, {"num_train_timesteps": 50, **SD},
        {"num_train_timesteps": 7, "beta_start": 0.01, "beta_end": 0.3}, {"num_train_timesteps": 1},
        {"trained_betas": [0.1, 0.2, 0.05, 0.4], "num_train_timesteps": 4},
        {**SD, "rescale_betas_zero_snr": True}, {"rescale_betas_zero_snr": True},
        {"beta_schedule": "squaredcos_cap_v2", "rescale_betas_zero_snr": True},
    ]:
        scheduler = DDPMScheduler(**config)
        count = len(scheduler.betas)
        at = sorted({0, 1 % count, count // 3, count // 2, count - 2 if count > 1 else 0, count - 1})
        t = torch.tensor(at)
        x0, noise = torch.tensor(0.7), torch.tensor(-1.3)
        rows.append({
            "config": config, "at": at, "betas": numbers(scheduler.betas[t]),
            "alphas_cumprod": numbers(scheduler.alphas_cumprod[t]),
            "noised": numbers(scheduler.add_noise(x0.expand(len(at)), noise.expand(len(at)), t)),
            "velocity": numbers(scheduler.get_velocity(x0.expand(len(at)), noise.expand(len(at)), t))})
    dump("schedules.json", {"sample": 0.7, "noise": -1.3}, rows)


def sampling(cls, config, steps, eta):
    scheduler = cls(**config)
    scheduler.set_timesteps(steps)
    samples, x = [], start
    for i, t in enumerate(scheduler.timesteps):
        for module in (scheduling_ddim, scheduling_ddpm):
            module.randn_tensor = lambda *a, i=i, **k: noises[i]
        extra = {"eta": eta} if cls is DDIMScheduler else {}
        x = scheduler.step(outputs[i], int(t) if cls is DDIMScheduler else t, x, **extra).prev_sample
        samples += numbers(x)
    assert torch.isfinite(x).all()
    return {"class": cls.__name__, "config": config, "eta": eta, "steps": steps,
            "timesteps": scheduler.timesteps.tolist(), "samples": samples}


def trajectories():
    rows = []
    spacings, predictions = ["leading", "linspace", "trailing"], ["epsilon", "sample", "v_prediction"]
    for spacing, prediction, zero in itertools.product(spacings, predictions, [False, True]):
        if zero and prediction == "epsilon" and spacing != "leading":
            continue  # 0/0 at the last timestep
        config = {**SD, "timestep_spacing": spacing, "prediction_type": prediction, "clip_sample": False,
                  "rescale_betas_zero_snr": zero}
        offset = {"steps_offset": 1} if spacing == "leading" else {}
        rows.append(sampling(DDIMScheduler, {**config, **offset, "set_alpha_to_one": False}, 7, 0.0))
        rows.append(sampling(DDIMScheduler, {**config, "set_alpha_to_one": True}, 4, 0.6))
        rows.append(sampling(DDPMScheduler, {**config, **offset}, 7, 0.0))
    for prediction in predictions:
        rows.append(sampling(DDIMScheduler, {"prediction_type": prediction}, 5, 0.0))
        rows.append(sampling(DDPMScheduler, {"prediction_type": prediction, "clip_sample_range": 0.8}, 5, 0.0))
    for variance in ["fixed_small_log", "fixed_large"]:
        rows.append(sampling(DDPMScheduler, {**SD, "variance_type": variance, "clip_sample": False}, 6, 0.0))
    dump("trajectories.json", {"start": numbers(start), "outputs": numbers(outputs), "noises": numbers(noises)}, rows)


def timesteps():
    rows = []
    for spacing, count, steps in itertools.product(
            ["leading", "linspace", "trailing"], [1000, 50], [1, 2, 3, 7, 30, 49, 50]):
        scheduler = DDIMScheduler(num_train_timesteps=count, timestep_spacing=spacing)
        scheduler.set_timesteps(steps)
        rows.append({"spacing": spacing, "count": count, "steps": steps, "timesteps": scheduler.timesteps.tolist()})
    dump("timesteps.json", {}, rows)


solver_generator = torch.Generator().manual_seed(8)
solver_outputs = torch.randn(24, 1, WIDTH, generator=solver_generator)
solver_noises = torch.randn(24, 1, WIDTH, generator=solver_generator)


def solve(cls, config, steps):
    scheduler = cls(**config)
    scheduler.set_timesteps(steps)
    if cls is DPMSolverMultistepScheduler:
        scheduler.set_begin_index(0)  # else it starts at the second of two equal timesteps, and runs over the end
    sigma = float(scheduler.init_noise_sigma)
    samples, scaled, x = [], [], start * sigma
    for i, t in enumerate(scheduler.timesteps):
        for module in (scheduling_dpmsolver_multistep, scheduling_euler_ancestral_discrete):
            module.randn_tensor = lambda *a, i=i, **k: solver_noises[i]
        scaled += numbers(scheduler.scale_model_input(x, t)[:, :1])
        if cls is PNDMScheduler:
            t = int(t)
        x = scheduler.step(solver_outputs[i], t, x).prev_sample
        samples += numbers(x)
    assert torch.isfinite(x).all(), (cls, config, steps)
    fresh = cls(**config)
    fresh.set_timesteps(steps)
    middle = fresh.timesteps[len(fresh.timesteps) // 2]
    noised = fresh.add_noise(start, solver_noises[0], middle.reshape(1))
    return {"class": cls.__name__, "config": config, "steps": steps, "init_noise_sigma": sigma,
            "timesteps": numbers(scheduler.timesteps.float()), "scaled": scaled, "noised": numbers(noised), "samples": samples}


def solvers():
    rows = []
    spacings = [("leading", {"steps_offset": 1}), ("linspace", {}), ("trailing", {})]
    both = ["epsilon", "v_prediction"]
    for (spacing, offset), prediction in itertools.product(spacings, both):
        config = {**SD, "timestep_spacing": spacing, "prediction_type": prediction, **offset}
        rows += [solve(PNDMScheduler, {**config, "skip_prk_steps": True, "set_alpha_to_one": one}, steps)
                 for one, steps in [(False, 1), (False, 2), (True, 3), (False, 7)]]
        rows += [solve(PNDMScheduler, {**config, "skip_prk_steps": False}, steps) for steps in [4, 7]]
        rows += [solve(EulerDiscreteScheduler, config, steps) for steps in [1, 7]]
        rows += [solve(EulerAncestralDiscreteScheduler, config, steps) for steps in [1, 7]]
        rows += [solve(DPMSolverMultistepScheduler, config, steps) for steps in [1, 2, 7, 16]]
        for key in ["use_karras_sigmas", "use_exponential_sigmas"]:
            rows += [solve(cls, {**config, key: True}, 6) for cls in (EulerDiscreteScheduler, DPMSolverMultistepScheduler)]
    euler = [{"interpolation_type": "log_linear"}, {"use_karras_sigmas": True, "sigma_min": 0.05, "sigma_max": 12.0}, {"final_sigmas_type": "sigma_min"},
             {"prediction_type": "sample"}, {"rescale_betas_zero_snr": True, "timestep_spacing": "trailing", "prediction_type": "v_prediction"}]
    rows += [solve(EulerDiscreteScheduler, {**SD, **options}, 6) for options in euler]
    rows.append(solve(EulerAncestralDiscreteScheduler, {**SD, **euler[-1]}, 6))
    dpm = [{"solver_order": 1}, {"solver_order": 3}, {"solver_type": "heun"}, {"final_sigmas_type": "sigma_min"}, {"euler_at_final": True},
           {"lower_order_final": False, "final_sigmas_type": "sigma_min"}, {"solver_order": 3, "lower_order_final": False, "final_sigmas_type": "sigma_min"},
           {"use_lu_lambdas": True}, {"prediction_type": "sample"}, {"beta_schedule": "squaredcos_cap_v2", "lambda_min_clipped": -5.1},
           {"beta_schedule": "squaredcos_cap_v2", "use_karras_sigmas": True}, {"use_karras_sigmas": True, "final_sigmas_type": "sigma_min"},
           {"rescale_betas_zero_snr": True, "timestep_spacing": "trailing", "prediction_type": "v_prediction"}]
    sde = [{}, {"solver_type": "heun"}, {"solver_order": 3}, {"use_karras_sigmas": True}]
    for options in dpm + [{"algorithm_type": "sde-dpmsolver++", **options} for options in sde]:
        rows += [solve(DPMSolverMultistepScheduler, {**SD, **options}, steps) for steps in [6, 16]]
    dump("solvers.json", {"start": numbers(start), "outputs": numbers(solver_outputs), "noises": numbers(solver_noises)}, rows)


def image_to_image():
    rows = []
    leading = {**SD, "steps_offset": 1, "timestep_spacing": "leading"}
    classes = [(DDIMScheduler, {**leading, "clip_sample": False, "set_alpha_to_one": False}), (DDPMScheduler, {**leading, "clip_sample": False}),
               (PNDMScheduler, {**leading, "skip_prk_steps": True}), (EulerDiscreteScheduler, leading), (EulerDiscreteScheduler, {**SD, "use_karras_sigmas": True}),
               (EulerAncestralDiscreteScheduler, SD), (DPMSolverMultistepScheduler, SD), (DPMSolverMultistepScheduler, {**leading, "solver_order": 3})]
    for (cls, config), (steps, strength) in itertools.product(classes, [(8, 1.0), (8, 0.9), (8, 0.8), (7, 0.5), (10, 0.29), (10, 0.3), (5, 0.25), (20, 0.6)]):
        scheduler = cls(**config)
        scheduler.set_timesteps(steps)
        timesteps, count = StableDiffusionImg2ImgPipeline.get_timesteps(SimpleNamespace(scheduler=scheduler), steps, strength, "cpu")
        x = scheduler.add_noise(start, solver_noises[23], timesteps[:1])
        samples = numbers(x)
        for i, t in enumerate(timesteps):
            for module in (scheduling_ddpm, scheduling_dpmsolver_multistep, scheduling_euler_ancestral_discrete):
                module.randn_tensor = lambda *a, i=i, **k: solver_noises[i]
            scheduler.scale_model_input(x, t)
            t = int(t) if cls in (PNDMScheduler, DDIMScheduler) else t
            x = scheduler.step(solver_outputs[i], t, x).prev_sample
            samples += numbers(x)
        assert torch.isfinite(x).all()
        rows.append({"class": cls.__name__, "config": config, "steps": steps, "strength": strength, "count": count,
                     "timesteps": numbers(timesteps.float()), "samples": samples})
    dump("image_to_image.json", {"start": numbers(start), "outputs": numbers(solver_outputs), "noises": numbers(solver_noises)}, rows)


schedules()
trajectories()
timesteps()
solvers()
image_to_image()
scheduler = DDIMScheduler.from_config(PNDMScheduler(**SD, skip_prk_steps=True, steps_offset=1).config)
scheduler.set_timesteps(5)
assert scheduler.timesteps.tolist() == [801, 601, 401, 201, 1], "the fallback in SchedulerTests.swift"

extension CommandTable {
    /// Groups of builtins that belong together, in the order of use; each names the others of its groups under "see also".
    static let related = [
        // Models, scenes, the method.
        ["load_model", "save_model", "diff", "merge"], ["add_handles", "load_handles", "save_handles", "nearest", "handles_of"],
        ["require_grad", "grad", "adamw", "update"], ["load_scene", "scene", "save_scene", "check"], ["check", "crop", "prepare"],
        ["phase1", "phase2", "break_a_scene", "resume", "merge"], ["phase1", "attention_loss", "union_sample"],
        ["generate", "edit", "ddim"], ["attention", "leakage", "iou", "energy"], ["attention_map", "attention_loss"],
        ["inspect_pictures", "leakage", "generate"],
        ["union_sample", "zoomed", "in_context"], ["union_sample", "sample", "shuffle", "random_timesteps", "prior_images"],
        ["encode", "decode", "add_noise"],
        ["add_noise", "prediction_target", "predict_noise"], ["predict_noise", "guided_noise", "attention_map"],
        ["ddim", "step", "advance", "guided_noise"], ["ddim", "ddpm", "pndm", "euler", "euler_ancestral", "dpmsolver"],
        ["grad", "leaf", "detach", "no_grad"], ["no_grad", "products", "phase2"],
        ["grad", "clip", "adamw", "update"],
        // Tensors.
        ["tensor", "zeros", "ones", "full"], ["arange", "linspace", "range"], ["randn", "rand", "seed"],
        ["reshape", "transpose", "permute"], ["concat", "stack"], ["matmul", "dot", "cosine", "norm"],
        ["mse", "norm", "psnr"], ["sin", "cos"], ["tanh", "sigmoid", "silu", "gelu", "softmax"],
        ["sum", "mean", "std"], ["min", "max", "argmax"], ["minimum", "maximum", "clamp", "where"],
        ["any", "all", "isfinite"], ["isfinite", "allclose"], ["shape", "item", "tolist"],
        ["abs", "sqrt", "exp", "log"], ["round", "floor", "ceil"], ["int", "float", "item"], ["resize", "crop"],
        // Masks, pictures, tables.
        ["mask", "box", "polygon", "ellipse", "brush", "threshold"], ["dilate", "erode", "feather"],
        ["complement", "union", "overlap", "area"], ["load_image", "save_image", "image", "show"],
        ["flip", "crop", "resize"], ["load_lora", "save_lora", "save_result", "load_result"], ["plan", "phase2"],
        ["encode_prompts", "predict_noise"],
        ["save_tensors", "load_tensors"], ["plot", "scatter", "bars", "histogram", "heatmap", "save_figure"], ["grid", "overlay", "paste"],
        ["show", "table", "save_table", "load_table"], ["sweep", "summary", "load_table", "plot"],
    ]
}

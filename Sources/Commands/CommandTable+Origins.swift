import Language

extension CommandTable {
    /// The builtins that make values of the domain, which messages offer in place of a wrong argument.
    static let origins: [String: Parameter.Origin] = [
        "model": .init(reader: "load_model", makers: "load_model(\"collage\"), or phase1(model, scene)"),
        "scene": .init(reader: "load_scene", makers: "load_scene(\"toys\"), or of a picture: scene(image, [mask, …])"),
        "image": .init(reader: "load_image", makers: "load_image(\"photo.jpg\"), generate(…), or image(tensor)"),
        "mask": .init(reader: "mask", makers: "mask(\"mask0.png\"), box, polygon, ellipse, brush, or threshold(map)"),
        "handle": .init(makers: "phase1(model, scene).handles, or add_handles(model, n).handles"),
        "attention": .init(makers: "attention(model, prompt)"),
        "history": .init(makers: "phase1(model, scene).history"),
        "gradients": .init(makers: "grad(loss, model.handles)"),
        "moments": .init(makers: "adamw(model.handles, lr=5e-4).first"),
        "optimizer": .init(makers: "adamw(model.handles, lr=5e-4)"),
        "figure": .init(makers: "plot(…), scatter(…), bars(…), histogram(…), heatmap(…) or grid(…)"),
    ]
}

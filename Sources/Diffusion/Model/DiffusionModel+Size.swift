extension DiffusionModel {
    /// This model for pictures of `height` × `width` pixels, in training, drawing and looking. Its weights are the same: a
    /// U-Net takes latents of every size that its levels can halve. Throws `ModelError.size`.
    public func sized(height: Int, width: Int) throws -> DiffusionModel {
        try checkSize(height: height, width: width)
        var model = self
        let f = vae.configuration.downscale
        model.chosenLatentSize = (height / f, width / f) == made ? nil : (height / f, width / f)
        return model
    }

    /// Whether it is used at another size than its folder says.
    public var isResized: Bool { chosenLatentSize != nil }

    /// The number of pixels that both sides of its pictures must be multiples of.
    public var sizeMultiple: Int { vae.configuration.downscale << (unet.configuration.levels - 1) }

    /// Throws `ModelError.size` where pictures cannot have this size.
    func checkSize(height: Int, width: Int) throws {
        let multiple = sizeMultiple
        guard height > 0, width > 0, height % multiple == 0, width % multiple == 0 else {
            throw ModelError.size(height: height, width: width, multiple: multiple)
        }
    }

    /// The size of the latents that its weights were trained for, in cells, whatever `sized` chose: the adapter's, where one changed them.
    public var nativeLatentSize: (height: Int, width: Int) { adapterLatentSize ?? made }

    /// The size of the latents that its configuration names.
    private var made: (height: Int, width: Int) {
        var model = self
        model.chosenLatentSize = nil
        return model.latentSize
    }
}

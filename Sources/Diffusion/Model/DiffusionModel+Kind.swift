extension DiffusionModel {
    /// Whether it is built like the embedded `collage`, whatever its folder is called: such models were trained for
    /// guidance 3 and for the settings of the preset of that name.
    public var isCollage: Bool {
        latentChannels == 8 && unet.configuration.blockOutChannels == [48, 96, 192] && textEncoder.configuration.hiddenSize == 192
    }

    /// The scale of classifier-free guidance that suits the model: 3 for the embedded one, 7.5 for others.
    public var suitedGuidance: Double { isCollage ? 3 : 7.5 }
}

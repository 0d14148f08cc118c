extension DiffusionModel {
    /// Whether it is built like the embedded `collage`, whatever its folder is called: such models were trained for
    /// guidance 3 and for the settings of the preset of that name.
    public var isCollage: Bool {
        latentChannels == 8 && unet.configuration.blockOutChannels == [48, 96, 192] && textEncoder.configuration.hiddenSize == 192
    }
}

/// What a consumer needs to show a value: text always, a picture where there is one.
public struct Display: Sendable {
    /// Plain text without escape sequences.
    public var plain: String
    public var image: DisplayImage?

    public init(_ plain: String, image: DisplayImage? = nil) {
        self.plain = plain
        self.image = image
    }

    /// In ASCII, where `context` asks for it.
    func fitted(_ context: DisplayContext) -> Display {
        guard !context.unicode else { return self }
        var copy = self
        copy.plain = asciiText(plain)
        if let image { copy.image?.alt = asciiText(image.alt) }
        return copy
    }
}

/// A PNG with the words that stand for it where no picture can be shown.
public struct DisplayImage: Sendable {
    public var png: [UInt8]
    public var alt: String
    /// A name for the file when the picture is stored, without extension.
    public var fileStem: String?

    public init(png: [UInt8], alt: String, fileStem: String? = nil) {
        self.png = png
        self.alt = alt
        self.fileStem = fileStem
    }
}

/// Where a value will be shown.
public struct DisplayContext: Sendable {
    /// Columns.
    public var width: Int
    /// False falls back to ASCII for ellipses and box characters.
    public var unicode: Bool
    /// False where pictures would be thrown away, so that a value need not draw one.
    public var wantsImages: Bool
    /// The text of the program that runs, for pictures that say what they were made from.
    public var program: String?

    public init(width: Int = 100, unicode: Bool = true, wantsImages: Bool = true) {
        self.width = width
        self.unicode = unicode
        self.wantsImages = wantsImages
    }
}

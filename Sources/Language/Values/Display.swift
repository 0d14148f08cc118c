/// The form in which a consumer shows a value: always a text, and a picture where there is one.
public struct Display: Sendable {
    /// The text, without escape sequences.
    public var plain: String
    /// The picture, or nil.
    public var image: DisplayImage?
    /// The text for a record (`Context.recordWidth`), where it differs from `plain`.
    public var record: String?

    /// Creates a display.
    public init(_ plain: String, image: DisplayImage? = nil, record: String? = nil) {
        self.plain = plain
        self.image = image
        self.record = record
    }

    /// Returns the display in ASCII where the context asks for that.
    func fitted(_ context: DisplayContext) -> Display {
        guard !context.unicode else { return self }
        var copy = self
        copy.plain = asciiText(plain)
        if let image { copy.image?.alt = asciiText(image.alt) }
        return copy
    }
}

/// A PNG with the words that stand for it where pictures cannot be shown.
public struct DisplayImage: Sendable {
    /// The bytes of the PNG file.
    public var png: [UInt8]
    /// The words that stand for the picture.
    public var alt: String
    /// The name without extension for the file in which the picture is stored; nil for any name.
    public var fileStem: String?

    /// Creates a picture.
    public init(png: [UInt8], alt: String, fileStem: String? = nil) {
        self.png = png
        self.alt = alt
        self.fileStem = fileStem
    }
}

/// The properties of the place where a value is shown.
public struct DisplayContext: Sendable {
    /// The number of columns.
    public var width: Int
    /// Whether characters beyond ASCII can be shown, such as ellipses and box characters.
    public var unicode: Bool
    /// Whether pictures are shown; where not, a value need not draw one.
    public var wantsImages: Bool
    /// Whether what is shown ends up in a page, where people explore it: pictures then carry the data for that.
    public var wantsExplorables = false
    /// The text of the program that is running, which pictures record as their origin.
    public var program: String?

    /// Creates a context.
    public init(width: Int = 100, unicode: Bool = true, wantsImages: Bool = true) {
        self.width = width
        self.unicode = unicode
        self.wantsImages = wantsImages
    }
}

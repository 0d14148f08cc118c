import Diffusion
import Images
import Tensors

/// What a published model does to a picture before it looks at it: resize, centre crop, scale to 0…1, subtract a mean, divide by a
/// deviation. Results are those of the image processors of transformers that work with Pillow, to the last bit of the resized picture.
public struct ImageProcessing: Sendable, Equatable {
    /// How a picture is resized.
    public enum Resizing: Sendable, Equatable {
        /// It keeps its size.
        case none
        /// The shorter side gets this many pixels, the longer one in proportion, rounded down.
        case shortestEdge(Int)
        /// It gets this size, whatever its proportions.
        case exact(PixelSize)
    }

    /// How a picture is resized.
    public let resizing: Resizing
    /// The filter of resizing.
    public let filter: Resample
    /// The size of the part around the middle that is kept; nil keeps all.
    public let crop: PixelSize?
    /// What bytes are multiplied by, 1/255 as a rule; nil leaves them at 0…255.
    public let scale: Double?
    /// The mean and the deviation of red, green and blue by which values are normalized; nil leaves them as they are.
    public let normalization: (mean: [Float], deviation: [Float])?
    /// The size of every result.
    public let outputSize: PixelSize

    /// Compares all settings.
    public static func == (a: ImageProcessing, b: ImageProcessing) -> Bool {
        a.resizing == b.resizing && a.filter == b.filter && a.crop == b.crop && a.scale == b.scale
            && a.normalization?.mean == b.normalization?.mean && a.normalization?.deviation == b.normalization?.deviation
    }

    /// Reads preprocessor_config.json. Throws `FileError` and `ConfigurationError`.
    public init(path: String) throws { try self.init(ConfigurationReader(path: path)) }

    /// Reads the settings from JSON. Throws `ConfigurationError`, which names `file`.
    public init(_ json: JSON, file: String) throws { try self.init(ConfigurationReader(json, file: file)) }

    private init(_ reader: ConfigurationReader) throws {
        let kind = try reader.string("image_processor_type", default: reader.string("feature_extractor_type", default: ""))
        // A single number is a square for ViT and the shorter side for CLIP and Bit, whose crop makes the square.
        let isSquare = kind.hasPrefix("ViT")
        guard ["ViT", "CLIP", "Bit", ""].contains(where: { $0.isEmpty ? kind.isEmpty : kind.hasPrefix($0) }) else {
            throw reader.fail(
                "image_processor_type",
                .unsupported(value: kind, supported: ["CLIPImageProcessor", "ViTImageProcessor", "BitImageProcessor"]))
        }
        resizing = try reader.bool("do_resize", default: true) ? Self.resizing(reader, isSquare: isSquare) : .none
        filter = try Self.filter(reader)
        crop = try reader.bool("do_center_crop", default: !isSquare) ? Self.size(reader, "crop_size") : nil
        scale = try reader.bool("do_rescale", default: true) ? reader.double("rescale_factor", default: 1.0 / 255, in: 0...1) : nil
        normalization = try reader.bool("do_normalize", default: true) ? Self.normalization(reader) : nil
        if let crop {
            outputSize = crop
        } else if case .exact(let size) = resizing {
            outputSize = size
        } else {
            throw reader.fail("crop_size", .inconsistent("pictures would keep sizes of their own"))
        }
    }

    private static func resizing(_ reader: ConfigurationReader, isSquare: Bool) throws -> Resizing {
        guard let size = reader.object["size"] else { return isSquare ? .exact(.init(width: 224, height: 224)) : .shortestEdge(224) }
        if size.intValue != nil {
            let side = try reader.int("size", default: 224, in: 1...8192)
            return isSquare ? .exact(.init(width: side, height: side)) : .shortestEdge(side)
        }
        let inner = try ConfigurationReader(size, file: reader.file)
        if inner.has("shortest_edge") { return .shortestEdge(try inner.int("shortest_edge", default: 224, in: 1...8192)) }
        return .exact(try Self.size(reader, "size"))
    }

    /// A size that is written as an object with height and width, or as one number for both.
    private static func size(_ reader: ConfigurationReader, _ key: String) throws -> PixelSize {
        guard let value = reader.object[key], value.intValue == nil else {
            let side = try reader.int(key, default: 224, in: 1...8192)
            return PixelSize(width: side, height: side)
        }
        let inner = try ConfigurationReader(value, file: reader.file)
        for side in ["height", "width"] where !inner.has(side) { throw reader.fail("\(key).\(side)", .missing) }
        return PixelSize(
            width: try inner.int("width", default: 224, in: 1...8192), height: try inner.int("height", default: 224, in: 1...8192))
    }

    /// The filters by Pillow's numbers.
    private static func filter(_ reader: ConfigurationReader) throws -> Resample {
        let known: [Int: Resample] = [0: .nearest, 1: .lanczos, 2: .bilinear, 3: .bicubic, 4: .box]
        let number = try reader.int("resample", default: 3, in: 0...5)
        guard let filter = known[number] else {
            throw reader.fail("resample", .unsupported(value: "\(number)", supported: known.keys.sorted().map(String.init)))
        }
        return filter
    }

    private static func normalization(_ reader: ConfigurationReader) throws -> (mean: [Float], deviation: [Float]) {
        func three(_ key: String, _ range: ClosedRange<Double>) throws -> [Float] {
            guard let list = reader.object[key]?.arrayValue else { throw reader.fail(key, .missing) }
            guard list.count == 3 else { throw reader.fail(key, .wrongCount(expected: 3, given: list.count)) }
            return try list.map { value in
                guard let number = value.doubleValue, range.contains(number) else {
                    throw reader.fail(key, .outOfRange(value: value.text(), expected: "three numbers from \(range.lowerBound) up"))
                }
                return Float(number)
            }
        }
        return (try three("image_mean", -1000...1000), try three("image_std", 1e-6...1000))
    }

    // MARK: pictures

    /// The pictures as the network takes them, [N, H, W, 3] of `outputSize`. Throws `ImageError` for a picture that is too
    /// elongated to be resized.
    public func callAsFunction(_ images: [Image]) throws -> Tensor {
        .concatenated(try images.map { values(try resized($0)) }, axis: 0)
    }

    /// The picture resized and cropped, in bytes.
    public func resized(_ image: Image) throws -> Image {
        var result = image
        switch resizing {
        case .none: break
        case .exact(let size): result = try image.resized(to: size, filter)
        case .shortestEdge(let side):
            let (short, long) = (min(image.width, image.height), max(image.width, image.height))
            let other = Int(Double(side * long) / Double(short))
            let size = image.width <= image.height ? PixelSize(width: side, height: other) : PixelSize(width: other, height: side)
            result = try image.resized(to: size, filter)
        }
        return crop.map { Self.cropped(result, to: $0) } ?? result
    }

    /// The middle of a picture; black is added where it is too small.
    private static func cropped(_ image: Image, to size: PixelSize) -> Image {
        // Python's `//` rounds down, also below zero: a picture too small by an odd number has one more row of black above.
        func start(_ length: Int, _ wanted: Int) -> Int {
            length >= wanted ? (length - wanted) / 2 : -((wanted - length + 1) / 2)
        }
        let (left, top) = (start(image.width, size.width), start(image.height, size.height))
        var pixels = [UInt8](repeating: 0, count: size.width * size.height * 3)
        for y in 0..<size.height where (0..<image.height).contains(y + top) {
            for x in 0..<size.width where (0..<image.width).contains(x + left) {
                let (from, to) = (((y + top) * image.width + x + left) * 3, (y * size.width + x) * 3)
                for c in 0..<3 { pixels[to + c] = image.pixels[from + c] }
            }
        }
        return Image(width: size.width, height: size.height, pixels: pixels)
    }

    private func values(_ image: Image) -> Tensor {
        let levels = (0...255).map { Float(Double($0) * (scale ?? 1)) }
        let (mean, deviation) = normalization ?? ([0, 0, 0], [1, 1, 1])
        let table = (0..<3).map { c in levels.map { ($0 - mean[c]) / deviation[c] } }
        return Tensor(
            image.pixels.indices.map { table[$0 % 3][Int(image.pixels[$0])] }, shape: [1, image.height, image.width, 3])
    }
}

import Images
import Language
import Tensors

extension PictureCommands {
    private static let source = Key<String>(
        "path", doc: "The file; relative to the script or the current folder.", file: .input(library: nil))
    private static let written = Key<Value>(
        "image", Accepts.picture, doc: "A picture, a mask or a figure. A picture's PNG keeps what it was made from.")
    private static let target = Key<String>("path", doc: "The file.", file: .output)
    private static let quality = Key<Int>("quality", default: 92, range: 1...100, doc: "Of a JPEG.", keywordOnly: true)
    private static let numbers = Key<Value>(
        "x", .oneOf([TensorValue.rule, MaskValue.rule, ImageValue.rule, AttentionValue.rule, .list(.any)]),
        doc: "Numbers from black to white.")
    private static let low = Key<Double>("low", default: -1, doc: "The number that is black; 0 for a mask.", keywordOnly: true)
    private static let high = Key<Double>("high", default: 1, doc: "The number that is white.", keywordOnly: true)

    static let files: [Builtin] = [
        Builtin(
            "load_image", family: .pictures, summary: "Reads a PNG or JPEG file; photos are turned upright.", parameters: [source],
            result: .image.described("image, with the texts of a PNG as .metadata"),
            terms: ["open", "read", "photo", "picture", "import"],
            examples: [.init("load_image(\"stdlib/scenes/toys/img.jpg\").size", shows: "[512, 512]")],
            seeAlso: ["save_image", "image", "show"], run: load),
        Builtin(
            "save_image", family: .pictures, summary: "Writes a picture, mask or figure to a .png or .jpg file (a figure also to .svg).",
            parameters: [written, target, quality], result: .path, terms: ["write", "export", "png", "jpeg", "store"],
            examples: [.init("save_image(image(zeros([8, 8])), \"grey.png\")", shows: "\"grey.png\"")], seeAlso: ["image", "show"],
            run: save),
        Builtin(
            "image", family: .pictures, summary: "A picture from a tensor [H, W, 3], [H, W, 1], [H, W] or [N, H, W, 3], or from a mask.",
            parameters: [numbers, low, high], result: "image; a list of images for N other than 1",
            terms: ["picture", "convert", "pixels"],
            examples: [.init("image(zeros([8, 4, 3]))", shows: "image 4×8  all bytes 128")], seeAlso: ["show"], run: make),
    ]

    @Sendable private static func load(_ call: Call) throws -> Value {
        let path = FileNames.readable(try call[source], call.context)
        return try call.mapped(source) {
            let image = try Image(contentsOf: path)
            let isPNG = path.lowercased().hasSuffix(".png")
            return .host(ImageValue(image, metadata: isPNG ? (try? PNGMetadata(contentsOf: path)) ?? [:] : [:]))
        }
    }

    @Sendable private static func save(_ call: Call) throws -> Value {
        let value = try call[written]
        if let figure = value.host(as: FigureValue.self) { return try FigureCommands.save(figure, call, quality: call[quality]) }
        let path = try call.target(target, isFolder: false)
        do {
            if let mask = value.host(as: MaskValue.self)?.mask {
                try mask.write(to: path, metadata: Provenance.completed([:], call.context))
            } else {
                let picture = try ImageValue.reading(value, written.name, call)
                let isPNG = path.lowercased().hasSuffix(".png")
                try picture.image.write(
                    to: path, metadata: isPNG ? Provenance.completed(picture.metadata, call.context) : [:], quality: call[quality])
            }
        } catch {
            throw ErrorMapping.problem(error, argument: target.name, command: "save_image", isWriting: true)
        }
        return .string(try call[target])
    }

    @Sendable private static func make(_ call: Call) throws -> Value {
        let value = try call[numbers]
        if let image = value.host(as: ImageValue.self) { return .host(image) }
        if let mask = value.host(as: MaskValue.self) { return .image(mask.picture) }
        let (black, white) = (Float(try call[low]), Float(try call[high]))
        guard black < white else { throw Problem(.badArgument, "image: low is the smaller number", argument: low.name) }
        let tensor = try Tensor.read(value, call, numbers.name)
        let images = try call.mapped(numbers) { try Image.batch(tensor, range: black...white) }
        call.warnOfNotFinite(tensor, numbers.name, help: "where(x == x, x, 0) puts 0 in the place of NaN")
        return images.count == 1 ? .image(images[0]) : .list(images.map { .image($0) })
    }
}

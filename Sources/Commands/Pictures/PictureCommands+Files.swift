import Images
import Language
import Tensors

extension PictureCommands {
    static let files: [Builtin] = [
        Builtin(
            "load_image", family: family, summary: "Reads a PNG or JPEG file; photos are turned upright.",
            parameters: [
                Parameter("path", .string, doc: "The file; relative to the script or the current folder.")
            ],
            result: "image, with the texts of a PNG as .metadata",
            terms: ["open", "read", "photo", "picture", "import"],
            examples: [.init("load_image(\"stdlib/scenes/toys/img.jpg\").size", shows: "[512, 512]")],
            run: load),
        Builtin(
            "save_image", family: family,
            summary: "Writes a picture, mask or figure to a .png or .jpg file (a figure also to .svg).",
            parameters: [
                picture(doc: "A picture, a mask or a figure. A picture's PNG keeps what it was made from."),
                Parameter("path", .string, doc: "The file."),
                Parameter("quality", .int, default: 92, range: 1...100, doc: "Of a JPEG.", keywordOnly: true),
            ],
            result: "the path", terms: ["write", "export", "png", "jpeg", "store"],
            examples: [
                .init("save_image(image(zeros([8, 8])), \"grey.png\")", shows: "\"grey.png\"")
            ], run: save),
        Builtin(
            "image", family: family,
            summary: "A picture from a tensor [H, W, 3], [H, W, 1], [H, W] or [N, H, W, 3], or from a mask.",
            parameters: [
                Parameter(
                    "x",
                    .oneOf([.host("tensor"), .host("mask"), .host("image"), .host("attention"), .list(.any)]),
                    doc: "Numbers from black to white."),
                Parameter(
                    "low", .number, default: -1, doc: "The number that is black; 0 for a mask.",
                    keywordOnly: true),
                Parameter("high", .number, default: 1, doc: "The number that is white.", keywordOnly: true),
            ],
            result: "image; a list of images for N other than 1", terms: ["picture", "convert", "pixels"],
            examples: [.init("image(zeros([8, 4, 3]))", shows: "image 4×8  all bytes 128")], run: make),
    ]

    @Sendable private static func load(_ call: Call) throws -> Value {
        let path = FileNames.readable(try call.string("path"), call.context)
        return try call.mapped("path") {
            let image = try Image(contentsOf: path)
            let isPNG = path.lowercased().hasSuffix(".png")
            return .host(
                ImageValue(image, metadata: isPNG ? (try? PNGMetadata(contentsOf: path)) ?? [:] : [:]))
        }
    }

    @Sendable private static func save(_ call: Call) throws -> Value {
        if let figure = try call.value("image").host(as: FigureValue.self) {
            return try FigureCommands.save(figure, call, quality: try call.int("quality"))
        }
        let path = try call.string("path")
        let target = try call.target("path", isFolder: false)
        do {
            if let mask = try call.value("image").host(as: MaskValue.self)?.mask {
                try mask.write(to: target, metadata: Provenance.completed([:], call.context))
            } else {
                let value = try ImageValue.read(try call.value("image"), "image", call)
                let isPNG = target.lowercased().hasSuffix(".png")
                try value.image.write(
                    to: target, metadata: isPNG ? Provenance.completed(value.metadata, call.context) : [:], quality: call.int("quality"))
            }
        } catch {
            throw ErrorMapping.problem(error, argument: "path", command: "save_image", isWriting: true)
        }
        return .string(path)
    }

    @Sendable private static func make(_ call: Call) throws -> Value {
        let value = try call.value("x")
        if let image = value.host(as: ImageValue.self) { return .host(image) }
        if let mask = value.host(as: MaskValue.self) { return .image(mask.picture) }
        let (low, high) = (Float(try call.double("low")), Float(try call.double("high")))
        guard low < high else {
            throw Problem(.badArgument, "image: low is the smaller number", argument: "low")
        }
        let tensor = try call.tensor("x")
        let images = try call.mapped("x") { try Image.batch(tensor, range: low...high) }
        call.warnOfNotFinite(tensor, "x", help: "where(x == x, x, 0) puts 0 in the place of NaN")
        return images.count == 1 ? .image(images[0]) : .list(images.map { .image($0) })
    }
}

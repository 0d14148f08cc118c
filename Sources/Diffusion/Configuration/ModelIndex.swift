// model_index.json: which class of which library each part of a pipeline is.
import Tensors

/// The parts of a Stable Diffusion pipeline, all of them of classes that are implemented here.
public struct ModelIndex: Sendable, Equatable {
    public struct Component: Sendable, Equatable {
        public let library: String
        public let className: String

        public init(library: String, className: String) {
            self.library = library
            self.className = className
        }
    }

    public let className: String
    /// Parts by the names of their folders; those that are null in the file are left out.
    public let components: [String: Component]
    /// The file as it was, for writing it again.
    public let source: JSONObject

    /// Classes that a part may be of; parts that are not here are not needed and not looked at. Which
    /// schedulers there are is the scheduler registry's to say.
    private static let supported: [(part: String, classNames: [String])] = [
        ("unet", ["UNet2DConditionModel"]),
        ("vae", ["AutoencoderKL"]),
        ("text_encoder", ["CLIPTextModel"]),
        ("tokenizer", ["CLIPTokenizer", "CLIPTokenizerFast"]),
    ]

    /// Reads `model_index.json`. Throws ``FileError`` and ``ConfigurationError``.
    public init(path: String) throws { try self.init(ConfigurationReader(path: path)) }

    /// Throws ``ConfigurationError``; `file` is what it names.
    public init(_ json: JSON, file: String) throws {
        try self.init(ConfigurationReader(json, file: file))
    }

    private init(_ reader: ConfigurationReader) throws {
        guard reader.has("_class_name") else { throw reader.fail("_class_name", .missing) }
        try reader.require("_class_name", "StableDiffusionPipeline", "StableDiffusionImg2ImgPipeline")
        className = try reader.string("_class_name", default: "")
        source = reader.object
        var components: [String: Component] = [:]
        for (key, value) in reader.object.members {
            guard let pair = value.arrayValue, pair.count == 2 else { continue }
            guard let library = pair[0].stringValue, let name = pair[1].stringValue else { continue }
            components[key] = Component(library: library, className: name)
        }
        for (part, classNames) in Self.supported {
            guard let component = components[part] else { throw reader.fail(part, .missing) }
            guard classNames.contains(component.className) else {
                throw reader.fail(part, .unsupported(value: component.className, supported: classNames))
            }
        }
        guard components["scheduler"] != nil else { throw reader.fail("scheduler", .missing) }
        self.components = components
    }
}

// model_index.json: which class of which library each part of a pipeline is.
import Tensors

/// The parts of a Stable Diffusion pipeline, each of a class that is implemented here.
public struct ModelIndex: Sendable, Equatable {
    /// The class of a part.
    public struct Component: Sendable, Equatable {
        /// The Python library, such as "diffusers".
        public let library: String
        /// The class in that library.
        public let className: String

        /// A class by its library and name.
        public init(library: String, className: String) {
            self.library = library
            self.className = className
        }
    }

    /// The pipeline's class.
    public let className: String
    /// The parts by the names of their folders; parts that are null in the file are left out.
    public let components: [String: Component]
    /// The members of the file, for writing it again.
    public let source: JSONObject

    /// The classes that a part may be of. Other parts are not needed and not looked at; which schedulers there are, the
    /// scheduler registry says.
    private static let supported: [(part: String, classNames: [String])] = [
        ("unet", ["UNet2DConditionModel"]),
        ("vae", ["AutoencoderKL"]),
        ("text_encoder", ["CLIPTextModel"]),
        ("tokenizer", ["CLIPTokenizer", "CLIPTokenizerFast"]),
    ]

    /// Reads `model_index.json`. Throws ``FileError`` and ``ConfigurationError``.
    public init(path: String) throws { try self.init(ConfigurationReader(path: path)) }

    /// Reads the parts from JSON. Throws ``ConfigurationError``, which names `file`.
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

import Diffusion
import Tensors

/// The settings of a `CLIPModel` (transformers' `CLIPConfig`).
public struct CLIPConfiguration: Sendable, Equatable {
    /// The settings of the text tower.
    public let text: CLIPTextModelConfiguration
    /// The settings of the vision tower.
    public let vision: VisionConfiguration
    /// The width of the common space.
    public let projectionSize: Int

    init(_ reader: ConfigurationReader) throws {
        text = try CLIPTextModelConfiguration(Self.part("text", reader), file: "\(reader.file): text_config")
        let vision = try Self.part("vision", reader)
        self.vision = try VisionConfiguration(ConfigurationReader(vision, file: "\(reader.file): vision_config"), .clip)
        projectionSize = try reader.int("projection_dim", default: 512, in: 1...65536)
    }

    /// The settings of one tower. Old files have some of them in `text_config_dict` as well, which counts more.
    private static func part(_ name: String, _ reader: ConfigurationReader) throws -> JSON {
        guard var settings = reader.object["\(name)_config"]?.objectValue else { throw reader.fail("\(name)_config", .missing) }
        if let more = reader.object["\(name)_config_dict"]?.objectValue {
            for (key, value) in more.members { settings[key] = value }
        }
        return .object(settings)
    }
}

import Evaluators
import Images
import Tensors

/// What evaluators say of inspected pictures: computed once, read by every metric that needs it.
public struct PictureFeatures: Sendable {
    /// A thing that was found in a picture.
    public struct Detection: Sendable {
        /// The handle whose thing it was taken for, by its place among the masks.
        public let handle: Int
        /// Cosine with the photo's thing of the same handle, both masked with black and otherwise whole (`MaskedThing.whole`), −1…1.
        public let identity: Double
        /// Cosines with every thing of the photo, all cropped (`MaskedThing.cropped`).
        public let cosines: [Double]
    }

    /// For each picture the cosine with its prompt, handles replaced by words, −1…1; nil without an encoder of prompts.
    public let prompts: [Double]?
    /// For each picture what was found: of every handle whose thing is present all copies; nil without an encoder of identity.
    public let detections: [[Detection]]?
    /// Cosines of the photo's things among each other, cropped.
    public let references: [[Double]]

    /// Features that are known already.
    public init(prompts: [Double]?, detections: [[Detection]]?, references: [[Double]]) {
        (self.prompts, self.detections, self.references) = (prompts, detections, references)
    }

    /// Encodes the pictures of a report. `scene` holds photo and masks at the model's size; `words` say what each handle's thing is, one
    /// for each mask: "mug". `progress` gets the number of pictures done and in all. Throws what encoding throws, and what `progress` does.
    public init(
        _ report: InspectionReport, _ scene: PreparedScene, words: [String], prompts encoder: (any ImageTextEncoder)?,
        identity: (any IdentityEncoder)?, progress: (Int, Int) throws -> Void = { _, _ in }
    ) throws {
        prompts = try encoder.map { try Self.promptCosines(report, words, $0) }
        guard let identity else {
            (detections, references) = (nil, [])
            return
        }
        let photo = try Image(scene.pictures[0])
        let whole = try identity.identityFeatures(scene.masks.map { try MaskedThing.whole(photo, mask: $0) })
        let cropped = try identity.identityFeatures(scene.masks.map { try MaskedThing.cropped(photo, mask: $0) })
        references = Features.cosines(cropped, cropped)
        var found: [[Detection]] = []
        for (index, picture) in report.pictures.enumerated() {
            found.append(try Self.detections(picture, identity, whole, cropped))
            try progress(index + 1, report.pictures.count)
        }
        detections = found
    }

    private static func promptCosines(_ report: InspectionReport, _ words: [String], _ encoder: any ImageTextEncoder) throws -> [Double] {
        let texts = report.pictures.map { picture in
            PromptContext.prompt(picture.entry.context, picture.entry.asked.map { words[$0] })
        }
        return try PromptSimilarity.pairs(report.pictures.map(\.image), texts, encoder)
    }

    private static func detections(
        _ picture: InspectedPicture, _ encoder: any IdentityEncoder, _ whole: Tensor, _ cropped: Tensor
    ) throws -> [Detection] {
        let places = picture.findings.indices.flatMap { handle in
            picture.findings[handle].prefix(picture.copies(handle)).map { (handle: handle, finding: $0) }
        }
        guard !places.isEmpty else { return [] }
        let masks = places.map { place in
            Mask(width: picture.size.width, height: picture.size.height, values: place.finding.pixels.map { $0 ? 1 : 0 })
        }
        let own = Features.cosines(try encoder.identityFeatures(masks.map { try MaskedThing.whole(picture.image, mask: $0) }), whole)
        let all = Features.cosines(try encoder.identityFeatures(masks.map { try MaskedThing.cropped(picture.image, mask: $0) }), cropped)
        return places.indices.map { Detection(handle: places[$0].handle, identity: own[$0][places[$0].handle], cosines: all[$0]) }
    }
}

/// The agreement of pictures with texts (CLIPScore without its factor; CLIP-T): the cosine of the features of both. In −1…1; with
/// CLIP, pictures that show their prompts have about 0.25 to 0.35. The paper takes ViT-L/14 and replaces handles by class names (B.2).
public enum PromptSimilarity {
    /// The cosine of each picture with the text of the same place. Throws what encoding throws; traps where they are not as many.
    public static func pairs(_ images: [Image], _ texts: [String], _ encoder: any ImageTextEncoder) throws -> [Double] {
        precondition(images.count == texts.count)
        // Many pictures have one prompt.
        let distinct = Array(Set(texts)).sorted()
        let (pictures, words) = (try encoder.imageFeatures(images), try encoder.textFeatures(distinct))
        let places = Dictionary(uniqueKeysWithValues: distinct.enumerated().map { ($1, $0) })
        return images.indices.map {
            Features.cosines(pictures.rows($0..<$0 + 1), words.rows((places[texts[$0]] ?? 0)..<(places[texts[$0]] ?? 0) + 1))[0][0]
        }
    }
}

import Diffusion
import Images
import Tensors

/// One picture that was drawn, with the things that were found in it.
public struct InspectedPicture: Sendable {
    /// The planned picture that this is.
    public let entry: InspectionPlan.Entry
    /// The prompt that it was drawn from, handles included.
    public let prompt: String
    /// The picture.
    public let image: Image
    /// The size that it was measured at; `Finding.pixels` are of this size.
    public let size: PixelSize
    /// Per handle of the scene: the best place for its thing and the copies of it, however weak; empty where there is none.
    public let findings: [[Finding]]
    /// Per handle: the likeness of the best place by every measure of `LikenessMeasure.all`; empty where nothing was found.
    public let likeness: [[Double]]

    /// The number of times that a handle's thing is in the picture; 0 where the best place has too little evidence.
    public func copies(_ handle: Int) -> Int {
        findings[handle].first?.isPresent == true ? findings[handle].count : 0
    }

    /// Whether a handle's thing is in the picture.
    public func isPresent(_ handle: Int) -> Bool { copies(handle) > 0 }
    /// The evidence 0…1 of the best place for a handle's thing; 0 where there is none.
    public func evidence(_ handle: Int) -> Double { findings[handle].first?.evidence ?? 0 }
}

/// A place in a picture that is taken for a thing.
public struct Finding: Sendable {
    /// Whether each pixel belongs to it, row after row at the measured size.
    public let pixels: [Bool]
    /// The evidence that the thing is there, 0…1; what it is made of says who looked.
    public let evidence: Double
    /// Whether that is enough.
    public let isPresent: Bool

    /// A place by its pixels and evidence.
    public init(pixels: [Bool], evidence: Double, isPresent: Bool) {
        (self.pixels, self.evidence, self.isPresent) = (pixels, evidence, isPresent)
    }
}

/// Who looks for a scene's things in pictures.
public protocol ThingFinder: Sendable {
    /// For each thing of the scene its best place in a picture and the copies of that, however weak; empty where there is none. Places have
    /// `size` pixels. Throws what looking throws.
    func find(in image: Image, size: PixelSize) throws -> [[Finding]]
}

/// Tells which of a scene's things stand in pictures that a model drew.
public struct PictureInspector: Sendable {
    private let things: [Appearance]
    private let finder: any ThingFinder

    /// Looks for the things of a scene, at the size of the model that draws, with a finder of the same scene. Throws `ImageError`.
    public init(_ scene: PreparedScene, finder: any ThingFinder) throws {
        let photo = try Image(scene.pictures[0])
        things = try scene.masks.map { try Appearance(photo, mask: $0) }
        self.finder = finder
    }

    /// Finds the scene's things in a picture that was drawn for `entry` with the prompt `drawn`. Throws `ImageError`, and what the finder
    /// throws.
    public func inspect(_ image: Image, _ entry: InspectionPlan.Entry, prompt drawn: String) throws -> InspectedPicture {
        let size = LabPicture.measuredSize(image.size)
        let (picture, findings) = (try LabPicture(image, size: size), try finder.find(in: image, size: size))
        let likeness = zip(things, findings).map { thing, found -> [Double] in
            guard let first = found.first else { return [] }
            let seen = Appearance(image, picture, weights: first.pixels.map { $0 ? 1 : 0 })
            return LikenessMeasure.all.map { $0.compare(thing, seen) }
        }
        return InspectedPicture(entry: entry, prompt: drawn, image: image, size: size, findings: findings, likeness: likeness)
    }
}

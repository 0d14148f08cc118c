import Images

/// What was measured of one tuned model: the parts that metrics read, each of which may be absent.
public struct MetricSubject: Sendable {
    /// Photo and masks at the model's size.
    public var scene: PreparedScene?
    /// Pictures that the model drew, with the things found in them.
    public var report: InspectionReport?
    /// What evaluators say of those pictures; of another number of pictures they do not count.
    public var features: PictureFeatures?
    /// The attention of the handles on pictures with masks.
    public var attention: AttentionScores?
    /// The leakage matrix of the handles.
    public var leakage: LeakageMatrix?
    /// How far handles moved.
    public var handles: HandleDrift?
    /// What changed in the rest of the model.
    public var base: BaseDrift?
    /// For each handle the views with which poses are compared; computed from `scene` where it is empty.
    public var poses: [PoseFixation?] = []
    /// For each handle the light with which things are compared; computed from `scene` where it is empty.
    public var lights: [LightFixation?] = []

    /// A subject of which nothing was measured yet.
    public init() {}

    /// Whether a part was measured.
    func has(_ need: Metric.Need) -> Bool {
        switch need {
        case .attention: attention != nil
        case .leakage: leakage != nil
        case .pictures: report != nil
        case .scene: scene != nil
        case .promptFeatures: features?.prompts?.count == report?.pictures.count && features?.prompts != nil
        case .identityFeatures: features?.detections?.count == report?.pictures.count && features?.detections != nil
        case .handles: handles != nil
        case .base: base != nil
        }
    }

    /// The things of the photo, one for each mask, as things in pictures are described; empty without a scene.
    func things() -> [Appearance?] {
        guard let scene, let photo = try? Image(scene.pictures[0]) else { return [] }
        return scene.masks.map { try? Appearance(photo, mask: $0) }
    }
}

extension InspectedPicture {
    /// The thing at the best place for a handle, as it looks; nil where it is not present.
    func appearance(_ handle: Int, _ picture: LabPicture) -> Appearance? {
        guard isPresent(handle), let found = findings[handle].first else { return nil }
        return Appearance(image, picture, weights: found.pixels.map { $0 ? 1 : 0 })
    }

    /// The picture at the size that it was measured at; nil where it cannot be resized.
    var measured: LabPicture? { try? LabPicture(image, size: size) }
}

import Images

/// A scene as a picture, with everything that is true of it.
public struct RenderedScene: Sendable, Equatable {
    /// What was drawn.
    public let scene: WorldScene
    /// What is known of each thing.
    public let objects: [WorldObject]
    /// The picture.
    public let image: Image
    /// For each thing the pixels in which it is seen: 0 or 1. Every pixel belongs to one thing or to the background.
    public let masks: [Mask]
    /// For each thing all pixels that it covers, those behind other things included: 0 or 1.
    public let fullMasks: [Mask]
    /// The plain caption: style, what is visible from left to right, place. "a photo of a cat and a mug on the grass".
    public let caption: String
    /// The same with colours, sizes and places of the things as far as they are known: "a photo of a red mug to the left of a
    /// large cat".
    public let description: String

    /// A picture from its parts.
    public init(
        scene: WorldScene, objects: [WorldObject], image: Image, masks: [Mask], fullMasks: [Mask], caption: String, description: String
    ) {
        (self.scene, self.objects, self.image, self.masks) = (scene, objects, image, masks)
        (self.fullMasks, self.caption, self.description) = (fullMasks, caption, description)
    }

    /// The plain words for the things; of two of the same name the second is "NAME 2".
    public var names: [String] {
        var seen: [String: Int] = [:]
        return objects.map { object in
            seen[object.name, default: 0] += 1
            let count = seen[object.name] ?? 1
            return count > 1 ? "\(object.name) \(count)" : object.name
        }
    }

    /// For each thing the share of its pixels that other things hide, 0…1.
    public var hidden: [Double] {
        zip(masks, fullMasks).map { visible, full in full.area > 0 ? 1 - visible.area / full.area : 0 }
    }

    /// The pose of each thing; nil for a flat cut-out.
    public var poses: [Pose?] {
        zip(scene.things, objects).map { thing, object in object.poses.indices.contains(thing.pose) ? object.poses[thing.pose] : nil }
    }

    /// The pixels that belong to no thing.
    public var backgroundMask: Mask {
        var values = [Float](repeating: 1, count: image.width * image.height)
        for mask in masks { for index in values.indices where mask.values[index] > 0 { values[index] = 0 } }
        return Mask(width: image.width, height: image.height, values: values)
    }
}

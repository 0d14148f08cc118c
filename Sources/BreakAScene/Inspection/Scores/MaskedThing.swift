import Images

/// A thing alone on black, as encoders of identity are shown it.
///
/// The paper masks photo and picture with black and compares the features of both (B.2, and its authors in google/break-a-scene#32). The
/// picture is otherwise left as it is, so that the thing's place and size count a little; `cropped` takes that out.
public enum MaskedThing {
    /// The picture where the mask is 1 and black where it is 0. A mask of another size is brought to the picture's. Throws `ImageError`.
    public static func whole(_ image: Image, mask: Mask) throws -> Image {
        let fitted = mask.size == image.size ? mask : try mask.resized(to: image.size, mask.width < image.width ? .nearest : .box)
        return try image.pasted(over: Image(width: image.width, height: image.height, color: Color(0, 0, 0)), mask: fitted)
    }

    /// The same, cut to a square around the thing's box; beyond the picture it is black. The whole picture where the mask is empty. Throws
    /// `ImageError`.
    public static func cropped(_ image: Image, mask: Mask) throws -> Image {
        let fitted = mask.size == image.size ? mask : try mask.resized(to: image.size, mask.width < image.width ? .nearest : .box)
        let alone = try whole(image, mask: fitted)
        guard let box = fitted.boundingBox() else { return alone }
        let side = max(box.width, box.height)
        let (left, top) = (box.x0 - (side - box.width) / 2, box.y0 - (side - box.height) / 2)
        var result = Image(width: side, height: side, color: Color(0, 0, 0))
        for y in 0..<side where (0..<image.height).contains(y + top) {
            for x in 0..<side where (0..<image.width).contains(x + left) { result[x, y] = alone[x + left, y + top] }
        }
        return result
    }
}

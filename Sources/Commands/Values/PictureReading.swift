import Images
import Language
import Tensors

extension Call {
    /// Returns an argument as a picture. Throws `.wrongType` for a value that is none.
    public func picture(_ name: String) throws -> Image {
        try ImageValue.read(try value(name), name, self).image
    }

    /// Returns an argument as a mask. Throws `.wrongType` for a value that is none.
    public func mask(_ name: String) throws -> Mask { try mask(try value(name), name) }

    /// Returns a value as a mask: a mask, an image by its luminance, or a map of numbers [H, W].
    func mask(_ value: Value, _ name: String) throws -> Mask {
        if let mask = value.host(as: MaskValue.self) { return mask.mask }
        if let image = value.host(as: ImageValue.self) { return Mask(luminanceOf: image.image) }
        if let map = value.host(as: TensorReadable.self) {
            return try mapped(name) { try Mask(map.variable.value) }
        }
        throw Problem(
            .wrongType, "\(builtin.name) wants a mask for \(name)", argument: name,
            label: "this is \(value.describedType)")
    }

    /// Returns an argument as a size: `[height, width]`, or the height and width of a picture or a tensor. Throws `.badArgument` for sizes
    /// outside of 1…8192.
    public func size(_ name: String) throws -> PixelSize {
        let given = try value(name)
        if let image = given.host(as: ImageValue.self) { return image.image.size }
        if let mask = given.host(as: MaskValue.self) { return mask.mask.size }
        if let tensor = given.host(as: TensorReadable.self)?.variable {
            return try size(of: tensor.shape, name)
        }
        if let picture = given.host(as: PictureReadable.self) { return picture.picture.size }
        let sizes = try ints(name)
        guard sizes.count == 2, sizes.allSatisfy({ (1...8192).contains($0) }) else {
            throw Problem(
                .badArgument, "\(builtin.name): \(name) is [height, width], each 1 to 8192 pixels",
                argument: name,
                label: "this is \(Shape.text(sizes))")
        }
        return PixelSize(width: sizes[1], height: sizes[0])
    }

    /// Returns the size of a shape [H, W], [H, W, C] or [N, H, W, C]. Throws `.badArgument` for other shapes.
    private func size(of shape: [Int], _ name: String) throws -> PixelSize {
        let place = shape.count == 2 ? 0 : shape.count - 3
        guard (2...4).contains(shape.count), shape[place] > 0, shape[place + 1] > 0 else {
            throw Problem(
                .badArgument,
                "\(builtin.name): a tensor [H, W], [H, W, C] or [N, H, W, C] has a height and a width",
                argument: name, label: Shape.text(shape))
        }
        return PixelSize(width: shape[place + 1], height: shape[place])
    }

    /// Returns an argument `[x, y]` as a point. Throws `.badArgument` unless it has two numbers.
    func point(_ name: String) throws -> Point { try point(try doubles(name), name) }

    /// Returns an argument as a list of points. Throws `.badArgument` where one has not two numbers.
    func points(_ name: String) throws -> [Point] {
        try list(name).map { item in
            try point((try item.elements ?? []).compactMap(\.number), name)
        }
    }

    /// Returns two numbers as a point.
    private func point(_ numbers: [Double], _ name: String) throws -> Point {
        guard numbers.count == 2 else {
            throw Problem(
                .badArgument, "\(builtin.name): a point is [x, y], in pixels from the top left corner",
                argument: name)
        }
        return Point(numbers[0], numbers[1])
    }

    /// Returns the result of `body`; what it throws becomes a problem that underlines the argument.
    func mapped<T>(_ name: String?, _ body: () throws -> T) throws -> T {
        do {
            return try body()
        } catch {
            throw ErrorMapping.problem(error, argument: name, command: builtin.name)
        }
    }
}

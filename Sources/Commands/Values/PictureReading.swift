import Images
import Language
import Tensors

extension Call {
    /// Returns a value as a mask: a mask, an image by its luminance, or a map of numbers [H, W].
    func mask(_ value: Value, _ name: String) throws -> Mask {
        if let mask = value.host(as: MaskValue.self) { return mask.mask }
        if let image = value.host(as: ImageValue.self) { return Mask(luminanceOf: image.image) }
        if let map = value.host(as: TensorReadable.self) { return try mapped(name) { try Mask(map.variable.value) } }
        throw Problem(
            .wrongType, "\(builtin.name) wants a mask for \(name)", argument: name, label: "this is \(value.describedType)")
    }

    /// Returns a value as a size, as the argument of that name: `[height, width]`, or the height and width of a picture or a tensor. Throws
    /// `.badArgument` for sizes outside of 1…8192.
    func size(_ given: Value, _ name: String) throws -> PixelSize {
        if let image = given.host(as: ImageValue.self) { return image.image.size }
        if let mask = given.host(as: MaskValue.self) { return mask.mask.size }
        if let tensor = given.host(as: TensorReadable.self)?.variable { return try size(of: tensor.shape, name) }
        if let picture = given.host(as: PictureReadable.self) { return picture.picture.size }
        let sizes = try [Int].read(given, self, name)
        guard sizes.count == 2, sizes.allSatisfy({ (1...8192).contains($0) }) else {
            throw Problem(
                .badArgument, "\(builtin.name): \(name) is [height, width], each 1 to 8192 pixels", argument: name,
                label: "this is \(Shape.text(sizes))")
        }
        return PixelSize(width: sizes[1], height: sizes[0])
    }

    /// Returns the size of a shape [H, W], [H, W, C] or [N, H, W, C]. Throws `.badArgument` for other shapes.
    private func size(of shape: [Int], _ name: String) throws -> PixelSize {
        let place = shape.count == 2 ? 0 : shape.count - 3
        guard (2...4).contains(shape.count), shape[place] > 0, shape[place + 1] > 0 else {
            throw Problem(
                .badArgument, "\(builtin.name): a tensor [H, W], [H, W, C] or [N, H, W, C] has a height and a width", argument: name,
                label: Shape.text(shape))
        }
        return PixelSize(width: shape[place + 1], height: shape[place])
    }

    /// Returns a value `[x, y]` as a point, as the argument of that name. Throws `.badArgument` unless it has two numbers.
    func point(_ value: Value, _ name: String) throws -> Point {
        let numbers = (try value.elements ?? []).compactMap(\.number)
        guard numbers.count == 2 else {
            throw Problem(.badArgument, "\(builtin.name): a point is [x, y], in pixels from the top left corner", argument: name)
        }
        return Point(numbers[0], numbers[1])
    }

    /// Returns the result of `body`; what it throws becomes a problem that underlines the argument.
    func mapped<T, Argument>(_ key: Key<Argument>, _ body: () throws -> T) throws -> T { try mapped(key.name, body) }

    /// Returns the result of `body`; what it throws becomes a problem that underlines the argument of this name, or the call for nil.
    func mapped<T>(_ name: String?, _ body: () throws -> T) throws -> T {
        do {
            return try body()
        } catch {
            throw ErrorMapping.problem(error, argument: name, command: builtin.name)
        }
    }
}

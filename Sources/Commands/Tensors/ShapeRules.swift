import Language
import Tensors

/// The shapes that commands give, and the problems of those that do not fit; both the run and the analysis before it use these rules. A
/// size that is not known is nil, as is a shape of which nothing is known.
enum ShapeRules {
    /// Returns the shape of two broadcast operands. Throws `.shapeMismatch` where two known sizes clash, whatever the others are.
    static func broadcast(_ a: [Int?]?, _ b: [Int?]?) throws -> [Int?]? {
        guard let a, let b else { return nil }
        if let known = exact(a), let other = exact(b) {
            guard let shape = Shape.broadcast(known, other) else { throw Problem.shapes(known, other) }
            return shape
        }
        var result: [Int?] = []
        for place in 1...max(a.count, b.count, 1) where place <= max(a.count, b.count) {
            let p = place <= a.count ? a[a.count - place] : 1
            let q = place <= b.count ? b[b.count - place] : 1
            switch (p, q) {
            case (1?, let size), (let size, 1?): result.append(size)
            case (let p?, let q?):
                if p != q { throw clash(a, b, "\(p) against \(q)") }
                result.append(p)
            case (let size?, nil), (nil, let size?): result.append(size)
            case (nil, nil): result.append(nil)
            }
        }
        return result.reversed()
    }

    /// Returns the problem of two shapes that do not broadcast.
    private static func clash(_ a: [Int?], _ b: [Int?], _ sizes: String) -> Problem {
        Problem(
            .shapeMismatch, "these shapes do not broadcast", left: text(a), right: text(b), notes: ["aligned from the right: \(sizes)"])
    }

    /// Returns "[2, ?, 4]"; "?" stands for an unknown size.
    static func text(_ shape: [Int?]) -> String { "[" + shape.map { $0.map(String.init) ?? "?" }.joined(separator: ", ") + "]" }

    /// Returns the shape where all its sizes are known, else nil.
    static func exact(_ shape: [Int?]?) -> [Int]? {
        guard let shape, !shape.contains(nil) else { return nil }
        return shape.compactMap { $0 }
    }

    // MARK: axes

    /// Returns an axis as a place from 0; negative ones count from the end. `extra` allows so many axes beyond the shape's. Throws
    /// `.indexOutOfRange`.
    static func axis(_ axis: Int, _ name: String, of shape: [Int], command: String, extra: Int = 0) throws -> Int {
        let rank = shape.count + extra
        if axis >= -rank, axis < rank { return axis < 0 ? axis + rank : axis }
        throw Problem(
            .indexOutOfRange, "\(command): axis \(axis) of a tensor with \(axesText(shape.count))", argument: name,
            label: "outside of \(Shape.text(shape))",
            notes: [rank == 0 ? "it has none" : "axes go from 0 to \(rank - 1), or from the end -1 to -\(rank)"])
    }

    /// Returns several axes as places. Throws `.indexOutOfRange`, and `.badArgument` where one is named twice.
    static func axes(_ axes: [Int], _ name: String, of shape: [Int], command: String) throws -> [Int] {
        let places = try axes.map { try axis($0, name, of: shape, command: command) }
        guard Set(places).count == places.count else {
            throw Problem(.badArgument, "\(command): an axis is named twice", argument: name)
        }
        return places
    }

    /// Returns what is left of a shape when `axes` are reduced (all of them for nil); `keeps` leaves them with size 1.
    static func reduced(_ shape: [Int], _ axes: [Int]?, keeps: Bool) -> [Int] {
        let gone = axes ?? Array(shape.indices)
        return shape.indices.compactMap { gone.contains($0) ? (keeps ? 1 : nil) : shape[$0] }
    }

    // MARK: layout

    /// Returns the sizes of a new tensor. Throws `.badArgument` for negative sizes and too many axes.
    static func new(_ sizes: [Int], _ name: String, command: String) throws -> [Int] {
        if sizes.allSatisfy({ $0 >= 0 }), sizes.count <= TensorReading.mostAxes { return sizes }
        throw Problem(
            .badArgument, "\(command): a shape is up to 16 sizes of at least 0", argument: name, label: "this is \(Shape.text(sizes))")
    }

    /// Returns the sizes of a reshape; one may be -1 and follows from the others. Throws `.shapeMismatch` where the count differs and
    /// `.tooManyBytes`.
    static func reshaped(_ shape: [Int], to wanted: [Int]) throws -> [Int] {
        let count = Shape.count(shape)
        var sizes = wanted
        let free = sizes.indices.filter { sizes[$0] == -1 }
        if free.count == 1, let known = Shape.checkedCount(sizes.filter { $0 != -1 }), known > 0, count % known == 0 {
            sizes[free[0]] = count / known
        }
        guard sizes.count <= TensorReading.mostAxes, Shape.checkedCount(sizes) == count else {
            throw Problem(
                .shapeMismatch, "reshape: \(count) numbers do not fill \(Shape.text(wanted))", argument: "shape",
                notes: ["the shape is \(Shape.text(shape))"])
        }
        try TensorLimit.check(sizes)
        return sizes
    }

    /// Returns the places of all axes in a new order. Throws `.badArgument` unless each axis is named once.
    static func permutation(_ axes: [Int], of shape: [Int]) throws -> [Int] {
        let order = try self.axes(axes, "axes", of: shape, command: "permute")
        guard order.count == shape.count else {
            throw Problem(
                .badArgument, "permute: every axis once, \(axesText(shape.count)), not \(axes.count)", argument: "axes",
                label: "the shape is \(Shape.text(shape))")
        }
        return order
    }

    /// Returns the shape of tensors one behind another along an axis, which is returned as a place. Throws `.indexOutOfRange`, and
    /// `.shapeMismatch` where other sizes differ.
    static func joined(_ shapes: [[Int]], axis: Int) throws -> (shape: [Int], axis: Int) {
        let place = try self.axis(axis, "axis", of: shapes[0], command: "concat")
        try same(shapes, except: place)
        var shape = shapes[0]
        shape[place] = shapes.reduce(0) { $0 + $1[place] }
        return (shape, place)
    }

    /// Returns a shape with a new axis of a size, which is returned as a place. Throws `.indexOutOfRange`, and `.badArgument` for too many
    /// axes.
    static func stacked(_ shape: [Int], axis: Int, size: Int) throws -> (shape: [Int], axis: Int) {
        let place = try self.axis(axis, "axis", of: shape, command: "stack", extra: 1)
        guard shape.count < TensorReading.mostAxes else {
            throw Problem(.badArgument, "stack: a tensor has at most \(TensorReading.mostAxes) axes", argument: "tensors")
        }
        return (Array(shape[..<place]) + [size] + shape[place...], place)
    }

    /// Throws `.shapeMismatch` unless all shapes are equal but for the size of `axis`.
    static func same(_ shapes: [[Int]], except axis: Int?) throws {
        func rest(_ shape: [Int]) -> [Int] { shape.indices.map { $0 == axis ? 0 : shape[$0] } }
        for (place, shape) in shapes.enumerated() where rest(shape) != rest(shapes[0]) {
            throw Problem(
                .shapeMismatch, "the tensors have different shapes", argument: "tensors",
                label: "tensor 0 has \(Shape.text(shapes[0])), tensor \(place) has \(Shape.text(shape))")
        }
    }

    // MARK: products

    /// Returns the shape of `matmul`, which multiplies over the last two axes: leading axes broadcast; a vector is a row on the left and a
    /// column on the right. Throws `.shapeMismatch`.
    static func product(_ a: [Int], _ b: [Int]) throws -> [Int] {
        guard !a.isEmpty, !b.isEmpty else {
            throw Problem(.shapeMismatch, "matmul takes vectors and matrices, not single numbers", help: "a * b")
        }
        let left = a.count == 1 ? [1] + a : a
        let right = b.count == 1 ? b + [1] : b
        let (inner, other) = (left[left.count - 1], right[right.count - 2])
        guard inner == other, let batch = Shape.broadcast(left.dropLast(2), right.dropLast(2)) else {
            throw Problem(
                .shapeMismatch, "matmul: \(Shape.text(a)) and \(Shape.text(b)) do not fit", argument: "b", label: Shape.text(b),
                notes: [inner == other ? "the leading axes do not broadcast" : "the inner sizes are \(inner) and \(other)"])
        }
        return batch + (a.count == 1 ? [] : [left[left.count - 2]]) + (b.count == 1 ? [] : [right[right.count - 1]])
    }

    /// Throws `.shapeMismatch` unless both shapes are the same.
    static func equal(_ a: [Int], _ b: [Int], command: String) throws {
        if a == b { return }
        throw Problem(
            .shapeMismatch, "\(command) takes two tensors of one shape", argument: "b", label: "\(Shape.text(a)) and \(Shape.text(b))")
    }
}

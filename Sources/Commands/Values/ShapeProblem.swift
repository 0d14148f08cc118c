import Language
import Tensors

extension Problem {
    /// Returns the problem of two shapes that do not broadcast: a note on the rule, and advice where one of them looks channels-first.
    static func shapes(_ a: [Int], _ b: [Int]) -> Problem {
        Problem(
            .shapeMismatch, "these shapes do not broadcast", left: Shape.text(a), right: Shape.text(b),
            notes: ["aligned from the right: \(clash(a, b))"],
            help: channelsFirst(a, b) ?? channelsFirst(b, a))
    }

    /// Returns "8 against 16", the innermost axis at which the shapes differ.
    private static func clash(_ a: [Int], _ b: [Int]) -> String {
        for (p, q) in zip(a.reversed(), b.reversed()) where p != q && p != 1 && q != 1 {
            return "\(p) against \(q)"
        }
        return "\(Shape.text(a)) against \(Shape.text(b))"
    }

    /// Returns the advice where `b` would fit if its third axis from the right were its last; else nil.
    private static func channelsFirst(_ a: [Int], _ b: [Int]) -> String? {
        guard a.count >= 3, b.count >= 3 else { return nil }
        var moved = b
        moved.append(moved.remove(at: b.count - 3))
        guard Shape.broadcast(a, moved) != nil else { return nil }
        return "latents and images are channels-last here, [N, H, W, C]: \(Shape.text(moved))?"
    }

    /// Returns the same problem at an argument of a command.
    func at(_ argument: String, in command: String) -> Problem {
        guard let left, let right else { return self }
        return Problem(
            code, "\(command): these shapes do not broadcast, \(left) and \(right)", argument: argument,
            label: right, notes: notes, help: help)
    }
}

/// The largest tensor that one value may be; it is checked before memory is asked for.
enum TensorLimit {
    /// Throws `.tooManyBytes` for a shape that is too large. An empty axis counts as one of size 1: the tensor holds nothing, but its
    /// strides, and what further axes make of it, have to stay countable.
    static func check(_ shape: [Int]) throws {
        try Reservation.check(shape.map { max($0, 1) }, of: MemoryLayout<Float>.stride, what: "a tensor \(Shape.text(shape))")
    }
}

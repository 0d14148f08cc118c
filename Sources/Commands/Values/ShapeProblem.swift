import Language
import Tensors

extension Problem {
    /// Two shapes that do not broadcast: the rule in one line, and a hint where one of them looks
    /// channels-first.
    static func shapes(_ a: [Int], _ b: [Int]) -> Problem {
        Problem(
            .shapeMismatch, "these shapes do not broadcast", left: Shape.text(a), right: Shape.text(b),
            notes: ["aligned from the right: \(clash(a, b))"],
            help: channelsFirst(a, b) ?? channelsFirst(b, a))
    }

    /// "8 against 16": the innermost axis at which the shapes differ.
    private static func clash(_ a: [Int], _ b: [Int]) -> String {
        for (p, q) in zip(a.reversed(), b.reversed()) where p != q && p != 1 && q != 1 {
            return "\(p) against \(q)"
        }
        return "\(Shape.text(a)) against \(Shape.text(b))"
    }

    /// Would `b` fit if its third axis from the right were its last?
    private static func channelsFirst(_ a: [Int], _ b: [Int]) -> String? {
        guard a.count >= 3, b.count >= 3 else { return nil }
        var moved = b
        moved.append(moved.remove(at: b.count - 3))
        guard Shape.broadcast(a, moved) != nil else { return nil }
        return "latents and images are channels-last here, [N, H, W, C]: \(Shape.text(moved))?"
    }

    /// The same where a command's arguments clash.
    func at(_ argument: String, in command: String) -> Problem {
        guard let left, let right else { return self }
        return Problem(
            code, "\(command): these shapes do not broadcast, \(left) and \(right)", argument: argument,
            label: right, notes: notes, help: help)
    }
}

/// A tensor as large as one value may be; checked before memory is asked for.
enum TensorLimit {
    /// Throws `.tooManyBytes`. An empty axis counts as one of size 1: the tensor would hold nothing, but its strides and
    /// what is made of it by further axes have to stay numbers that can be counted.
    static func check(_ shape: [Int]) throws {
        try Reservation.check(shape.map { max($0, 1) }, of: MemoryLayout<Float>.stride, what: "a tensor \(Shape.text(shape))")
    }
}

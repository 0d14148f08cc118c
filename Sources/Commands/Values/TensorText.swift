import Language
import Tensors

/// The text of tensors: few values in full, many as shape, range, spread and a small histogram (after the summary line of lovely-tensors).
enum TensorText {
    /// The largest number of elements that are written out.
    static let fewValues = 10

    /// Returns the text of a tensor alone: "tensor[2, 2] [[1.0, 2.0], [3.0, 4.0]]", or with many elements "tensor[3, 196, 196] n=115248
    /// (450.2 KiB) x∈[-2.118 |▂▅█▇▂▁▁▂▂▁| 2.64] μ=-0.388 σ=1.073". It is one line where that fits into the width.
    static func line(_ value: TensorValue, width: Int) -> String {
        let tensor = value.tensor
        if tensor.rank == 0 { return inline(value) + flags(value) }
        let head = "tensor\(Shape.text(tensor.shape))"
        if tensor.count <= fewValues { return "\(head) \(nested(tensor, text))\(flags(value))" }
        let size = "n=\(tensor.count) (\(byteText(tensor.count * MemoryLayout<Float>.stride)))"
        let grad = value.variable.needsGrad ? ["grad"] : []
        return TextLines.pieces([head, size] + statistics(tensor, histogram: true) + grad, between: " ", width, "", "  ").joined(
            separator: "\n")
    }

    /// Returns the text of a tensor inside other text: the values where there are few.
    static func inline(_ value: TensorValue) -> String {
        let tensor = value.tensor
        if tensor.rank == 0 { return Value.float(shortest(tensor.scalar)).literalText }
        if tensor.count <= fewValues { return nested(tensor, text) }
        return (["tensor\(Shape.text(tensor.shape))"] + statistics(tensor, histogram: false)).joined(separator: " ")
    }

    /// Returns the range, mean and spread, and the marks of what is not finite.
    private static func statistics(_ tensor: Tensor, histogram: Bool) -> [String] {
        let found = TensorStatistics(tensor)
        guard found.finite > 0 else { return found.warnings }
        if found.low == found.high, found.finite == tensor.count { return ["all \(text(found.low))"] }
        let middle = histogram ? " |\(Sparkline.histogram(tensor, low: found.low, high: found.high))| " : ", "
        return ["x∈[\(text(found.low))\(middle)\(text(found.high))]", "μ=\(text(Float(found.mean)))", "σ=\(text(Float(found.deviation)))"]
            + found.warnings
    }

    /// Returns " grad" for a tensor that has a gradient.
    private static func flags(_ value: TensorValue) -> String { value.variable.needsGrad ? " grad" : "" }

    /// Returns rows inside brackets: "[[1.0, 2.0], [3.0, 4.0]]".
    static func nested(_ tensor: Tensor, _ text: (Float) throws -> String) rethrows -> String {
        guard tensor.rank > 0 else { return try text(tensor.scalar) }
        return "["
            + (try (0..<tensor.shape[0]).map { try nested(tensor.row($0), text) }.joined(separator: ", "))
            + "]"
    }

    private static let fourDigits = FormatSpec(".4g") ?? FormatSpec()

    /// Returns a number with four significant digits, written as a float of the language.
    static func text(_ value: Float) -> String {
        guard value.isFinite, let text = try? Value.float(Double(value)).formatted(fourDigits) else {
            return Value.float(Double(value)).literalText
        }
        return text.contains(where: { ".e".contains($0) }) ? text : text + ".0"
    }
}

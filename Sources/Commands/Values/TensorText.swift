import Language
import Tensors

/// How tensors are written: few values in full, many as shape, range, spread and a small histogram (after the
/// summary line of lovely-tensors).
enum TensorText {
    /// Up to so many elements are written out.
    static let fewValues = 10

    /// Alone: "tensor[2, 2] [[1.0, 2.0], [3.0, 4.0]]", or with many elements
    /// "tensor[3, 196, 196] n=115248 (450.2 KiB) x∈[-2.118 |▂▅█▇▂▁▁▂▂▁| 2.64] μ=-0.388 σ=1.073". On one line where
    /// that fits.
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

    /// Inside other text: the values where there are few.
    static func inline(_ value: TensorValue) -> String {
        let tensor = value.tensor
        if tensor.rank == 0 { return Value.float(shortest(tensor.scalar)).literalText }
        if tensor.count <= fewValues { return nested(tensor, text) }
        return (["tensor\(Shape.text(tensor.shape))"] + statistics(tensor, histogram: false)).joined(separator: " ")
    }

    /// Range, mean, spread, and what is not a number.
    private static func statistics(_ tensor: Tensor, histogram: Bool) -> [String] {
        let found = TensorStatistics(tensor)
        guard found.finite > 0 else { return found.warnings }
        if found.low == found.high, found.finite == tensor.count { return ["all \(text(found.low))"] }
        let middle = histogram ? " |\(Sparkline.histogram(tensor, low: found.low, high: found.high))| " : ", "
        return ["x∈[\(text(found.low))\(middle)\(text(found.high))]", "μ=\(text(Float(found.mean)))", "σ=\(text(Float(found.deviation)))"]
            + found.warnings
    }

    private static func flags(_ value: TensorValue) -> String { value.variable.needsGrad ? " grad" : "" }

    /// Rows inside brackets: "[[1.0, 2.0], [3.0, 4.0]]".
    static func nested(_ tensor: Tensor, _ text: (Float) throws -> String) rethrows -> String {
        guard tensor.rank > 0 else { return try text(tensor.scalar) }
        return "["
            + (try (0..<tensor.shape[0]).map { try nested(tensor.row($0), text) }.joined(separator: ", "))
            + "]"
    }

    private static let fourDigits = FormatSpec(".4g") ?? FormatSpec()

    /// Four significant digits, written as a float of the language.
    static func text(_ value: Float) -> String {
        guard value.isFinite, let text = try? Value.float(Double(value)).formatted(fourDigits) else {
            return Value.float(Double(value)).literalText
        }
        return text.contains(where: { ".e".contains($0) }) ? text : text + ".0"
    }
}

import Language
import Tensors

/// How tensors are written: few values in full, many as shape, range, spread and a small histogram (after the
/// summary line of lovely-tensors).
enum TensorText {
    /// Up to so many elements are written out.
    static let fewValues = 10
    private static let blocks = Array("▁▂▃▄▅▆▇█")
    private static let asciiBlocks = Array("_.:-=+*#")
    private static let bins = 10

    /// Alone on a line: "tensor[2, 2] [[1.0, 2.0], [3.0, 4.0]]", or with many elements
    /// "tensor[3, 196, 196] n=115248 x∈[-2.118 |▂▅█▇▂▁▁▂▂▁| 2.64] mean=-0.388 std=1.073".
    static func line(_ value: TensorValue, unicode: Bool) -> String {
        let tensor = value.tensor
        if tensor.rank == 0 { return inline(value) + flags(value) }
        let head = "tensor\(Shape.text(tensor.shape))"
        if tensor.count <= fewValues { return "\(head) \(nested(tensor, text))\(flags(value))" }
        return
            "\(head) n=\(tensor.count)\(statistics(tensor, unicode: unicode, histogram: true))\(flags(value))"
    }

    /// Inside other text: the values where there are few.
    static func inline(_ value: TensorValue) -> String {
        let tensor = value.tensor
        if tensor.rank == 0 { return Value.float(shortest(tensor.scalar)).literalText }
        if tensor.count <= fewValues { return nested(tensor, text) }
        return "tensor\(Shape.text(tensor.shape))" + statistics(tensor, unicode: true, histogram: false)
    }

    private static func statistics(_ tensor: Tensor, unicode: Bool, histogram: Bool) -> String {
        let values = tensor.values
        let finite = values.filter(\.isFinite)
        var warnings = ""
        if values.contains(where: \.isNaN) { warnings += " NaN!" }
        if values.contains(.infinity) { warnings += " +Inf!" }
        if values.contains(-.infinity) { warnings += " -Inf!" }
        guard let low = finite.min(), let high = finite.max() else { return warnings }
        if low == high, finite.count == values.count { return " all \(text(low))" }
        let mean = finite.reduce(0) { $0 + Double($1) } / Double(finite.count)
        let squares = finite.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
        let deviation = (squares / Double(max(1, finite.count - 1))).squareRoot()
        let middle = histogram ? " |\(bars(finite, low, high, unicode))| " : ", "
        return " x\(unicode ? "∈" : " in ")[\(text(low))\(middle)\(text(high))]"
            + " mean=\(text(Float(mean))) std=\(text(Float(deviation)))" + warnings
    }

    private static func bars(_ values: [Float], _ low: Float, _ high: Float, _ unicode: Bool) -> String {
        var counts = [Int](repeating: 0, count: bins)
        let width = (Double(high) - Double(low)) / Double(bins)
        for value in values {
            // All equal beside NaN: a histogram of one bar.
            let place = width > 0 ? (Double(value) - Double(low)) / width : 0
            counts[min(bins - 1, max(0, Int(place)))] += 1
        }
        let most = max(1, counts.max() ?? 1)
        let levels = unicode ? blocks : asciiBlocks
        return String(counts.map { levels[$0 * (levels.count - 1) / most] })
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

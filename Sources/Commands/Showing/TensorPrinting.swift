import Language
import Tensors

/// The text of a tensor's numbers as PyTorch prints them (torch/_tensor_str.py): four digits and one width for all numbers; of more than
/// `threshold` elements it has the first and last of each axis only.
struct TensorPrinting {
    /// The number of elements above which a tensor is summarized.
    private static let threshold = 1000
    /// How many items a summary keeps at either end of an axis.
    private static let edgeItems = 3
    /// The number of decimals.
    private static let digits = 4
    private let tensor: Tensor
    /// Whether the middle of long axes is left out.
    private let isSummarized: Bool
    /// The width of a line, at least 20.
    private let width: Int
    /// The notation of all numbers.
    private let form: Form
    /// The width of the widest number.
    private var cells = 0

    /// The notations: "3.", "3.0000" and "3.0000e+00".
    private enum Form { case whole, fixed, scientific }

    /// Returns the text of a tensor; `full` leaves nothing out.
    static func text(_ tensor: Tensor, full: Bool, width: Int = 80) -> String {
        TensorPrinting(tensor, full: full, width: width).text
    }

    /// Decides on the notation and the width from the values that are written.
    private init(_ tensor: Tensor, full: Bool, width: Int) {
        (self.tensor, self.width) = (tensor, max(20, width))
        isSummarized = !full && tensor.count > Self.threshold
        let values = Self.shown(tensor, isSummarized)
        form = Self.form(values)
        let form = form
        cells = values.filter { $0.isFinite && $0 != 0 }.map { Self.write($0, form).count }.max() ?? 1
    }

    /// The whole text.
    private var text: String { "tensor(" + nested(tensor, indent: 7) + ")" }

    /// Returns the values that are written.
    private static func shown(_ tensor: Tensor, _ isSummarized: Bool) -> [Float] {
        guard isSummarized, tensor.rank > 0 else { return tensor.values }
        return rows(tensor.shape[0], isSummarized).flatMap { $0.map { shown(tensor.row($0), isSummarized) } ?? [] }
    }

    /// Returns the places along an axis that are written; nil stands for those left out.
    private static func rows(_ count: Int, _ isSummarized: Bool) -> [Int?] {
        guard isSummarized, count > 2 * edgeItems else { return Array(0..<count) }
        return Array(0..<edgeItems) + [nil] + Array(count - edgeItems..<count)
    }

    /// Returns PyTorch's choice of the notation for these values.
    private static func form(_ values: [Float]) -> Form {
        let sizes = values.filter { $0.isFinite && $0 != 0 }.map { Double(abs($0)) }
        guard let low = sizes.min(), let high = sizes.max() else { return .whole }
        let isWide = high / low > 1000 || high > 1e8
        if sizes.allSatisfy({ $0.rounded(.up) == $0 }) { return isWide ? .scientific : .whole }
        return isWide || low < 1e-4 ? .scientific : .fixed
    }

    /// Returns one number in a notation.
    private static func write(_ value: Float, _ form: Form) -> String {
        if Cancellation.isCancelled { return "" }
        guard value.isFinite else { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
        let type = form == .scientific ? "e" : "f"
        let spec = FormatSpec(".\(form == .whole ? 0 : digits)\(type)")
        let text = spec.flatMap { try? Value.float(Double(value)).formatted($0) } ?? "\(value)"
        return form == .whole ? text + "." : text
    }

    /// Returns one number, padded to the common width.
    private func cell(_ value: Float) -> String { NumberText.padLeft(Self.write(value, form), cells) }

    /// Returns a part of the tensor in its brackets.
    private func nested(_ part: Tensor, indent: Int) -> String {
        guard part.rank > 0 else { return cell(part.scalar) }
        let rows = Self.rows(part.shape[0], isSummarized)
        if part.rank == 1 { return vector(part, rows, indent) }
        let texts = rows.map { $0.map { nested(part.row($0), indent: indent + 1) } ?? "..." }
        let gap = "," + String(repeating: "\n", count: part.rank - 1) + String(repeating: " ", count: indent + 1)
        return "[" + texts.joined(separator: gap) + "]"
    }

    /// Returns one row of numbers, broken into lines where it is longer than the width.
    private func vector(_ part: Tensor, _ rows: [Int?], _ indent: Int) -> String {
        let values = part.values
        let texts = rows.map { $0.map { cell(values[$0]) } ?? " ..." }
        let perLine = max(1, (width - indent) / (cells + 2))
        let lines = stride(from: 0, to: texts.count, by: perLine).map { texts[$0..<min($0 + perLine, texts.count)].joined(separator: ", ") }
        return "[" + lines.joined(separator: ",\n" + String(repeating: " ", count: indent + 1)) + "]"
    }
}

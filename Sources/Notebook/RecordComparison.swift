import Figures
import Files
import Glibc
import Images
import Language

/// The differences between what a file records of its cells and what a run gave.
public struct RecordComparison {
    /// A cell whose outputs differ.
    public struct Difference: Sendable {
        /// The cell's place.
        public let cell: Int
        /// The lines of the record and of the run, as a person reads them: "- " before what is recorded, "+ " before what came, "  " before
        /// what is the same.
        public let lines: [String]
    }

    /// The cells that differ.
    public let differences: [Difference]

    /// The peak signal-to-noise ratio from which pictures of different kernels count as the same, in dB.
    static let leastPSNR = 30.0

    /// Returns whether pictures of different kernels count as the same.
    static func areAlike(_ a: Image, _ b: Image) -> Bool { (try? a.psnr(b)).map { $0 >= leastPSNR } ?? false }

    /// The number of cells that were compared loosely.
    public let looseCount: Int

    /// Compares. Under the kernel that computed a record, texts, pictures and what people explore of these must be the same. Under another one, numbers may differ by two
    /// units of their last digit and pictures by their peak signal-to-noise ratio (`ExplorableComparison`). The cells `trained` depend on a training, which magnifies
    /// differences of rounding until nothing is alike: of them it counts under another kernel that they do not fail and show as many pictures;
    /// what holds for every kernel, a notebook asserts.
    public init(_ file: NotebookFile, _ results: [CellResult], kernel: String, trained: Set<Int> = []) {
        var loose = 0
        differences = results.indices.compactMap { place in
            guard let outputs = results[place].outputs, !file.cells[place].code.isEmpty else { return nil }
            let isSameKernel = file.mark(of: place)?.kernel == kernel
            let recorded = file.recordedOutput(of: place)
            let new = outputs.flatMap { $0.lines(folder: file.pictureFolder) }
            let counts = [recorded, new].map { $0.count { file.recordedPicture($0) != nil } }
            if !isSameKernel, trained.contains(place), file.mark(of: place) != nil, !results[place].isFailed, counts[0] == counts[1] {
                loose += 1
                return nil
            }
            var pictures: [String: [UInt8]] = [:]
            for case .picture(let png, _) in outputs { pictures[CellOutput.pictureName(png)] = png }
            let comparison = LineComparison(file: file, pictures: pictures, isExact: isSameKernel)
            guard recorded.count != new.count || !zip(recorded, new).allSatisfy(comparison.isSame) else { return nil }
            return Difference(cell: place, lines: Self.lines(recorded, new, comparison))
        }
        looseCount = loose
    }

    /// Returns the lines of two texts: those that both have once, with what differs between them.
    private static func lines(_ old: [String], _ new: [String], _ comparison: LineComparison) -> [String] {
        let start = zip(old, new).prefix { comparison.isSame($0.0, $0.1) }.count
        let end = zip(old.dropFirst(start).reversed(), new.dropFirst(start).reversed()).prefix { comparison.isSame($0.0, $0.1) }.count
        let context = 2
        let before = old[max(0, start - context)..<start].map { "  " + $0 }
        let after = old.suffix(end).prefix(context).map { "  " + $0 }
        let came = new.dropFirst(start).dropLast(end).enumerated().map { offset, line in
            let recorded = old.indices.contains(start + offset) ? old[start + offset] : ""
            return "+ " + line + (comparison.hiddenDifference(recorded, line).map { "  (to explore: \($0) differs)" } ?? "")
        }
        return before + old.dropFirst(start).dropLast(end).map { "- " + $0 } + came + after
    }
}

/// Compares recorded lines with new ones.
private struct LineComparison {
    let file: NotebookFile
    let pictures: [String: [UInt8]]
    let isExact: Bool

    func isSame(_ old: String, _ new: String) -> Bool {
        guard let (oldAlt, oldName) = file.recordedPicture(old), let (newAlt, newName) = file.recordedPicture(new) else {
            return old == new || !isExact && hasSameText(old, new)
        }
        guard old == new || !isExact && hasSameText(oldAlt, newAlt) && areAlike(oldName, newName) else { return false }
        return difference(oldName, newName) == nil
    }

    /// Returns what differs in what people explore of two pictures that show the same; nil where nothing does, and for other lines.
    func hiddenDifference(_ old: String, _ new: String) -> String? {
        guard let (_, oldName) = file.recordedPicture(old), let (_, newName) = file.recordedPicture(new), old == new || !isExact else {
            return nil
        }
        return difference(oldName, newName)
    }

    private func difference(_ old: String, _ new: String) -> String? {
        guard let png = pictures[new], let recorded = try? ReadableFile.contents(path(old)) else { return nil }
        return ExplorableComparison(isExact: isExact, hasSameText: hasSameText).difference(Explorable(png: recorded), Explorable(png: png))
    }

    private func areAlike(_ old: String, _ new: String) -> Bool {
        guard let png = pictures[new], let a = try? Image(contentsOf: path(old)), let b = try? Image(data: png) else { return false }
        return RecordComparison.areAlike(a, b)
    }

    private func path(_ name: String) -> String { "\(file.folder)\(file.pictureFolder)/\(name)" }

    /// Returns whether two lines have the same words, and numbers that differ by at most two units of their last digit.
    private func hasSameText(_ old: String, _ new: String) -> Bool {
        let (a, b) = (Self.parts(old), Self.parts(new))
        return a.count == b.count && zip(a, b).allSatisfy { $0 == $1 || Self.areNear($0, $1) }
    }

    /// Returns a line in parts: numbers, and what stands between them. Digits within words and long hexadecimal texts are no numbers.
    private static func parts(_ line: String) -> [String] {
        var (parts, current, isNumber) = ([String](), "", false)
        for character in line {
            let belongs = character.isASCII && (character.isNumber || character == ".")
            if belongs != isNumber, !current.isEmpty {
                parts.append(current)
                current = ""
            }
            isNumber = belongs
            current.append(character)
        }
        return parts + (current.isEmpty ? [] : [current])
    }

    private static func areNear(_ a: String, _ b: String) -> Bool {
        guard let x = Double(a), let y = Double(b) else { return false }
        let digits = min(a.decimals, b.decimals)
        guard digits > 0 else { return false }
        return abs(x - y) <= 2.01 / pow(10, Double(digits)) || abs(x - y) <= 1e-3 * max(abs(x), abs(y))
    }
}

extension String {
    /// The number of digits behind the point of a number.
    fileprivate var decimals: Int { split(separator: ".", omittingEmptySubsequences: false).dropFirst().first?.count ?? 0 }
}

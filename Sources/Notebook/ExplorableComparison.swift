import Figures
import Files
import Glibc
import Images

/// The difference between what two pictures let people explore in a page.
///
/// Under the kernel that computed a record, the data must be the same. Under another one numbers may differ by a thousandth of the largest
/// number beside them, and pictures and maps by their peak signal-to-noise ratio, as the still pictures may.
struct ExplorableComparison {
    let isExact: Bool
    /// Whether two texts are the same but for the last digits of their numbers.
    let hasSameText: (String, String) -> Bool

    /// Returns the place of the first difference, such as "panels[0].maps"; nil where there is none.
    func difference(_ old: Explorable?, _ new: Explorable?) -> String? {
        // A record from before the pictures carried anything is still true.
        guard let old else { return nil }
        guard let new else { return "whether there is anything" }
        if old == new { return nil }
        return difference(old.json, new.json, at: "", near: 0)
    }

    /// `largest` is the largest number of the list that both stand in.
    private func difference(_ old: JSON, _ new: JSON, at place: String, near largest: Double) -> String? {
        if old == new { return nil }
        guard !isExact || old.isContainer else { return place }
        switch (old, new) {
        case (.object(let a), .object(let b)):
            guard a.keys == b.keys else { return place.isEmpty ? "its kind" : place }
            for (key, (x, y)) in zip(a.keys, zip(a.values, b.values)) {
                if let found = difference(x, y, at: place.isEmpty ? key : "\(place).\(key)", near: 0) { return found }
            }
            return nil
        case (.array(let a), .array(let b)):
            guard a.count == b.count else { return place }
            let largest = (a + b).compactMap(\.doubleValue).reduce(0) { max($0, abs($1)) }
            for index in a.indices {
                if let found = difference(a[index], b[index], at: "\(place)[\(index)]", near: largest) { return found }
            }
            return nil
        case (.string(let a), .string(let b)): return hasSameText(a, b) || areAlike(a, b) ? nil : place
        default:
            guard let a = old.doubleValue, let b = new.doubleValue else { return place }
            return abs(a - b) <= 1e-3 * max(largest, abs(a), abs(b)) ? nil : place
        }
    }

    /// Returns whether two texts hold pictures, or the bytes of maps, that are alike.
    private func areAlike(_ old: String, _ new: String) -> Bool {
        guard let a = Base64.bytes(of: old), let b = Base64.bytes(of: new), !a.isEmpty else { return false }
        if let first = try? Image(data: a), let second = try? Image(data: b) { return RecordComparison.areAlike(first, second) }
        guard a.count == b.count else { return false }
        let differences = zip(a, b).map { Double($0) - Double($1) }
        // The ratio of the pictures: 10 log10(255² / mean square) is at least the limit.
        let square = differences.reduce(0) { $0 + $1 * $1 } / Double(a.count)
        return square <= 255 * 255 / pow(10, RecordComparison.leastPSNR / 10)
    }
}

extension JSON {
    fileprivate var isContainer: Bool { objectValue != nil || arrayValue != nil }
}

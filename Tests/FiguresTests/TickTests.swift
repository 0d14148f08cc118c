import Testing

@testable import Figures

@Suite struct TickTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let low, high: Double
        let count: Int
        let labels: String
        var testDescription: String { "\(low)…\(high), \(count)" }
    }

    @Test(arguments: [
        Row(low: 0, high: 1, count: 5, labels: "0.0 0.2 0.4 0.6 0.8 1.0"),
        Row(low: 0, high: 0.3, count: 3, labels: "0.0 0.1 0.2 0.3"),
        Row(low: -1, high: 1, count: 4, labels: "−1.0 −0.5 0.0 0.5 1.0"),
        Row(low: 0, high: 800, count: 8, labels: "0 100 200 300 400 500 600 700 800"),
        Row(low: 0.98, high: 1.02, count: 4, labels: "0.98 0.99 1.00 1.01 1.02"),
        Row(low: 0, high: 4e-5, count: 4, labels: "0 1×10⁻⁵ 2×10⁻⁵ 3×10⁻⁵ 4×10⁻⁵"),
        Row(low: 0, high: 3e8, count: 3, labels: "0 1×10⁸ 2×10⁸ 3×10⁸"),
        Row(low: 1e9, high: 1e9 + 1, count: 2, labels: "1000000000.0 1000000000.5 1000000001.0"),
        Row(low: 3, high: 3, count: 4, labels: ""),
    ])
    func linear(_ row: Row) {
        #expect(Ticks.linear(row.low, row.high, count: row.count).map(\.label).joined(separator: " ") == row.labels)
    }

    @Test func countsHaveWholeNumbers() {
        #expect(Ticks.linear(0, 2, count: 10, smallestStep: 1).map(\.label) == ["0", "1", "2"])
    }

    @Test(arguments: [
        Row(low: 0.9, high: 11, count: 6, labels: "1 2 5 10"),
        Row(low: 1e-4, high: 1, count: 6, labels: "10⁻⁴ 0.001 0.01 0.1 1"),
        Row(low: 1e-12, high: 1, count: 4, labels: "10⁻¹² 10⁻⁸ 10⁻⁴ 1"),
        Row(low: 2, high: 6, count: 5, labels: "2 5"),
        Row(low: 1.02, high: 1.08, count: 3, labels: "1.02 1.04 1.06 1.08"),
        Row(low: 1, high: 1e6, count: 7, labels: "1 10 100 1000 10000 10⁵ 10⁶"),
        Row(low: 0, high: 1, count: 4, labels: ""),
    ])
    func logarithmic(_ row: Row) {
        let labels = Ticks.logarithmic(row.low, row.high, count: row.count).map(\.label).filter { !$0.isEmpty }
        #expect(labels.joined(separator: " ") == row.labels)
    }

    @Test func logarithmicTicksBetweenDecadesAreMinor() {
        let ticks = Ticks.logarithmic(1, 1000, count: 4)
        #expect(ticks.count == 28 && ticks.count { !$0.label.isEmpty } == 4)
    }

    /// Every range that doubles can have gives few ticks, inside it and in order.
    @Test(arguments: [0, 1e-300, -1e-300, 1e-9, -5, 3, 1e9, -1e15, 1e299, -1e299])
    func everyRangeHasFewTicks(_ low: Double) {
        for span in [1e-300, 1e-12, 1e-3, 1, 7.7, 1e5, 1e17, 9e298] {
            let scale = Scale(.linear, showing: [low, low + span])
            let ticks = scale.ticks(count: 6)
            #expect((1...14).contains(ticks.count), "\(low) + \(span): \(ticks.count)")
            #expect(zip(ticks, ticks.dropFirst()).allSatisfy { $0.value < $1.value })
            #expect(Set(ticks.map(\.label)).count == ticks.count, "\(low) + \(span): \(ticks.map(\.label))")
        }
    }

    @Test func zeroHasAPlaceOnALogarithmicAxisThatKeepsIt() throws {
        var scale = Scale(.logarithmic(keepsZero: true), showing: [0, 0.001, 0.1])
        (scale.start, scale.end) = (0, 100)
        let places = [0, 0.001, 0.01, 0.1].compactMap(scale.position)
        #expect(places.count == 4 && places == places.sorted() && Set(places).count == 4)
        #expect(scale.position(-1) == nil && scale.position(.nan) == nil)
        #expect(scale.ticks(count: 6).map(\.label).filter { !$0.isEmpty } == ["0", "0.001", "0.01", "0.1"])
        #expect(Scale(.logarithmic(), showing: [0, 1]).position(0) == nil)
    }
}

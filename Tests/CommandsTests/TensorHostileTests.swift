import Language
import Testing

@testable import Commands

/// Whatever a user writes ends in a value or in a problem, never in a trap or in a mistake of ours (E0901).
@Suite(.serialized) struct TensorHostileTests {
    private static let pool = [
        "none", "true", "-1", "0", "3", "9223372036854775807", "1e300", "0 * 1e400", "\"a\"", "\"\"", "[]", "[1, 2]",
        "[-1, 0]", "[[1], [2, 3]]", "[[1, 2], [3, 4]]", "[[0, 0], [3, 3], [1, 4]]", "zeros([0])", "zeros([2, 0, 3])",
        "tensor(2)", "ones([2, 3])", "ones([1, 4, 4, 3])", "log([-1, 0, 1])", "[ones([2, 3]), ones([2, 3])]",
        "box([0, 0], [2, 4], [4, 4])", "[box([0, 0], [2, 4], [4, 4])]", "image(zeros([4, 4, 3]))",
        "[image(zeros([4, 4]))]", "0..3", "{a: [1, 2]}", "[{a: 1}]", "fn(x) { x }", "table([{a: 1}])",
    ]

    /// Numbers that look random and are the same on every run.
    private struct Dice {
        var state: UInt64
        mutating func roll(_ count: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % count
        }
    }

    private static func session() -> Session {
        let session = Session(builtins: CommandTable.tensorFamilies)
        for (place, value) in pool.enumerated() {
            let outcome = session.run(source: "p\(place) = \(value);")
            if value != "0 * 1e400" { #expect(outcome.diagnostics.isEmpty, "\(value)") }
        }
        session.run(source: "p7 = 1e308 * 10;")
        return session
    }

    private static func survives(_ code: String, _ session: Session) {
        let outcome = session.run(source: code)
        if let value = outcome.value { _ = value.display(DisplayContext()) }
        let ours = outcome.diagnostics.first { $0.code == .internal }
        #expect(ours == nil, "\(code): \(ours?.message ?? "")")
    }

    @Test(arguments: CommandTable.tensorFamilies.indices) func calls(_ index: Int) throws {
        let row = CommandTable.tensorFamilies[index]
        let named = row.parameters.filter { !$0.variadic }.map(\.name)
        var dice = Dice(state: UInt64(index))
        try inTemporaryFolder { _ in
            let session = Self.session()
            for _ in 0..<300 {
                var arguments = (0..<dice.roll(4)).map { _ in "p\(dice.roll(Self.pool.count))" }
                let rest = Array(named.dropFirst(arguments.count))
                if !rest.isEmpty, dice.roll(2) == 0 {
                    arguments.append("\(rest[dice.roll(rest.count)])=p\(dice.roll(Self.pool.count))")
                }
                Self.survives("\(row.name)(\(arguments.joined(separator: ", ")))", session)
            }
        }
    }

    @Test func operatorsAndIndices() {
        let session = Self.session()
        let operators = BinaryOperator.allCases.map(\.rawValue)
        for left in Self.pool.indices {
            for right in Self.pool.indices {
                for op in operators where Self.isHost(left) || Self.isHost(right) {
                    Self.survives("p\(left) \(op) p\(right)", session)
                }
                if Self.isHost(left) {
                    Self.survives("p\(left)[p\(right)]", session)
                    Self.survives("p\(left)[.., p\(right)]", session)
                    Self.survives("p\(right) in p\(left)", session)
                }
            }
        }
    }

    private static func isHost(_ place: Int) -> Bool { pool[place].contains("(") }
}

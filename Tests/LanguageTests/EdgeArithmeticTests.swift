import Testing

@testable import Language

/// The edges of what an int holds, wherever the language counts: a value or a diagnostic, never a trap.
@Suite struct EdgeArithmeticTests {
    private static let ints = [
        "0", "1", "-1", "2", "9223372036854775807", "(-9223372036854775807 - 1)", "2147483648", "4294967296", "-4294967297",
    ]

    private static let templates = [
        "A + B", "A - B", "A * B", "A / B", "A // B", "A % B", "A ** B", "-A", "abs(A)", "A..B", "A..<B", "(A..B)[0]", "(A..B)[-1]",
        "(A..B)[B]",
        "len(A..B)", "[1, 2, 3][A]", "[1, 2, 3][A:B]", "[1, 2, 3][::A]", "[1, 2, 3][A:B:B]", "\"abc\"[A]", "\"abc\"[A:B]", "\"abc\"[::A]",
        "[1, 2, 3][A..B]", "(1..9)[A:B]", "(1..9)[::A]", "range(A, B, 4294967297)", "range(0, 3, A)", "enumerate([1, 2], A)",
        "repeat(\"\", A)",
        "round(A, 2)", "round(0.5, A)", "sum([A, B])", "\"{A:+d}\"", "\"{A:x}\"", "\"{A:20.3e}\"", "A in (0..B)", "[A, B] == [B, A]",
        "sorted([A, B, 0])", "min(A, B)", "A < B", "1.5 % A", "A * 0.5 // B", "int(A * 1.0)", "print([A..B])", "[[A..B], [1]]",
        "(A..B)[A:A:B]",
        "[x for x in (A..B)[:3]]", "[..(A..B)]", "list(A..B)", "a, b = A..B", "zip(A..B, [1])", "max(A..B)", "join(A..B, \"\")",
    ]

    @Test(arguments: templates) func survives(_ template: String) {
        let bench = Bench(Limits(steps: 100_000, bytes: 1 << 20))
        for a in Self.ints {
            for b in Self.ints {
                let program = template.replacing("A", with: a).replacing("B", with: b)
                let outcome = bench.run(program)
                #expect(outcome.diagnostics.allSatisfy { $0.code != .internal }, "\(program)")
                _ = bench.session.check(source: program)
                outcome.value.map { _ = Weight($0).bytes }
            }
        }
    }

    @Test(arguments: [
        ("[i for i in 9223372036854775806..9223372036854775807]", "[9223372036854775806, 9223372036854775807]"),
        ("(0..9223372036854775807)[-1]", "9223372036854775807"), ("(-9..-1)[-2]", "-2"), ("(1..3)[-3]", "1"),
        ("(1..3)[3]", "E0307 index 3 is outside of 3 ints"), ("(1..3)[-4]", "E0307 index -4 is outside of 3 ints"),
        ("enumerate([1, 2], 9223372036854775807)", "E0304 the number of the last item is too large for an int"),
        ("\"{1:99999999999999999999}\"", "E0310 "), ("round(1e300, 15)", "1e+300"), ("5.5 % (1e308 * 10)", "5.5"), ("-5.5 % 2", "0.5"),
        ("(0..9223372036854775807)[::1]", "E0604 this part of 0..9223372036854775807 would take"),
        ("range(9223372036854775806, 9223372036854775807, 5)", "[9223372036854775806]"),
        ("-9223372036854775807 - 1", "-9223372036854775808"),
        ("(-9223372036854775807 - 1) // -1", "E0304 -9223372036854775808 // -1 is too large for an int"),
        ("(-9223372036854775807 - 1) % -1", "0"),
    ])
    func isExact(_ program: String, _ expected: String) {
        #expect(show(program).hasPrefix(expected), "\(program): \(show(program))")
    }

    @Test(arguments: ["Out", "In"]) func cellsByTheSmallestInt(_ name: String) {
        let session = Session()
        session.run(source: "1", cell: 1)
        for index in ["-9223372036854775807 - 1", "9223372036854775807", "0"] {
            #expect(session.run(source: "\(name)[\(index)]", cell: 2).diagnostics.first?.code == .indexOutOfRange)
        }
    }
}

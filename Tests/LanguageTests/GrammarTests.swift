import Foundation
import Testing

@testable import Language

/// grammar.txt is what the parser does: each of its productions has examples in it, and these parse to the trees that
/// stand beside them.
@Suite struct GrammarTests {
    private struct Example {
        var production: String
        var program: String
        var tree: String
    }

    private static func text() throws -> String {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let root = tests.deletingLastPathComponent().deletingLastPathComponent()
        return try String(contentsOf: root.appendingPathComponent("Sources/Language/grammar.txt"), encoding: .utf8)
    }

    private static func examples() throws -> [Example] {
        let part = try text().components(separatedBy: "\nEXAMPLES\n").last ?? ""
        return part.split(separator: "\n").filter { $0.hasPrefix("  ") }.map { line in
            // Columns: the production, the program up to where at least three blanks follow it, the tree.
            let line = line.dropFirst(2)
            let name = line.prefix { $0 != " " }
            let rest = trimmed(String(line.dropFirst(name.count)))
            let parts = rest.components(separatedBy: "   ")
            let tree = parts.last ?? ""
            let program = trimmed(String(rest.dropLast(tree.count)))
            return Example(production: String(name), program: program, tree: trimmed(tree))
        }
    }

    @Test func everyProductionHasAnExample() throws {
        let rules = try Self.text().components(separatedBy: "\nEXAMPLES\n").first ?? ""
        let productions = rules.split(separator: "\n").compactMap { line -> String? in
            guard line.hasPrefix("  "), !line.hasPrefix("   "), let equal = line.range(of: " = ") else { return nil }
            let name = trimmed(String(line[..<equal.lowerBound]))
            return name.allSatisfy { $0.isLetter && $0.isLowercase } ? name : nil
        }
        #expect(productions.count > 25)
        let shown = Set(try Self.examples().map(\.production))
        for production in productions { #expect(shown.contains(production), "no example of \(production)") }
        for production in shown { #expect(productions.contains(production), "no production \(production)") }
    }

    @Test func examplesParseToTheirTrees() throws {
        for example in try Self.examples() {
            // In strings \n is an escape; between tokens it stands for a line end.
            let program = Self.withLineEnds(example.program)
            let (parsed, errors) = Parser.recover(
                SourceFile(name: "grammar.txt", text: program), commands: ["show", "plot"])
            #expect(errors.isEmpty, "\(program)\n\(errors.first?.plain() ?? "")")
            let tree = trimmed(Outline(parsed).text)
            #expect(tree == example.tree || tree.contains(example.tree), "\(program)\n\(tree)")
        }
    }

    private static func withLineEnds(_ text: String) -> String {
        // One-line strings keep their escapes; there is one example of a string over lines, which has no others.
        guard text.hasPrefix("\"\"\"") || !text.hasPrefix("\"") else { return text }
        return text.replacingOccurrences(of: "\\n", with: "\n")
    }
}

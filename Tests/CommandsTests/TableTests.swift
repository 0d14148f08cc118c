import Language
import Testing

@testable import Commands

/// The rules that every row of the builtin table keeps (Sources/Commands/README.md): names, summaries, parameters, results and examples
/// from which help, completion and the reference pages are made.
@Suite(.serialized) struct TableTests {
    static let rows = CommandTable.all

    @Test func namesAreUniqueAndSnakeCase() {
        var seen: Set<String> = []
        for row in Self.rows {
            #expect(seen.insert(row.name).inserted, "\(row.name) is there twice")
            #expect(isSnakeCase(row.name), "\(row.name)")
        }
    }

    private func isSnakeCase(_ name: String) -> Bool {
        guard let first = name.utf8.first, (97...122).contains(first) else { return false }
        return name.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 95 }
    }

    @Test(arguments: rows.indices) func rowIsComplete(_ index: Int) {
        let row = Self.rows[index]
        #expect(row.summary.hasSuffix(".") && !row.summary.contains("\n"), "\(row.name)")
        #expect((8...120).contains(row.summary.count), "\(row.name): \(row.summary.count) characters")
        #expect(!row.result.words.isEmpty && !row.family.name.isEmpty, "\(row.name)")
        #expect(!row.terms.isEmpty, "\(row.name) has no search terms")
        #expect(!row.examples.isEmpty, "\(row.name) has no example")
        #expect(row.examples.contains { $0.code.contains(row.name) }, "\(row.name) is not in its examples")
    }

    @Test(arguments: rows.indices) func parametersAreComplete(_ index: Int) {
        let row = Self.rows[index]
        #expect(Set(row.parameters.map(\.name)).count == row.parameters.count, "\(row.name)")
        var optionalSeen = false
        for parameter in row.parameters {
            let place = "\(row.name), \(parameter.name)"
            #expect(isSnakeCase(parameter.name), "\(place)")
            #expect(parameter.doc.hasSuffix(".") && parameter.doc.count <= 100, "\(place): \(parameter.doc)")
            if let value = parameter.defaultValue?.number, let range = parameter.range {
                #expect(range.contains(value), "\(place): the default lies outside of the range")
            }
            if let allowed = parameter.allowed, case .string(let text)? = parameter.defaultValue {
                #expect(allowed.contains(text), "\(place): the default is not allowed")
            }
            if !parameter.keywordOnly, !parameter.variadic {
                #expect(!(optionalSeen && parameter.isRequired), "\(place): required after optional")
                optionalSeen = optionalSeen || !parameter.isRequired
            }
        }
    }

    /// One order for all: what saves takes the value, then the path; what loads takes the path first.
    @Test(arguments: rows.indices) func savingAndLoadingTakeTheirArgumentsInOneOrder(_ index: Int) {
        let row = Self.rows[index]
        let names = row.parameters.map(\.name)
        if row.name.hasPrefix("save_") {
            #expect(names.firstIndex(of: "path") == 1 && row.parameters.first?.isRequired == true, "\(row.signature)")
        } else if row.name.hasPrefix("load_") {
            #expect(names.first == "path" || names.first == "name", "\(row.signature)")
        }
        if row.name.hasPrefix("save_") || row.name.hasPrefix("load_") {
            #expect(row.parameters.contains { $0.file != nil }, "\(row.name): which parameter is a path?")
        }
    }

    @Test(arguments: rows.indices) func examplesRun(_ index: Int) throws {
        for example in Self.rows[index].examples {
            let result = try inTemporaryFolder { _ in Programs.run(example.code, table: Self.rows) }
            // No one but study_rehearsal can answer a study here, and its answers are marked as what they are.
            let found = result.outcome.diagnostics.filter { !$0.message.hasPrefix("invented by study_rehearsal") }
            #expect(found.isEmpty, "\(example.code): \(found.first?.message ?? "")")
            if let shows = example.shows { #expect(result.text == shows, "\(example.code)") }
        }
    }
}

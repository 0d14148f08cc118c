import Commands
import Foundation
import Language
import Testing

@testable import Reference

/// What is written from the table says what the table says.
@Suite struct ReferenceTests {
    private let reference = Reference(builtins: CommandTable.all, version: "bas 0.1")
    private var names: Set<String> { Set(reference.table.names) }

    private func object(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    @Test func everySeeAlsoExists() {
        for row in reference.table.all {
            for name in row.seeAlso {
                #expect(names.contains(name), "\(row.name) names \(name)")
                #expect(name != row.name)
            }
            #expect(Set(row.seeAlso).count == row.seeAlso.count, "\(row.name)")
        }
        let alone = reference.table.all.filter { $0.seeAlso.isEmpty }.map(\.name)
        #expect(alone.isEmpty, "nothing stands beside \(alone)")
    }

    @Test func everyRelatedNameExists() {
        for name in CommandTable.all.flatMap(\.seeAlso) { #expect(names.contains(name), "\(name)") }
    }

    @Test func jsonHoldsTheTable() throws {
        let json = try object(reference.json())
        let rows = try #require(json["builtins"] as? [[String: Any]])
        #expect(rows.compactMap { $0["name"] as? String } == reference.table.names)
        let row = try #require(rows.first { $0["name"] as? String == "phase1" })
        let parameters = try #require(row["parameters"] as? [[String: Any]])
        #expect(parameters.count == reference.table["phase1"]?.parameters.count)
        let steps = try #require(parameters.first { $0["name"] as? String == "steps" })
        #expect(steps["minimum"] as? Double != nil && steps["required"] as? Bool == false)
        #expect((json["errors"] as? [Any])?.count == ErrorCode.allCases.count)
    }

    @Test func pageLinksOnlyToWhatItHolds() throws {
        let page = reference.html()
        let ids = page.matches(of: #/ id="([^"]+)"/#).map { String($0.1) }
        #expect(Set(ids).count == ids.count, "an id is there twice")
        #expect(names.isSubset(of: Set(ids)))
        for link in page.matches(of: #/href="([^"]+)"/#) {
            #expect(link.1.hasPrefix("#") && ids.contains(String(link.1.dropFirst())), "\(link.1)")
        }
        #expect(!page.contains("src="), "it takes nothing from elsewhere")
        for row in reference.table.all {
            let plain = row.signature.replacing("\"", with: "&quot;").replacing("<", with: "&lt;")
                .replacing(">", with: "&gt;")
            #expect(page.contains(plain), "\(row.name)")
        }
        #expect(ErrorCode.allCases.allSatisfy { ids.contains($0.rawValue) })
        #expect(page.contains("expression = binary"), "the grammar")
    }

    @Test func manualTakesTextForText() {
        let page = reference.manual(
            Reference.ManualParts(
                options: [("options", ".B is a macro\n-x  an option")], promptCommands: [(":who", "Names.")], exitCodes: "0 well",
                safety: ".B is text"))
        #expect(page.contains("\n\\&.B is a macro\n\\-x  an option\n"))
        #expect(page.contains("\n.SH SAFETY\n\\&.B is text\n"))
        for row in reference.table.all { #expect(page.contains("\n.B \(row.name)("), "\(row.name)") }
        let macros = Set(page.split(separator: "\n").filter { $0.hasPrefix(".") }.map { $0.prefix { $0 != " " } })
        #expect(macros == [".TH", ".SH", ".SS", ".TP", ".B", ".br", ".nf", ".fi", ".PP"])
    }

    @Test func markdownHasAHeadingForEachName() {
        let headings = reference.markdown().matches(of: #/(?m)^### (.+)$/#).map { String($0.1) }
        #expect(headings == LanguagePage.cells.map(\.title) + reference.table.families.flatMap { $0.rows.map(\.name) })
    }
}

import Testing

@testable import Language

/// Every code has an explanation, an example that raises it, and a chunk among the data files.
@Suite struct ErrorCodeTests {
    /// What a program's text alone does not do.
    static let withoutExample: Set<ErrorCode> = [
        .notUTF8, .notPermitted, .timeLimit, .damagedWeights, .weightMismatch, .unsupportedConfiguration, .unreadablePicture, .maskEmpty,
        .diskFull,
        .noPermission, .importCycle, .badFile, .noMasks, .interrupted, .tooManySteps, .resultGone, .internal, .checkpoint,
    ]

    @Test func everyCodeIsExplainedAndShown() {
        for code in ErrorCode.allCases {
            #expect(ErrorCode.table[code] != nil, "\(code.rawValue)")
            #expect(code.explanation.hasSuffix(".") && code.title != "An error")
            #expect(ErrorCode(text: code.rawValue.lowercased()) == code)
            #expect((code.example == nil) == Self.withoutExample.contains(code), "\(code.rawValue)")
            if let example = code.example { #expect(code.explanationText.contains("\n    " + example.prefix(6))) }
        }
    }

    /// Examples that need no model; those that do are run where there is one.
    @Test func examplesRaiseTheirCode() {
        var count = 0
        for code in ErrorCode.allCases where code.rawValue < "E04" || code.rawValue >= "E06" && !code.isLint {
            guard let example = code.example, !Self.needsModel.contains(code) else { continue }
            let found = Session().run(source: example).diagnostics.first?.code
            #expect(found == code, "\(code.rawValue): \(example)")
            count += 1
        }
        #expect(count > 35)
    }

    private static let needsModel: Set<ErrorCode> = [.notAllowed, .shapeMismatch, .noGradient]

    @Test func everyCodeOfTheLanguageHasAChunk() throws {
        let text = try ["reading", "calls", "operators", "values", "control", "functions", "limits"].map {
            try dataText($0 + ".bas")
        }.joined()
        for code in ErrorCode.allCases where code.rawValue < "E04" || code.rawValue >= "E06" && !code.isLint {
            // These are of the host, or need another thread, a limit or a file; tests of their own raise them.
            if [.noGradient, .interrupted, .tooManySteps, .resultGone, .internal, .notUTF8, .timeLimit].contains(code) { continue }
            #expect(text.contains("### " + code.rawValue), "\(code.rawValue)")
        }
    }
}

import Language
import Testing

@testable import Commands

/// The examples of error codes that need a model, a photo or a tensor.
@Suite struct ErrorExampleTests {
    private static let codes = ErrorCode.allCases.filter {
        $0.example != nil && ($0 == .notAllowed || $0 == .shapeMismatch || ("E0312"..<"E06").contains($0.rawValue))
    }

    @Test(arguments: codes)
    func raisesItsCode(_ code: ErrorCode) throws {
        let example = try #require(code.example)
        let found = Workbench().session.run(source: example).diagnostics.first?.code
        #expect(found == code, "\(code.rawValue): \(example)")
    }
}

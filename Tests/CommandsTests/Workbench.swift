import Language
import Testing

@testable import Commands

/// A session with every command that runs cells and answers with numbers.
final class Workbench {
    let session: Session

    init(table: [Builtin] = CommandTable.all) {
        session = Session(builtins: table, options: SessionOptions(standardLibrary: [Programs.root + "/stdlib"]))
    }

    /// Runs a cell; records its first error as a failure of the test.
    @discardableResult
    func run(_ source: String, location: SourceLocation = #_sourceLocation) -> Outcome {
        let outcome = session.run(source: source)
        if let problem = outcome.diagnostics.first(where: { $0.severity == .error }) {
            Issue.record("\(problem.code.rawValue): \(problem.message)\n\(source)", sourceLocation: location)
        }
        return outcome
    }

    func isTrue(_ source: String, location: SourceLocation = #_sourceLocation) -> Bool {
        run(source, location: location).value?.isTruthy ?? false
    }

    func number(_ source: String, location: SourceLocation = #_sourceLocation) -> Double {
        numbers(source, location: location).first ?? .nan
    }

    /// Numbers of a list, or of a list of lists, one after the other.
    func numbers(_ source: String, location: SourceLocation = #_sourceLocation) -> [Double] {
        func flatten(_ value: Value) -> [Double] {
            if let number = value.number { return [number] }
            if let tensor = value.host(as: TensorValue.self)?.tensor { return tensor.values.map(Double.init) }
            return ((try? value.elements) ?? []).flatMap(flatten)
        }
        return run(source, location: location).value.map(flatten) ?? []
    }

    func text(_ source: String, location: SourceLocation = #_sourceLocation) -> String {
        run(source, location: location).value?.inlineText ?? ""
    }
}

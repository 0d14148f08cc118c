import ArgumentParser
import Language
import Terminal

/// `bas explain`.
struct Explain: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Explain an error code, for example E0203.")

    @Argument(help: "The code.", completion: .list(ErrorCode.allCases.map(\.rawValue)))
    var code: String

    func validate() throws {
        if ErrorCode(text: code) == nil {
            throw ValidationError("there is no error code '\(code)'; codes look like E0203")
        }
    }

    func run() throws {
        if let code = ErrorCode(text: code) { Page.show(code.explanationText) }
    }
}

/// `bas bench`.
struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Time training steps, a picture and start-up on this machine.")

    @Flag(help: "One JSON object instead of a table.")
    var json = false

    @Option(
        help: "Times training from scratch with these products too: \(Host.products.joined(separator: ", ")).",
        completion: .list(Host.products))
    var products = Host.products[0]

    func validate() throws {
        guard Host.products.contains(products) else {
            throw ValidationError("there are no products '\(products)': \(Host.products.joined(separator: ", "))")
        }
    }

    func run() throws {
        do {
            try Host.benchmark(json: json, products: products)
        } catch let problem as Problem {
            Console(builtins: Host.builtins).printer.report(problem)
            try Bas.finish((problem.exitCode ?? problem.code.exitCode).rawValue)
        }
    }
}

import CBuild
import Commands
import Language
import Terminal

/// The one place where the command line touches what it runs: the builtin table, the benchmark and the version.
enum Host {
    static let version = CommandTable.version

    /// What `bas --version` prints: version and commit, the core of OpenBLAS, the model that ships.
    static var versionReport: String {
        VersionReport.text(commit: String(cString: bas_commit()), library: StandardLibrary.here().first)
    }

    static var builtins: [Builtin] { CommandTable.all }

    /// The names of the precisions of products.
    static let products = ProductsScope.names

    /// Measures the embedded model's work, and prints a table or JSON. Throws a `Problem`.
    static func benchmark(json: Bool, products: String) throws {
        do {
            try Benchmark.run(json: json, library: StandardLibrary.here().first, products: ProductsScope.precision(products))
        } catch {
            throw ErrorMapping.problem(error)
        }
    }

    /// Returns an error as what the language reports.
    static func problem(_ error: any Error) -> Problem {
        ErrorMapping.problem(error) as? Problem ?? Problem(.internal, "\(error)")
    }

    /// Returns what a program will need, wrapped to `width` columns, for `bas check --plan`.
    static func plan(_ program: Analysis, _ context: Context, width: Int) -> String {
        ScriptPlan.text(program.calls, context, width: width) ?? "nothing here loads a model, trains or draws"
    }

    /// The prompt's first line.
    static var banner: String { "\(version) · Break-A-Scene · \(CommandTable.engine) · ?help  :tour  :quit" }
}

import Language

/// `bas check`: checks programs without running them.
extension Console {
    /// Prints the errors and warnings of the files. Returns the exit code of the first error; where there are only warnings, 1 if `strict`
    /// is true. `plan` returns a text on what a program will need, for a number of columns, which is printed on standard output.
    public func check(
        files: [String], strict: Bool, plan: ((_ program: Analysis, _ context: Context, _ width: Int) -> String)? = nil
    ) -> Int32 {
        var codes: [ExitCode] = []
        var warnings = 0
        for (number, file) in files.enumerated() {
            do {
                let analysis = session.analyze(
                    source: file == "-" ? try StandardInput.read() : try Session.readScript(file),
                    file: file == "-" ? "<stdin>" : file)
                let found = analysis.diagnostics
                if let plan {
                    let title = files.count > 1 ? (number > 0 ? "\n" : "") + "\(printable(file))\n" : ""
                    printer.handle(
                        .stream(title + plan(analysis, session.context, ScreenTraits.current(color: options.color).width()) + "\n"))
                }
                show(found, of: analysis.file.name)
                codes += found.filter { $0.severity == .error }.map(\.exitCode)
                warnings += found.count { $0.severity == .warning }
            } catch let problem as Problem {
                printer.report(problem)
                codes.append(problem.exitCode ?? problem.code.exitCode)
            } catch {
                printer.report(Problem(.internal, "\(error)"))
                codes.append(.internal)
            }
        }
        if let code = codes.first { return code.rawValue }
        return strict && warnings > 0 ? 1 : 0
    }

    /// The most findings of one file that a person is shown; a tool gets all.
    private static let mostFindings = 100

    private func show(_ found: [Diagnostic], of file: String) {
        let (shown, rest) = options.errorFormat == .json ? (found, []) : Console.selection(found, mostFindings: Console.mostFindings)
        for diagnostic in shown { printer.handle(.diagnostic(diagnostic)) }
        guard !rest.isEmpty else { return }
        let errors = rest.count { $0.severity == .error }
        let counts = [(errors, "error"), (rest.count - errors, "warning")].filter { $0.0 > 0 }
            .map { "\($0) more \($1)\($0 == 1 ? "" : "s")" }
        printer.remark("\(file): \(counts.joined(separator: " and ")); --error-format=json writes all of them")
    }

    /// Returns the findings that are shown, in their order, and the others: warnings are shown only where errors leave room for them.
    static func selection(_ found: [Diagnostic], mostFindings most: Int) -> (shown: [Diagnostic], rest: [Diagnostic]) {
        guard found.count > most else { return (found, []) }
        var room = (errors: most, others: max(0, most - found.count { $0.severity == .error }))
        var (shown, rest): ([Diagnostic], [Diagnostic]) = ([], [])
        for diagnostic in found {
            let place = diagnostic.severity == .error ? \(errors: Int, others: Int).errors : \.others
            if room[keyPath: place] > 0 { shown.append(diagnostic) } else { rest.append(diagnostic) }
            room[keyPath: place] -= 1
        }
        return (shown, rest)
    }
}

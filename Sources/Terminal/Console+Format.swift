import Glibc
import Language

/// `bas fmt`: formats programs.
extension Console {
    /// Formats files in place, all programs of folders, and standard input ("-", or no path at all) to standard output. A program with
    /// syntax errors is reported and left alone, and the others are formatted all the same.
    ///
    /// With `checks` nothing is written: the names of files that are not in canonical form are printed, and the exit code is 1 if there are
    /// any.
    public func format(_ paths: [String], checks: Bool) -> Int32 {
        // Programs are written as they are, control characters in strings included.
        let output = FileSink(STDOUT_FILENO)
        defer { output.flush() }
        var failure: Int32 = 0
        var differs = false
        for path in paths where Surroundings.isFolder(path) && programs(path).isEmpty {
            printer.handle(
                .diagnostic(
                    Diagnostic(
                        code: .fileMissing, severity: .warning, message: "there is no .bas file in \"\(printable(path))\"")))
        }
        for path in paths.isEmpty ? ["-"] : paths.flatMap(programs) {
            do {
                differs = try format(path, checks: checks, to: output) || differs
            } catch let problem as Problem {
                printer.report(problem)
                failure = (problem.exitCode ?? problem.code.exitCode).rawValue
            } catch let refusal as FormatFailure {
                for diagnostic in refusal.diagnostics { printer.handle(.diagnostic(diagnostic)) }
                failure = refusal.diagnostics.first?.exitCode.rawValue ?? ExitCode.data.rawValue
            } catch {
                printer.report(Problem(.internal, "\(error)"))
                failure = ExitCode.internal.rawValue
            }
        }
        return failure != 0 ? failure : checks && differs ? 1 : 0
    }

    /// Formats or checks one file. Returns whether it was not in canonical form.
    private func format(_ path: String, checks: Bool, to output: FileSink) throws -> Bool {
        let isInput = path == "-"
        let text = isInput ? try StandardInput.read() : try Session.readScript(path)
        let result = try session.format(source: text, file: isInput ? "<stdin>" : path)
        if checks {
            if result != text { output.write(printable(isInput ? "<stdin>" : path) + "\n") }
        } else if isInput {
            output.write(result)
        } else if result != text {
            try TextFile.replace(path, with: result)
        }
        return result != text
    }

    /// Returns the programs of a folder and of the folders in it, without hidden ones; a path that is no folder stands for itself.
    private func programs(_ path: String) -> [String] {
        guard Surroundings.isFolder(path) else { return [path] }
        let folder = path.hasSuffix("/") ? path : path + "/"
        return Surroundings.names(in: path).sorted().flatMap { name -> [String] in
            let inner = folder + name
            return Surroundings.isFolder(inner) ? programs(inner) : name.hasSuffix(".bas") ? [inner] : []
        }
    }
}

import Files
import Language

extension EventPrinter {
    /// Does the work of a command and returns its exit code. An error that the work throws is printed, and gives its own exit code: that of
    /// the `Problem`, `cannotCreate` for a `FileError`, `interrupted` for a `CancellationError`, which prints nothing.
    public func answering(_ work: () throws -> Int32) -> Int32 {
        do {
            return try work()
        } catch is CancellationError {
            return ExitCode.interrupted.rawValue
        } catch let problem as Problem {
            report(problem)
            return (problem.exitCode ?? problem.code.exitCode).rawValue
        } catch let error as FileError {
            report(Problem(.cannotWrite, error.description))
            return ExitCode.cannotCreate.rawValue
        } catch {
            report(Problem(.internal, "\(error)"))
            return ExitCode.internal.rawValue
        }
    }
}

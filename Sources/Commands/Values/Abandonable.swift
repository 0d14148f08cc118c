import Language
import Tensors

/// Work of the engine that Ctrl-C ends within one task's time: tasks not begun are left out, and what came of the others
/// is thrown away.
///
/// Not for what keeps its results elsewhere: files are written whole, and a training ends at a step.
enum Abandonable {
    /// Families whose commands only compute.
    private static let families: Set<String> = ["tensors", "masks", "method", "attention", "generation", "models", "randomness"]

    /// `save_model` asks before it writes each tensor; the other writers are short.
    private static func computes(_ row: Builtin) -> Bool {
        families.contains(row.family) && (!row.name.hasPrefix("save_") || row.name == "save_model")
    }

    /// The table with its computing commands made abandonable.
    static func rows(_ rows: [Builtin]) -> [Builtin] {
        rows.map { row in
            guard computes(row) else { return row }
            var row = row
            let run = row.run
            row.run = { call in try within(call.context.interrupt) { try run(call) } }
            return row
        }
    }

    /// Throws the `.interrupted` problem where a stop was asked for, whatever came of `body`: an error that rubbish caused
    /// is no error.
    static func within<T>(_ interrupt: Interrupt, _ body: () throws -> T) throws -> T {
        do {
            let result = try Parallel.abandonable(when: { interrupt.isRequested }, body)
            try interrupt.check()
            return result
        } catch {
            try interrupt.check()
            throw error
        }
    }

    /// The same for an operator, which knows no call: by the interrupt of the run on this thread.
    static func operation<T>(_ body: () throws -> T) throws -> T {
        guard let interrupt = Interrupt.current else { return try body() }
        return try within(interrupt, body)
    }
}

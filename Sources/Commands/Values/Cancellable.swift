import Language
import Tensors

/// Work of the engine that Ctrl-C ends within the time of one task: tasks that have not begun are left out, and the result of the others is
/// thrown away.
///
/// Training is no such work, because its results are kept elsewhere: it ends at a step. Files are written whole or not at all.
enum Cancellable {
    /// The families whose commands compute, read and write.
    static let families: Set<String> = [
        "tensors", "masks", "pictures", "scenes", "figures", "method", "attention", "generation", "models", "randomness",
    ]

    /// Returns the table with the commands of these families made cancellable.
    static func rows(_ rows: [Builtin]) -> [Builtin] {
        rows.map { row in
            guard families.contains(row.family) else { return row }
            var row = row
            let run = row.run
            row.run = { call in try within(call.context.interrupt) { try run(call) } }
            guard isAside(row) else { return row }
            // Making a thread takes little time compared with a figure, but much compared with the area of a small mask.
            return row.aside(from: row.family == "figures" ? Aside.noticed : 1 << 20)
        }
    }

    /// Returns whether a command may run on a thread of its own: it goes through libraries, texts and lists that cannot ask for a stop at
    /// every step, and it depends on nothing in the session but where its files are. Commands that record gradients or show something may
    /// not.
    private static func isAside(_ row: Builtin) -> Bool {
        if ["show", "flip", "crop"].contains(row.name) { return false }
        return ["figures", "pictures", "masks", "scenes"].contains(row.family)
            || ["tolist", "save_tensors", "load_tensors"].contains(row.name)
    }

    /// Returns the result of `body`. Throws `.interrupted` where a stop was asked for, whatever came of `body`: an error that cancelled
    /// work caused is none.
    static func within<T>(_ interrupt: Interrupt, _ body: () throws -> T) throws -> T {
        do {
            let result = try Cancellation.scope(when: interrupt.question, body)
            try interrupt.check()
            return result
        } catch {
            try interrupt.check()
            throw error
        }
    }

    /// Does the same for an operator or a field, which has no call, by the interrupt of the run on this thread.
    static func operation<T>(_ body: () throws -> T) throws -> T {
        guard let interrupt = Interrupt.current else { return try body() }
        return try within(interrupt, body)
    }

    /// Returns the result of `body` for a value that shows or compares itself: whoever asked notices the stop and throws the result away. A
    /// stop that was asked for before is not considered, so that a training that was stopped can be shown.
    static func answer<T>(_ body: () -> T) -> T {
        guard let interrupt = Interrupt.current, !interrupt.isRequested else { return body() }
        return Cancellation.scope(when: interrupt.question, body)
    }
}

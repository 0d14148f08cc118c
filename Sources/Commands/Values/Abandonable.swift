import Language
import Tensors

/// Work of the engine that Ctrl-C ends within one task's time: tasks not begun are left out, and what came of the others
/// is thrown away.
///
/// Not for what keeps its results elsewhere: a training ends at a step. Files are written whole or not at all.
enum Abandonable {
    /// Families whose commands compute, read and write.
    static let families: Set<String> = [
        "tensors", "masks", "pictures", "scenes", "figures", "method", "attention", "generation", "models", "randomness",
    ]

    /// The table with its computing commands made abandonable.
    static func rows(_ rows: [Builtin]) -> [Builtin] {
        rows.map { row in
            guard families.contains(row.family) else { return row }
            var row = row
            let run = row.run
            row.run = { call in try within(call.context.interrupt) { try run(call) } }
            guard isAside(row) else { return row }
            // Beside a figure a thread is soon made, beside the area of a small mask it is not.
            return row.aside(from: row.family == "figures" ? Aside.noticed : 1 << 20)
        }
    }

    /// What goes through libraries, texts and lists that cannot be asked at every step, and depends on the session in
    /// nothing but where its files are: no gradients, which threads differ in, and nothing that is shown.
    private static func isAside(_ row: Builtin) -> Bool {
        if ["show", "flip", "crop"].contains(row.name) { return false }
        return ["figures", "pictures", "masks", "scenes"].contains(row.family)
            || ["tolist", "save_tensors", "load_tensors"].contains(row.name)
    }

    /// Throws the `.interrupted` problem where a stop was asked for, whatever came of `body`: an error that rubbish caused
    /// is no error.
    static func within<T>(_ interrupt: Interrupt, _ body: () throws -> T) throws -> T {
        do {
            let result = try Parallel.abandonable(when: interrupt.question, body)
            try interrupt.check()
            return result
        } catch {
            try interrupt.check()
            throw error
        }
    }

    /// The same for an operator or a field, which knows no call: by the interrupt of the run on this thread.
    static func operation<T>(_ body: () throws -> T) throws -> T {
        guard let interrupt = Interrupt.current else { return try body() }
        return try within(interrupt, body)
    }

    /// The same for how a value shows itself and compares: whoever asked sees to the stop, and throws the result away. A
    /// stop that was asked for before is not its business: a training that was stopped is shown.
    static func answer<T>(_ body: () -> T) -> T {
        guard let interrupt = Interrupt.current, !interrupt.isRequested else { return body() }
        return Parallel.abandonable(when: interrupt.question, body)
    }
}

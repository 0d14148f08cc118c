/// A call of a builtin with its arguments bound to its parameters and checked against the table.
///
/// `call[key]` reads an argument as the Swift type of its key. It throws where the value is none that the type can be read from (a mask of
/// three axes, a point of one number), which is reported at the argument like any other mistake.
public struct Call: Sendable {
    /// The builtin that is called.
    public let builtin: Builtin
    /// The state that runs share with builtins.
    public let context: Context
    /// The call's place in the program; nil where the host calls.
    public let span: Span?
    /// Each parameter's argument, else its default, else nil.
    let bound: [Value?]
    /// Whether each parameter was given an argument.
    let given: [Bool]
    /// The positional arguments as they were passed, for `fallBack`.
    let positional: [Value]
    /// The named arguments as they were passed, for `fallBack`.
    let named: [(String, Value)]
    /// The arguments that a variadic parameter collected.
    public let rest: [Value]

    /// Returns a parameter's argument or default as the key's type. Throws a `Problem` where the value cannot be read as such, and
    /// `.internal` where the builtin has no such parameter.
    public subscript<Argument>(_ key: Key<Argument>) -> Argument {
        get throws { try key.read(self, key) }
    }

    /// Returns a parameter's argument or default as a value of the language; none where an optional one was left out. Throws `.internal`
    /// where the builtin has no such parameter.
    public func value(_ row: some Declaring) throws -> Value {
        if let place = place(of: row) { return bound[place] ?? .none }
        throw Problem(.internal, "\(builtin.name) has no parameter \"\(row.name)\" in its table")
    }

    /// Returns the value of a parameter that the builtin may lack: nil where it does, where the argument is none or was left out.
    public func given(_ row: some Declaring) -> Value? {
        place(of: row).flatMap { bound[$0] }.flatMap { $0.isNone ? nil : $0 }
    }

    /// Returns whether an argument was given explicitly; false where the builtin has no such parameter.
    public func has(_ row: some Declaring) -> Bool { place(of: row).map { given[$0] } ?? false }

    private func place(of row: some Declaring) -> Int? {
        let name = row.name
        return builtin.parameters.firstIndex { $0.name == name }
    }

    /// Calls a function that was passed as an argument, such as a user's loss, on the calling thread. Throws what the function throws.
    public func invoke(
        _ function: FunctionValue, arguments: [Value] = [], named: [(String, Value)] = []
    ) throws -> Value {
        try context.invoke(function, arguments: arguments, named: named, site: span)
    }

    /// Calls a function and returns its value, or the error that `try` would recover from. A requested stop and the limit on steps are
    /// thrown.
    public func attempt(_ function: FunctionValue, arguments: [Value] = []) throws -> Attempt {
        do {
            return .value(try invoke(function, arguments: arguments))
        } catch let failure as Failure where failure.isRecoverable {
            return .failed(failure.diagnostic)
        }
    }

    /// Runs the core builtin that this one replaces, with the same arguments. Throws `.internal` where it replaces none.
    public func fallBack() throws -> Value {
        guard let core = context.builtins.replaced(builtin.name) else {
            throw Problem(.internal, "\(builtin.name) replaces no core builtin")
        }
        return try context.invoke(FunctionValue(core), arguments: positional, named: named, site: span)
    }
}

/// The outcome of a call of a user's function.
public enum Attempt {
    /// The value that it returned.
    case value(Value)
    /// The error that it raised.
    case failed(Diagnostic)
}

/// A call of a builtin with its arguments bound to its parameters and checked against the table.
///
/// The accessors throw only where the table and `run` disagree about a parameter, or where a parameter of type `any` holds another type
/// than asked for, which is then reported at the argument like any other mistake.
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

    /// Returns a parameter's argument or default; none where an optional one was left out.
    public func value(_ name: String) throws -> Value {
        try bound[position(of: name)] ?? .none
    }

    /// Returns a parameter's argument or default, or nil where that is none or was left out.
    public func optional(_ name: String) -> Value? {
        guard let place = builtin.parameters.firstIndex(where: { $0.name == name }), let value = bound[place],
            !value.isNone
        else { return nil }
        return value
    }

    /// Returns whether an argument was given explicitly.
    public func has(_ name: String) -> Bool {
        builtin.parameters.firstIndex { $0.name == name }.map { given[$0] } ?? false
    }

    /// Returns an int argument.
    public func int(_ name: String) throws -> Int {
        if case .int(let value) = try value(name) { return value }
        throw try mismatch(name, "an int")
    }

    /// Returns a number as a double.
    public func double(_ name: String) throws -> Double {
        if let number = try value(name).number { return number }
        throw try mismatch(name, "a number")
    }

    /// Returns a bool argument.
    public func bool(_ name: String) throws -> Bool {
        if case .bool(let value) = try value(name) { return value }
        throw try mismatch(name, "true or false")
    }

    /// Returns a string argument.
    public func string(_ name: String) throws -> String {
        if case .string(let value) = try value(name) { return value }
        throw try mismatch(name, "a string")
    }

    /// Returns the items of a list or a range.
    public func list(_ name: String) throws -> [Value] {
        switch try value(name) {
        case .list(let items): return items
        case .range(let range): return try range.items()
        default: throw try mismatch(name, "a list")
        }
    }

    /// Returns a list's ints.
    public func ints(_ name: String) throws -> [Int] {
        try list(name).map {
            if case .int(let value) = $0 { return value }
            throw try mismatch(name, "a list of ints")
        }
    }

    /// Returns a list's numbers as doubles.
    public func doubles(_ name: String) throws -> [Double] {
        try list(name).map {
            if let number = $0.number { return number }
            throw try mismatch(name, "a list of numbers")
        }
    }

    /// Returns a list's strings.
    public func strings(_ name: String) throws -> [String] {
        try list(name).map {
            if case .string(let value) = $0 { return value }
            throw try mismatch(name, "a list of strings")
        }
    }

    /// Returns a record argument.
    public func record(_ name: String) throws -> Record {
        if case .record(let value) = try value(name) { return value }
        throw try mismatch(name, "a record")
    }

    /// Returns a function argument.
    public func function(_ name: String) throws -> FunctionValue {
        if case .function(let value) = try value(name) { return value }
        throw try mismatch(name, "a function")
    }

    /// Returns a host value as a Swift type.
    public func host<T: HostValue>(_ name: String, as type: T.Type) throws -> T {
        if case .host(let value) = try value(name), let typed = value as? T { return typed }
        throw try mismatch(name, builtin.parameters[position(of: name)].type.description)
    }

    /// Returns a list's host values as a Swift type.
    public func hosts<T: HostValue>(_ name: String, as type: T.Type) throws -> [T] {
        let expected = try builtin.parameters[position(of: name)].type.description
        return try list(name).map {
            if case .host(let value) = $0, let typed = value as? T { return typed }
            throw try mismatch(name, expected)
        }
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

    private func position(of name: String) throws -> Int {
        if let place = builtin.parameters.firstIndex(where: { $0.name == name }) { return place }
        throw Problem(.internal, "\(builtin.name) has no parameter \"\(name)\" in its table")
    }

    private func mismatch(_ name: String, _ expected: String) throws -> Problem {
        let found = try value(name)
        return Problem(
            .wrongType, "\(builtin.name) wants \(expected) for \(name)", argument: name,
            label: "this is \(found.describedType)")
    }
}

/// The outcome of a call of a user's function.
public enum Attempt {
    /// The value that it returned.
    case value(Value)
    /// The error that it raised.
    case failed(Diagnostic)
}

/// A call of a builtin with its arguments bound to its parameters and checked against the table.
///
/// The accessors throw only where the table and `run` disagree, or where a parameter of type `any` holds
/// another type than asked for: the argument is then underlined like any other mistake.
public struct Call: Sendable {
    public let builtin: Builtin
    public let context: Context
    /// The call's place in the program; nil when a host calls.
    public let span: Span?
    /// Per parameter: the argument, else the default, else nil.
    let bound: [Value?]
    let given: [Bool]
    /// The arguments as they were passed, for `fallBack`.
    let positional: [Value]
    let named: [(String, Value)]
    /// What a variadic parameter collected.
    public let rest: [Value]

    /// The argument or default of a parameter; none where an optional one was left out.
    public func value(_ name: String) throws -> Value {
        try bound[position(of: name)] ?? .none
    }

    /// nil where the argument was left out or is none.
    public func optional(_ name: String) -> Value? {
        guard let place = builtin.parameters.firstIndex(where: { $0.name == name }), let value = bound[place],
            !value.isNone
        else { return nil }
        return value
    }

    /// Whether the argument was given explicitly.
    public func has(_ name: String) -> Bool {
        builtin.parameters.firstIndex { $0.name == name }.map { given[$0] } ?? false
    }

    public func int(_ name: String) throws -> Int {
        if case .int(let value) = try value(name) { return value }
        throw try mismatch(name, "an int")
    }

    /// Ints are widened.
    public func double(_ name: String) throws -> Double {
        if let number = try value(name).number { return number }
        throw try mismatch(name, "a number")
    }

    public func bool(_ name: String) throws -> Bool {
        if case .bool(let value) = try value(name) { return value }
        throw try mismatch(name, "true or false")
    }

    public func string(_ name: String) throws -> String {
        if case .string(let value) = try value(name) { return value }
        throw try mismatch(name, "a string")
    }

    /// A list, or a range as a list.
    public func list(_ name: String) throws -> [Value] {
        switch try value(name) {
        case .list(let items): return items
        case .range(let range): return try range.items()
        default: throw try mismatch(name, "a list")
        }
    }

    public func ints(_ name: String) throws -> [Int] {
        try list(name).map {
            if case .int(let value) = $0 { return value }
            throw try mismatch(name, "a list of ints")
        }
    }

    public func doubles(_ name: String) throws -> [Double] {
        try list(name).map {
            if let number = $0.number { return number }
            throw try mismatch(name, "a list of numbers")
        }
    }

    public func strings(_ name: String) throws -> [String] {
        try list(name).map {
            if case .string(let value) = $0 { return value }
            throw try mismatch(name, "a list of strings")
        }
    }

    public func record(_ name: String) throws -> Record {
        if case .record(let value) = try value(name) { return value }
        throw try mismatch(name, "a record")
    }

    public func function(_ name: String) throws -> FunctionValue {
        if case .function(let value) = try value(name) { return value }
        throw try mismatch(name, "a function")
    }

    /// A host value of one Swift type.
    public func host<T: HostValue>(_ name: String, as type: T.Type) throws -> T {
        if case .host(let value) = try value(name), let typed = value as? T { return typed }
        throw try mismatch(name, builtin.parameters[position(of: name)].type.description)
    }

    /// A list of host values of one Swift type.
    public func hosts<T: HostValue>(_ name: String, as type: T.Type) throws -> [T] {
        let expected = try builtin.parameters[position(of: name)].type.description
        return try list(name).map {
            if case .host(let value) = $0, let typed = value as? T { return typed }
            throw try mismatch(name, expected)
        }
    }

    /// Calls a function value: a user's loss, a sampling law. Runs on the calling thread.
    public func invoke(
        _ function: FunctionValue, arguments: [Value] = [], named: [(String, Value)] = []
    ) throws -> Value {
        try context.invoke(function, arguments: arguments, named: named, site: span)
    }

    /// The same, with an error that `try` would recover from as an answer. A stop, and the end of all steps, are thrown.
    public func attempt(_ function: FunctionValue, arguments: [Value] = []) throws -> Attempt {
        do {
            return .value(try invoke(function, arguments: arguments))
        } catch let failure as Failure where failure.isRecoverable {
            return .failed(failure.diagnostic)
        }
    }

    /// Runs the core builtin that this one replaced, with the same arguments.
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

/// What a call of a function of the user's came to.
public enum Attempt {
    case value(Value)
    case failed(Diagnostic)
}

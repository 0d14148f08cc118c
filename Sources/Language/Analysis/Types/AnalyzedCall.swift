/// A call of a command as it stands in a program that is not run.
public struct AnalyzedCall: Sendable {
    public let call: StaticCall
    /// The command's name in the program.
    public let span: Span
    /// It stands in a loop: nobody knows how often it runs.
    public let isRepeated: Bool
    /// It stands in a function: what its parameters are is not known.
    public let isInFunction: Bool

    /// The call with the arguments that are known; `host` gives a value for one of the host's types, where it can. An
    /// argument that is not known is left out, and its name is among `unknown`.
    public func known(_ context: Context, host: (any HostType) -> (any HostValue)?) -> (call: Call, unknown: [String]) {
        var (values, unknown) = ([Value?](), [String]())
        for (parameter, type) in zip(call.builtin.parameters, call.bound) {
            var value = type.value
            if value == nil, case .host(let known) = type { value = host(known).map { .host($0) } }
            if value == nil { unknown.append(parameter.name) }
            values.append(value)
        }
        let bound = Call(
            builtin: call.builtin, context: context, span: span, bound: values, given: call.given, positional: [], named: [], rest: [])
        return (bound, unknown)
    }
}

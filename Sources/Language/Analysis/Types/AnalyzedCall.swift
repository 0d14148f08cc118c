/// A call of a builtin, found in a program without running it.
public struct AnalyzedCall: Sendable {
    /// The builtin with the types of its arguments.
    public let call: StaticCall
    /// The place of the builtin's name in the program.
    public let span: Span
    /// Whether the call stands in a loop, so that it may run any number of times.
    public let isRepeated: Bool
    /// Whether the call stands in a function, where the values of parameters are not known.
    public let isInFunction: Bool

    /// Returns the call with those arguments whose values are known. `host` returns a value that stands for a host type, or nil. Arguments
    /// that are not known are left out and their names returned in `unknown`.
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

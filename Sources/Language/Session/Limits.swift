/// What a program may use before it is stopped by a diagnostic.
public struct Limits: Sendable {
    /// Nested calls of the user's functions.
    public var callDepth: Int
    /// Loop iterations and calls in one run; nil = no limit.
    public var steps: Int?
    /// The size of one value made by the language (lists, strings) or reserved by the host.
    public var bytes: Int
    /// How deeply lists and records may hold each other.
    public var nesting: Int

    /// Those of the run on this thread, for operators and values, which get no context; the ordinary ones where
    /// nothing runs.
    @TaskLocal static var current = Limits()

    public init(callDepth: Int = 2000, steps: Int? = nil, bytes: Int = 2 << 30, nesting: Int = 2000) {
        self.callDepth = callDepth
        self.steps = steps
        self.bytes = bytes
        self.nesting = nesting
    }
}

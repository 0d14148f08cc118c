import Glibc

/// A function as compiled: shared by all closures made from it.
final class Code: @unchecked Sendable {
    // Written once by the compiler before the first call.
    struct Parameter {
        var name: String
        var defaultNode: Node?
        var keywordOnly: Bool
        var variadic: Bool
        /// Where inner functions share it; nil while the slot of its position is enough.
        var box: Int?
    }

    /// An `import` within a function.
    struct Import {
        let path: String
        /// What it gives; nil where the session has ended.
        let exports: () throws -> Record?
    }

    let syntax: FunctionSyntax
    let name: String?
    let span: Span
    let documentation: String?
    let signature: String
    var parameters: [Parameter] = []
    /// Leading parameters that positional arguments fill.
    var positionalCount = 0
    var variadicSlot: Int?
    var body = Node(span: nil)
    var slotCount = 0
    var boxNames: [String] = []
    /// The globals that the function and those inside of it mention, in the order in which they do.
    var reads: [GlobalRead] = []
    /// The files that they import.
    var imports: [Import] = []
    /// Whether any parameter has a default or a box, or is keyword-only: whether a call needs `Code.finish`.
    var needsFinish = false

    init(_ syntax: FunctionSyntax) {
        self.syntax = syntax
        name = syntax.name
        span = syntax.span
        documentation = syntax.documentation
        signature = Code.signature(syntax)
    }

    static func signature(_ syntax: FunctionSyntax) -> String {
        var parts: [String] = []
        var starred = syntax.parameters.contains(where: \.variadic)
        for parameter in syntax.parameters {
            if parameter.keywordOnly, !starred {
                parts.append("*")
                starred = true
            }
            let dots = parameter.variadic ? ".." : ""
            parts.append(dots + parameter.name + (parameter.defaultValue.map { "=\($0.span.text)" } ?? ""))
        }
        return "\(syntax.name ?? "fn")(\(parts.joined(separator: ", ")))"
    }
}

/// A global that a function mentions.
struct GlobalRead {
    let box: Box
    /// Where only this field of it is read: a function of an imported file.
    let field: String?
    /// What the name means while no global has taken it.
    let builtin: FunctionValue?

    struct Key: Hashable {
        let box: ObjectIdentifier
        let field: String?
    }

    var key: Key { Key(box: ObjectIdentifier(box), field: field) }
}

/// A function with the variables that it captured.
final class Closure: @unchecked Sendable {
    let code: Code
    /// Taken away only by `ClosureCycle`.
    var captures: [Box]

    init(code: Code, captures: [Box]) {
        self.code = code
        self.captures = captures
    }

    /// What it held may be the last holder of another function, and that of a third, millions of times: they are let go one
    /// after the other, without recursion.
    deinit {
        if captures.contains(where: { $0.value?.mayHoldFunctions == true }) { LastCaptures.release(&captures) }
    }
}

/// The variables of functions that are let go on this thread.
private enum LastCaptures {
    private final class Queue { var boxes: [Box] = [] }

    /// Each thread's own, while it lets go.
    private static let key: pthread_key_t? = {
        var key = pthread_key_t()
        return pthread_key_create(&key, nil) == 0 ? key : nil
    }()

    /// Leaves nothing in `captures`.
    static func release(_ captures: inout [Box]) {
        guard let key else { return }
        if let running = pthread_getspecific(key) {
            Unmanaged<Queue>.fromOpaque(running).takeUnretainedValue().boxes += captures
            captures = []
            return
        }
        let queue = Queue()
        swap(&queue.boxes, &captures)
        pthread_setspecific(key, Unmanaged.passUnretained(queue).toOpaque())
        // To let go of one may add others.
        while let box = queue.boxes.popLast() { withExtendedLifetime(box) {} }
        pthread_setspecific(key, nil)
    }
}

extension Value {
    /// Whether a function may be among what it holds.
    fileprivate var mayHoldFunctions: Bool {
        switch self {
        case .function(let function): function.closure != nil
        case .list, .record, .host: true
        default: false
        }
    }
}

import Glibc

/// A compiled function, shared by all closures that are made from it.
final class Code: @unchecked Sendable {
    // The compiler writes it once, before the first call.
    struct Parameter {
        var name: String
        var defaultNode: Node?
        var keywordOnly: Bool
        var variadic: Bool
        /// The index of the box that holds the parameter where inner functions share it; nil where its slot is enough.
        var box: Int?
    }

    /// An `import` within a function.
    struct Import {
        let path: String
        /// Returns the names that the file exports, or nil where the session has ended. Throws what importing throws.
        let exports: () throws -> Record?
    }

    let syntax: FunctionSyntax
    let name: String?
    let span: Span
    let documentation: String?
    let signature: String
    var parameters: [Parameter] = []
    /// The number of leading parameters that positional arguments fill.
    var positionalCount = 0
    var variadicSlot: Int?
    var body = Node(span: nil)
    var slotCount = 0
    var boxNames: [String] = []
    /// The globals that the function and its inner functions mention, in order of mention.
    var reads: [GlobalRead] = []
    /// The files that the function and its inner functions import.
    var imports: [Import] = []
    /// Whether a call must go through `Machine.finish`: some parameter has a default or a box, is keyword-only, or is variadic.
    var needsFinish = false

    init(_ syntax: FunctionSyntax) {
        self.syntax = syntax
        name = syntax.name
        span = syntax.span
        documentation = syntax.documentation
        signature = Code.signature(syntax)
    }

    /// Returns the name with the parameters as they are written: "f(a, b=1, *, c)".
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

/// A global variable that a function mentions.
struct GlobalRead {
    let box: Box
    /// The field that is read of the global, such as a function of an imported module; nil where its whole value is.
    let field: String?
    /// The builtin that the name means while no global has been assigned; nil where there is none.
    let builtin: FunctionValue?

    struct Key: Hashable {
        let box: ObjectIdentifier
        let field: String?
    }

    var key: Key { Key(box: ObjectIdentifier(box), field: field) }
}

/// A compiled function with the variables that it captured.
final class Closure: @unchecked Sendable {
    let code: Code
    /// The captured variables. Only `ClosureCycle` removes them.
    var captures: [Box]

    init(code: Code, captures: [Box]) {
        self.code = code
        self.captures = captures
    }

    /// Releases the captured variables one after the other rather than recursively, because the last holder of a function may be held by
    /// another function, millions of times over.
    deinit {
        if captures.contains(where: { $0.value?.mayHoldFunctions == true }) { LastCaptures.release(&captures) }
    }
}

/// Releases the captured variables of closures without recursion.
private enum LastCaptures {
    private final class Queue { var boxes: [Box] = [] }

    /// The key of each thread's queue while the thread releases.
    private static let key: pthread_key_t? = {
        var key = pthread_key_t()
        return pthread_key_create(&key, nil) == 0 ? key : nil
    }()

    /// Releases the variables and leaves `captures` empty. A release that another one causes only appends to the queue.
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
        // Releasing one may add others to the queue.
        while let box = queue.boxes.popLast() { withExtendedLifetime(box) {} }
        pthread_setspecific(key, nil)
    }
}

extension Value {
    /// Whether the value may hold a closure.
    fileprivate var mayHoldFunctions: Bool {
        switch self {
        case .function(let function): function.closure != nil
        case .list, .record, .host: true
        default: false
        }
    }
}

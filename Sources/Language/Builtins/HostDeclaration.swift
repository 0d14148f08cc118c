/// A type of host values, declared once: its name, what it is, who makes its values, and its fields with their types. Values, checks, help
/// and editors read it.
public struct HostDeclaration<Host: HostValue>: Sendable {
    /// A field of the values.
    public struct Field: Sendable {
        /// The name, as in `photo.width`.
        public let name: String
        /// The type of the field's value.
        public let type: StaticType
        /// What the field is, in one sentence.
        public let doc: String
        /// Returns the field's value. Throws a `Problem` where it cannot be computed.
        let get: @Sendable (Host) throws -> Value

        /// Creates a field.
        public init(_ name: String, _ type: StaticType, _ doc: String, get: @escaping @Sendable (Host) throws -> Value) {
            (self.name, self.type, self.doc, self.get) = (name, type, doc, get)
        }

        /// Creates a field whose type differs from value to value.
        public init(_ name: String, _ doc: String, get: @escaping @Sendable (Host) throws -> Value) {
            self.init(name, .unknown, doc, get: get)
        }
    }

    /// The name in messages, without an article: "mask".
    public let name: HostName
    /// What a value of the type is, in one sentence.
    public let explanation: String
    /// The fields in the order in which help lists them.
    public let fields: [Field]
    /// The type before a run, which knows nothing but the fields.
    public let type: NamedHostType

    /// Creates a declaration. `reader` is the builtin that reads a value from a path or a name; `makers` are calls that make one, for
    /// messages. `isOpen`, `element` and `operators` are those of `NamedHostType`.
    public init(
        _ name: String, _ explanation: String, reader: String? = nil, makers: String? = nil, fields: [Field] = [], isOpen: Bool = false,
        element: StaticType? = .unknown, operators: Bool = true
    ) {
        self.name = HostName(name, origin: makers.map { Parameter.Origin(reader: reader, makers: $0) })
        (self.explanation, self.fields) = (explanation, fields)
        type = NamedHostType(
            name, fields: fields.map { StaticType.Field($0.name, $0.type) }, isOpen: isOpen, element: element, operators: operators)
    }
}

/// The name of a host type, as rules refer to it, with who makes its values.
public struct HostName: Sendable, ExpressibleByStringLiteral {
    /// The name in messages, without an article.
    public let text: String
    /// The builtins that make its values; nil where none are known.
    public let origin: Parameter.Origin?

    /// Creates a name.
    public init(_ text: String, origin: Parameter.Origin? = nil) { (self.text, self.origin) = (text, origin) }
    /// Creates the name of a type of which nothing else is known.
    public init(stringLiteral text: String) { self.init(text) }
}

/// A host value whose type is declared once. It is an `ArgumentType`: `Key<SceneValue>("scene", doc: …)` takes values of it.
public protocol DeclaredValue: HostValue, ArgumentType {
    /// The type's declaration.
    static var declaration: HostDeclaration<Self> { get }
    /// The type of its values before a run, where nothing is known of them.
    static var valueType: StaticType { get }
}

extension DeclaredValue {
    /// The declared type, which knows the fields.
    public static var valueType: StaticType { .host(declaration.type) }
    /// A value of this type.
    public static var rule: TypeRule { .host(declaration.name) }
    /// The declared name.
    public var typeName: String { Self.declaration.name.text }
    /// The declared sentence.
    public var explanation: String { Self.declaration.explanation }
    /// The names of the declared fields.
    public var fieldNames: [String] { Self.declaration.fields.map(\.name) }
    /// Returns what a declared field gives, or nil for an unknown name.
    public func field(_ name: String) throws -> Value? { try declaredField(name) }
    /// Returns what a declared field gives, or nil for an unknown name.
    public func declaredField(_ name: String) throws -> Value? { try Self.declaration.fields.first { $0.name == name }?.get(self) }
    /// Returns the sentence on a field, or nil for an unknown name.
    public func fieldDoc(_ name: String) -> String? { Self.declaration.fields.first { $0.name == name }?.doc }

    /// Returns the value as this type.
    public static func read(_ value: Value, _ call: Call, _ name: String) throws -> Self {
        if case .host(let host as Self) = value { host } else { throw mismatch(value, call, name) }
    }
}

extension ResultType {
    /// Returns the result that is a value of a declared type; `words` add to its name.
    public static func host<Host: DeclaredValue>(_ type: Host.Type, _ words: String? = nil) -> ResultType {
        ResultType(words ?? Host.declaration.name.text, Host.valueType)
    }
}

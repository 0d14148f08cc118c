/// What is known of a value before a program runs. `unknown` stands for any value and silences every check: an error is reported only where
/// every value of the type would be wrong.
public indirect enum StaticType: Sendable {
    /// Any value.
    case unknown
    /// A value that is itself known: a literal, or a result computed from literals. Never a list or a record.
    case constant(Value)
    case bool
    case int
    case float
    /// An int or a float.
    case number
    case string
    case range
    /// A list whose items are known one by one.
    case list([StaticType])
    /// A list of any length whose items are of one type.
    case listOf(StaticType)
    /// A record; an open one may have more fields than these.
    case record([Field], isOpen: Bool)
    /// A function.
    case function(StaticFunction)
    /// A host value.
    case host(any HostType)

    /// A field of a record type.
    public struct Field: Sendable {
        /// The field's name.
        public var name: String
        /// The type of the field's value.
        public var type: StaticType

        /// Creates a field.
        public init(_ name: String, _ type: StaticType) {
            self.name = name
            self.type = type
        }
    }

    /// The type of `none`.
    public static let none = StaticType.constant(.none)
    /// The type of `[height, width]` and other lists of two ints.
    public static let pair = StaticType.list([.int, .int])

    /// The longest list whose items' types are kept one by one; longer ones keep the items' common type.
    static let longestList = 256
    /// The longest list whose items are looked at; the item type of longer ones is unknown.
    private static let mostItems = 10_000

    /// Creates the type of a value.
    public init(_ value: Value) {
        switch value {
        case .none, .bool, .int, .float, .string, .range: self = .constant(value)
        case .list(let items):
            // Joining the types of very many items would take too long.
            self = items.count > StaticType.mostItems ? .listOf(.unknown) : StaticType.listing(items.map { StaticType($0) })
        case .record(let record):
            self = .record(record.pairs.map { Field($0, StaticType($1)) }, isOpen: false)
        case .function(let function):
            self = .function(
                function.builtin.map { .builtin($0) } ?? function.syntax.map { .user(UserFunction($0)) } ?? .opaque)
        case .host(let host): self = (host as? any StaticallyTyped)?.staticType ?? .unknown
        }
    }

    /// Returns the type of a list with these items, or of a list of their common type where there are more than `longestList`.
    static func listing(_ items: [StaticType]) -> StaticType {
        items.count <= longestList ? .list(items) : .listOf(join(items))
    }

    /// Whether nothing is known of the value.
    public var isUnknown: Bool { if case .unknown = self { true } else { false } }

    /// The value itself, where all of it is known, else nil.
    public var value: Value? {
        switch self {
        case .constant(let value): return value
        case .list(let items):
            var values: [Value] = []
            for item in items {
                guard let value = item.value else { return nil }
                values.append(value)
            }
            return .list(values)
        case .record(let fields, isOpen: false):
            var record = Record()
            for field in fields {
                guard let value = field.type.value else { return nil }
                record[field.name] = value
            }
            return .record(record)
        default: return nil
        }
    }

    /// The int, where the value is a known int, else nil.
    public var int: Int? { if case .constant(.int(let value)) = self { value } else { nil } }

    /// The type without its values: int for 3. Lists keep their length.
    var widened: StaticType {
        switch self {
        case .constant(.bool): .bool
        case .constant(.int): .int
        case .constant(.float): .float
        case .constant(.string): .string
        case .constant(.range): .range
        case .list(let items): .list(items.map(\.widened))
        default: self
        }
    }

    /// The type of the items that iteration gives, or nil where the value cannot be iterated.
    var element: StaticType? {
        switch self {
        case .unknown: .unknown
        case .list(let items): items.isEmpty ? .unknown : StaticType.join(items)
        case .listOf(let item): item
        case .range, .constant(.range): .int
        case .string, .constant(.string), .record: .string
        case .host(let host): host.element
        default: nil
        }
    }

    /// The number of items, or nil where it is not known.
    var count: Int? {
        switch self {
        case .list(let items): items.count
        case .constant(.range(let range)): range.count
        case .constant(.string(let text)): text.count
        case .record(let fields, isOpen: false): fields.count
        case .host(let host): host.count
        default: nil
        }
    }

    /// The types of the items that unpacking sees, or nil where they are not known one by one.
    var items: [StaticType]? {
        switch self {
        case .list(let items): return items
        case .constant(.range(let range)) where range.count <= StaticType.longestList:
            return range.map { .constant(.int($0)) }
        case .host(let host):
            guard let count = host.count, count <= StaticType.longestList, let element = host.element else {
                return nil
            }
            return Array(repeating: element, count: count)
        default: return nil
        }
    }
}

/// What is known of a function before a program runs.
public enum StaticFunction: Sendable {
    /// A builtin.
    case builtin(Builtin)
    /// A function of the program.
    case user(UserFunction)
    /// A function of which nothing is known.
    case opaque
}

/// A host value that knows its static type.
public protocol StaticallyTyped {
    /// The value's type, with its shape and fields where they matter to the checks.
    var staticType: StaticType { get }
}

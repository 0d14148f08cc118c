/// What is known of a value before a program runs. `unknown` stands for any value and silences every check:
/// a finding is reported only where each value that can arrive is wrong.
public indirect enum StaticType: Sendable {
    case unknown
    /// A value that is known itself: a literal, or what follows from literals. Never a list or record.
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
    case function(StaticFunction)
    case host(any HostType)

    public struct Field: Sendable {
        public var name: String
        public var type: StaticType

        public init(_ name: String, _ type: StaticType) {
            self.name = name
            self.type = type
        }
    }

    public static let none = StaticType.constant(.none)

    /// Lists longer than this are known by their items' common type only.
    static let longestList = 256
    /// Of longer lists nothing is known of the items.
    private static let mostItems = 10_000

    /// The type of a value.
    public init(_ value: Value) {
        switch value {
        case .none, .bool, .int, .float, .string, .range: self = .constant(value)
        case .list(let items):
            // Nobody waits for what very many items have in common.
            self = items.count > StaticType.mostItems ? .listOf(.unknown) : StaticType.listing(items.map { StaticType($0) })
        case .record(let record):
            self = .record(record.pairs.map { Field($0, StaticType($1)) }, isOpen: false)
        case .function(let function):
            self = .function(
                function.builtin.map { .builtin($0) } ?? function.syntax.map { .user(UserFunction($0)) } ?? .opaque)
        case .host(let host): self = (host as? any StaticallyTyped)?.staticType ?? .unknown
        }
    }

    /// A list of these items, or of their common type where they are many.
    static func listing(_ items: [StaticType]) -> StaticType {
        items.count <= longestList ? .list(items) : .listOf(join(items))
    }

    public var isUnknown: Bool { if case .unknown = self { true } else { false } }

    /// The value itself, where all of it is known.
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

    public var int: Int? { if case .constant(.int(let value)) = self { value } else { nil } }

    /// Without the value: int for 3. Lists keep their length.
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

    /// What iteration gives, one item after the other; nil where nothing can be gone through.
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

    /// How many items, where it is known.
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

    /// The items that unpacking sees, where they are known one by one.
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

/// A function as it is known before running.
public enum StaticFunction: Sendable {
    case builtin(Builtin)
    case user(UserFunction)
    /// Some function.
    case opaque
}

/// A host value that can tell its type.
public protocol StaticallyTyped {
    var staticType: StaticType { get }
}

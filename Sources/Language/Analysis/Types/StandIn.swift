/// A placeholder for a host value that is not known. It has only what messages mention: the type's name, the shape's text and the field
/// names.
struct StandIn: HostValue {
    let typeName: String
    let shapeText: String?
    let fieldNames: [String]

    init(_ type: any HostType) {
        typeName = type.typeName
        shapeText = type.shapeText
        fieldNames = type.fieldNames ?? []
    }
}

extension StaticType {
    /// Some value of this type, for the wording of messages; nil where the type is not known well enough.
    var example: Value? {
        switch self {
        case .unknown, .number: nil
        case .constant(let value): value
        case .bool: .bool(true)
        case .int: .int(1)
        case .float: .float(1)
        case .string: .string("")
        case .range: .range(RangeValue(start: 0, end: 0, inclusive: false))
        case .list(let items): .list(items.map { $0.example ?? .none })
        case .listOf: .list([])
        case .record(let fields, _): .record(Record(fields.map { ($0.name, $0.type.example ?? .none) }))
        case .function(.builtin(let builtin)): .function(FunctionValue(builtin))
        case .function: .function(FunctionValue(StaticType.someFunction))
        case .host(let host): .host(StandIn(host))
        }
    }

    /// The value that stands for a function of which nothing is known.
    private static let someFunction = Builtin("fn", family: "", summary: "") { _ in .none }

    /// The type in words, for messages: "an int", "a number", "any value".
    public var description: String {
        switch self {
        case .unknown: "any value"
        case .number: "a number"
        default: example?.describedType ?? "any value"
        }
    }

    /// The type in short form, for hover and completion: "tensor [1, 16, 16, 8]", "list of handle", "int"; empty for unknown.
    public var shortText: String {
        switch self {
        case .unknown: ""
        case .number: "number"
        case .list(let items):
            StaticType.join(items).shortText.isEmpty
                ? "list of \(items.count)" : "list of \(items.count) \(StaticType.join(items).widened.shortText)"
        case .listOf(let item): item.shortText.isEmpty ? "list" : "list of \(item.widened.shortText)"
        case .host(let host): host.shapeText.map { "\(host.typeName) \($0)" } ?? host.typeName
        default: example?.typeName ?? ""
        }
    }
}

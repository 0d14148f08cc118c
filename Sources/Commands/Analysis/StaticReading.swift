import Language

/// `TensorReading` on types: the shapes of the tensors that values become.
enum StaticReading {
    /// Returns the shape of the tensor that a value of this type becomes, with nil for unknown sizes; nil where the shape is not known.
    static func shape(_ type: StaticType) -> [Int?]? {
        switch type {
        case .bool, .int, .float, .number: return []
        case .range: return [nil]
        case .constant(let value): return shape(value)
        case .list(let items):
            // Each item is looked at once: twice would double the work with every list around it.
            let rows = items.map { shape($0) }
            guard let first = rows.first else { return [0] }
            guard let row = first, rows.allSatisfy({ $0 == row }) else { return nil }
            return [items.count] + row
        case .listOf(let item): return shape(item).map { [nil] + $0 }
        case .host(let host): return shape(host)
        default: return nil
        }
    }

    private static func shape(_ value: Value) -> [Int?]? {
        switch value {
        case .bool, .int, .float: []
        case .range(let range): [range.count]
        default: nil
        }
    }

    private static func shape(_ host: any HostType) -> [Int?]? {
        switch host.typeName {
        case "tensor": (host as? TensorType)?.shape
        case "mask": [nil, nil]
        case "image": [1, nil, nil, 3]
        default: nil
        }
    }

    /// Returns the shape of an operand beside a tensor, where `.some(nil)` is an unknown shape; nil where a value of this type cannot be
    /// one.
    static func operand(_ type: StaticType) -> [Int?]?? {
        switch type {
        case .int, .float, .number, .constant(.int), .constant(.float): .some([])
        case .list, .listOf: .some(shape(type))
        // A mask takes an axis for channels where its tensor has one.
        case .host(let host) where host.typeName == "mask" || host.typeName == "attention": .some(nil)
        case .host(let host): (host as? TensorType).map { .some($0.shape) } ?? nil
        default: nil
        }
    }

    /// Returns whether `==` compares values of this type by `isEqual`, because they are neither numbers nor lists nor tensors.
    static func isOtherKind(_ type: StaticType) -> Bool {
        if case .unknown = type { return false }
        return operand(type) == nil
    }

    /// Returns whether a builtin which the language has for plain lists as well is meant for tensors, given the type of its argument; nil
    /// where that depends on the value.
    static func concernsTensors(_ type: StaticType) -> Bool? {
        switch type {
        case .unknown: nil
        case .host: true
        case .list(let items):
            items.contains { isRow($0) == true } ? true : items.contains { isRow($0) == nil } ? nil : false
        case .listOf(let item): isRow(item) == false ? false : nil
        default: false
        }
    }

    private static func isRow(_ type: StaticType) -> Bool? {
        switch type {
        case .unknown, .host: nil
        case .list, .listOf, .range, .constant(.range): true
        default: false
        }
    }
}

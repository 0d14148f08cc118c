// Every way in which a safetensors file can break the format's rules, as data, and its one rendering.

/// A broken or unsuitable safetensors file: which file, which tensor, what.
public struct SafetensorsError: Error, Equatable, Sendable, CustomStringConvertible {
    public enum Problem: Equatable, Sendable {
        // The header
        case tooShort(size: Int)
        case headerTooLong(length: UInt64, limit: Int)
        case headerPastEnd(length: UInt64, fileSize: Int)
        case headerStart(byte: UInt8)
        case headerJSON(JSONError)
        case metadataNotText
        // One tensor's description
        case entryNotAnObject(found: String)
        case missingField(String)
        case invalidField(String, expected: String)
        case unknownDType(String)
        case sizeOverflow(shape: [Int])
        // The layout of the data
        case offsetsReversed(begin: Int, end: Int)
        case sizeMismatch(dtype: SafetensorsDType, shape: [Int], needed: Int, given: Int)
        case hole(expectedBegin: Int, begin: Int)
        case overlap(expectedBegin: Int, begin: Int)
        case dataPastEnd(end: Int, available: Int)
        case dataUnused(end: Int, available: Int)
        // Asking
        case noSuchTensor(nearest: [String])
        case unreadableDType(SafetensorsDType)
        case notIntegers(SafetensorsDType)
        case wrongCount(expected: Int, given: Int)
        // Sharded files
        case indexField(String, expected: String)
        case unsafeShardName(String)
        case notInShard(shard: String)
        case noIndex
        case severalIndexes([String])
        // Writing
        case duplicateName
        case unwritableDType(SafetensorsDType)
    }

    public let path: String
    /// The tensor concerned; nil where it is the file.
    public let key: String?
    public let problem: Problem

    public init(_ path: String, key: String? = nil, _ problem: Problem) {
        self.path = path
        self.key = key
        self.problem = problem
    }

    public var description: String {
        let place = key.map { "\(path): tensor \"\($0)\"" } ?? path
        return "\(place): \(problem.text)"
    }
}

extension SafetensorsError.Problem {
    var text: String {
        switch self {
        case .tooShort(let size): "not a safetensors file: \(size) bytes, at least 8 are needed"
        case .headerTooLong(let length, let limit):
            "not a safetensors file: a header of \(length) bytes is announced, at most \(limit) are allowed"
        case .headerPastEnd(let length, let size):
            "truncated or not a safetensors file: a header of \(length) bytes in a file of \(size)"
        case .headerStart(let byte):
            "not a safetensors file: the header starts with byte 0x\(String(byte, radix: 16)), not with '{'"
        case .headerJSON(let error): "the header is not valid JSON: \(error)"
        case .metadataNotText: "__metadata__ must map texts to texts"
        case .entryNotAnObject(let found): "described by \(found), not by an object"
        case .missingField(let field): "\(field) is missing"
        case .invalidField(let field, let expected): "\(field) must be \(expected)"
        case .unknownDType(let name):
            "unknown dtype \(name); known are "
                + SafetensorsDType.allCases.map(\.rawValue).joined(separator: ", ")
        case .sizeOverflow(let shape): "shape \(shape) has more elements than can be counted"
        case .offsetsReversed(let begin, let end): "data_offsets [\(begin), \(end)] run backwards"
        case .sizeMismatch(let dtype, let shape, let needed, let given):
            "\(dtype.rawValue) \(shape) needs \(needed) bytes, data_offsets hold \(given)"
        case .hole(let expected, let begin): "data begin at \(begin); bytes from \(expected) on are unused"
        case .overlap(let expected, let begin):
            "data begin at \(begin), inside another tensor that ends at \(expected)"
        case .dataPastEnd(let end, let available):
            "truncated: data end at byte \(end) of the data section, which has \(available)"
        case .dataUnused(let end, let available):
            "\(available - end) bytes after the last tensor belong to none"
        case .noSuchTensor(let nearest):
            nearest.isEmpty
                ? "not in the file" : "not in the file; there is " + nearest.joined(separator: ", ")
        case .unreadableDType(let dtype): "dtype \(dtype.rawValue) is not supported"
        case .notIntegers(let dtype): "holds \(dtype.rawValue), not integers"
        case .wrongCount(let expected, let given): "has \(expected) elements, the destination \(given)"
        case .indexField(let field, let expected): "\(field) must be \(expected)"
        case .unsafeShardName(let name): "shard \"\(name)\" is not a plain file name"
        case .notInShard(let shard): "the index says \(shard), which does not hold it"
        case .noIndex: "no *.safetensors.index.json here"
        case .severalIndexes(let names): "several indexes here: " + names.joined(separator: ", ")
        case .duplicateName: "written twice"
        case .unwritableDType(let dtype): "cannot be written as \(dtype.rawValue); F32, F16 and BF16 can"
        }
    }
}

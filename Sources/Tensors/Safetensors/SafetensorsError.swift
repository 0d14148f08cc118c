// Errors of safetensors files: every way in which one can break the rules of its format.

/// An error of a safetensors file: the file, the tensor and the problem.
public struct SafetensorsError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The problem.
    public enum Problem: Equatable, Sendable {
        // The header
        /// The file has too few bytes for a header.
        case tooShort(size: Int)
        /// The header is longer than the format allows.
        case headerTooLong(length: UInt64, limit: Int)
        /// The header would reach beyond the end of the file.
        case headerPastEnd(length: UInt64, fileSize: Int)
        /// The header begins with another byte than `{`.
        case headerStart(byte: UInt8)
        /// The header is not valid JSON.
        case headerJSON(JSONError)
        /// `__metadata__` does not map strings to strings.
        case metadataNotText
        // One tensor's description
        /// The tensor is described by another kind of value than an object.
        case entryNotAnObject(found: String)
        /// The description lacks a member.
        case missingField(String)
        /// A member of the description has another kind of value than expected.
        case invalidField(String, expected: String)
        /// The element type has this name, which is not known.
        case unknownDType(String)
        /// The shape has more elements than can be counted.
        case sizeOverflow(shape: [Int])
        // The layout of the data
        /// The data end before they begin.
        case offsetsReversed(begin: Int, end: Int)
        /// The data have another number of bytes than type and shape need.
        case sizeMismatch(dtype: SafetensorsDType, shape: [Int], needed: Int, given: Int)
        /// Bytes between two tensors belong to none.
        case hole(expectedBegin: Int, begin: Int)
        /// The data begin inside of another tensor's.
        case overlap(expectedBegin: Int, begin: Int)
        /// The data end beyond the end of the file.
        case dataPastEnd(end: Int, available: Int)
        /// Bytes after the last tensor belong to none.
        case dataUnused(end: Int, available: Int)
        // Asking
        /// The file has no such tensor; `nearest`: names that were perhaps meant.
        case noSuchTensor(nearest: [String])
        /// Elements of this type cannot be read.
        case unreadableDType(SafetensorsDType)
        /// Integers were asked for, and the elements are of this type.
        case notIntegers(SafetensorsDType)
        /// The destination, or what was given to write, has another number of elements than the tensor.
        case wrongCount(expected: Int, given: Int)
        // Sharded files
        /// A member of the index has another kind of value than expected.
        case indexField(String, expected: String)
        /// The index names a shard outside of its folder.
        case unsafeShardName(String)
        /// The index names a shard that does not hold the tensor.
        case notInShard(shard: String)
        /// The folder has no index.
        case noIndex
        /// The folder has several indexes, which are named.
        case severalIndexes([String])
        // Writing
        /// Two tensors have the same name, or one is called `__metadata__`.
        case duplicateName
        /// Elements cannot be written as this type.
        case unwritableDType(SafetensorsDType)
    }

    /// The file.
    public let path: String
    /// The tensor concerned; nil where it is the whole file.
    public let key: String?
    /// The problem.
    public let problem: Problem

    /// An error about the file at `path`, or about its tensor `key`.
    public init(_ path: String, key: String? = nil, _ problem: Problem) {
        self.path = path
        self.key = key
        self.problem = problem
    }

    /// The error as a message for the user, without a full stop.
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

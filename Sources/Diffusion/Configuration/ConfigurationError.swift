// What can be wrong with a model's configuration file, as data, and its one rendering.
import Tensors

/// A configuration that cannot be used: which file, which key, what.
public struct ConfigurationError: Error, Equatable, Sendable, CustomStringConvertible {
    public enum Problem: Equatable, Sendable {
        /// The file is not JSON.
        case json(JSONError)
        /// The file's top level is something else than an object.
        case notAnObject(found: String)
        case missing
        case wrongType(expected: String, found: String)
        case outOfRange(value: String, expected: String)
        case wrongCount(expected: Int, given: Int)
        /// A value that is legal and would change the computation, but is not implemented here.
        case unsupported(value: String, supported: [String])
        /// Values that contradict each other.
        case inconsistent(String)
    }

    public let file: String
    /// The key concerned; nil where it is the whole file.
    public let key: String?
    public let problem: Problem

    public init(_ file: String, key: String? = nil, _ problem: Problem) {
        self.file = file
        self.key = key
        self.problem = problem
    }

    public var description: String {
        let place = key.map { "\(file): \($0)" } ?? file
        return switch problem {
        case .json(let error): "\(place): not valid JSON: \(error)"
        case .notAnObject(let found): "\(place): holds \(found) where an object of settings should be"
        case .missing: "\(place) is missing"
        case .wrongType(let expected, let found): "\(place) must be \(expected), it is \(found)"
        case .outOfRange(let value, let expected): "\(place) is \(value); it must be \(expected)"
        case .wrongCount(let expected, let given): "\(place) has \(given) values where \(expected) are needed"
        case .unsupported(let value, let supported):
            "\(place) = \(value) is not supported; supported: \(supported.joined(separator: ", "))"
        case .inconsistent(let what): "\(place): \(what)"
        }
    }
}

// Errors of a model's configuration files.
import Tensors

/// An error of a configuration file: the file, the key and the problem.
public struct ConfigurationError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The problem.
    public enum Problem: Equatable, Sendable {
        /// The file is not JSON.
        case json(JSONError)
        /// The file's top level is another kind of value than an object.
        case notAnObject(found: String)
        /// The key is missing.
        case missing
        /// The value is of another kind than expected.
        case wrongType(expected: String, found: String)
        /// The value is out of its range.
        case outOfRange(value: String, expected: String)
        /// The list has another number of values than expected.
        case wrongCount(expected: Int, given: Int)
        /// The value is legal and would change the computation, but is not implemented here.
        case unsupported(value: String, supported: [String])
        /// Values contradict each other; the text says which.
        case inconsistent(String)
    }

    /// The file.
    public let file: String
    /// The key concerned; nil where it is the whole file.
    public let key: String?
    /// The problem.
    public let problem: Problem

    /// An error about `file`, or about its `key`.
    public init(_ file: String, key: String? = nil, _ problem: Problem) {
        self.file = file
        self.key = key
        self.problem = problem
    }

    /// The error as a message for the user, without a full stop.
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

import Autograd
import Tensors

/// A part of a network: a value that holds parameters and other parts.
///
/// `forEachParameter` is the one place where a part names what it holds; loading, saving, training, comparing and
/// counting all go through it. Names are those on disk ("down_blocks.0.resnets.0.conv1.weight").
public protocol Module: Sendable {
    /// Calls `body` with the full name of every parameter, in the order of declaration; `path` is this part's own
    /// name with a dot behind it, or empty.
    mutating func forEachParameter(_ path: String, _ body: (String, inout Variable) throws -> Void) rethrows
}

extension Module {
    /// Every parameter, read only.
    public func parameters() -> [(name: String, value: Variable)] {
        var (copy, result) = (self, [(name: String, value: Variable)]())
        copy.forEachParameter("") { result.append(($0, $1)) }
        return result
    }

    public var parameterCount: Int { parameters().reduce(0) { $0 + $1.value.value.count } }

    /// Makes parameters leaves of the tape, or constants, as `wanted` says of their names. Those in half precision stay in
    /// it until an optimizer changes them.
    public mutating func requireGrad(_ wanted: (String) -> Bool) {
        forEachParameter("") { name, parameter in
            if wanted(name) != parameter.needsGrad {
                parameter = parameter.needsGrad ? parameter.detached : .leaf(parameter.value)
            }
        }
    }
}

extension Array where Element: Module {
    /// Numbered parts: "resnets.0.", "resnets.1.", …
    public mutating func forEachParameter(_ path: String, _ body: (String, inout Variable) throws -> Void) rethrows {
        for index in indices { try self[index].forEachParameter("\(path)\(index).", body) }
    }
}

extension Optional where Wrapped: Module {
    public mutating func forEachParameter(_ path: String, _ body: (String, inout Variable) throws -> Void) rethrows {
        try self?.forEachParameter(path, body)
    }
}

extension Variable {
    /// A parameter whose values come later, from a file or an initialiser.
    public static func parameter(_ shape: Int...) -> Variable { Variable(.placeholder(shape)) }
}

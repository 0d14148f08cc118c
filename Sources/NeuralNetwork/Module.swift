import Autograd
import Tensors

/// A part of a network: a value that holds parameters and other parts.
///
/// `forEachParameter` is the only place where a part names what it holds: loading, saving, training, comparing and counting
/// use it. Names are those on disk ("down_blocks.0.resnets.0.conv1.weight").
public protocol Module: Sendable {
    /// Calls `body` with the full name of every parameter, in the order of declaration. `path` is this part's own name
    /// followed by a dot, or empty. What `body` assigns becomes the parameter.
    mutating func forEachParameter(_ path: String, _ body: (String, inout Variable) throws -> Void) rethrows
}

extension Module {
    /// All parameters with their names, in the order of declaration.
    public func parameters() -> [(name: String, value: Variable)] {
        var (copy, result) = (self, [(name: String, value: Variable)]())
        copy.forEachParameter("") { result.append(($0, $1)) }
        return result
    }

    /// The number of elements of all parameters.
    public var parameterCount: Int { parameters().reduce(0) { $0 + $1.value.value.count } }

    /// Makes those parameters leaves of the tape whose names `wanted` accepts, and all others constants. Parameters in half
    /// precision stay so until an optimizer changes them.
    public mutating func requireGrad(_ wanted: (String) -> Bool) {
        forEachParameter("") { name, parameter in
            if wanted(name) != parameter.needsGrad {
                parameter = parameter.needsGrad ? parameter.detached : .leaf(parameter.value)
            }
        }
    }
}

extension Array where Element: Module {
    /// Calls `body` for the parameters of all parts, which are numbered: "resnets.0.", "resnets.1.", …
    public mutating func forEachParameter(_ path: String, _ body: (String, inout Variable) throws -> Void) rethrows {
        for index in indices { try self[index].forEachParameter("\(path)\(index).", body) }
    }
}

extension Optional where Wrapped: Module {
    /// Calls `body` for the part's parameters; does nothing without a part.
    public mutating func forEachParameter(_ path: String, _ body: (String, inout Variable) throws -> Void) rethrows {
        try self?.forEachParameter(path, body)
    }
}

extension Variable {
    /// A constant of this shape whose values come later, from a file or an initializer; until then it must not be read.
    public static func parameter(_ shape: Int...) -> Variable { Variable(.placeholder(shape)) }
}

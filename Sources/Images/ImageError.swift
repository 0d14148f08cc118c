/// An error that kept a picture from being read, made or written.
public struct ImageError: Error, Sendable, Equatable {
    /// The kind of error.
    public enum Kind: String, Sendable, CaseIterable {
        /// Raw values are names for programs; `summary` has the words.
        case missing, isDirectory, noPermission, notAPicture, damaged, tooLarge, unsupported
        /// Raw values are names for programs; `summary` has the words.
        case cannotRead, cannotWrite, diskFull, badArgument
    }

    /// The kind of error.
    public var kind: Kind
    /// The file; nil where the picture was in memory.
    public var path: String?
    /// The exact problem and, where possible, what to do about it, without a full stop; "" where the kind says all.
    public var reason: String

    /// An error from its parts.
    public init(_ kind: Kind, path: String? = nil, reason: String) {
        self.kind = kind
        self.path = path
        self.reason = reason
    }

    /// An error about an argument.
    static func argument(_ reason: String) -> ImageError { ImageError(.badArgument, reason: reason) }

    /// The same error about a file, unless `path` is nil.
    func at(_ path: String?) -> ImageError { ImageError(kind, path: path ?? self.path, reason: reason) }
}

extension ImageError.Kind {
    /// The words that a message starts with.
    public var summary: String {
        switch self {
        case .missing: "no such file"
        case .isDirectory: "this is a folder, not a picture"
        case .noPermission: "no permission"
        case .notAPicture: "not a picture"
        case .damaged: "the picture is damaged"
        case .tooLarge: "the picture is too large"
        case .unsupported: "this kind of picture cannot be read or written"
        case .cannotRead: "the file cannot be read"
        case .cannotWrite: "the file cannot be written"
        case .diskFull: "the disk is full"
        case .badArgument: "bad argument"
        }
    }
}

extension ImageError: CustomStringConvertible {
    /// The error as a message that is safe to print on a terminal: `"cat.png": the picture is damaged: the file ends too
    /// early`.
    public var description: String {
        let whole = kind == .badArgument ? reason : reason.isEmpty ? kind.summary : "\(kind.summary): \(reason)"
        return (path.map { "\"\($0)\": \(whole)" } ?? whole).printable
    }
}

extension String {
    /// The text with control characters (which could drive a terminal) and bidirectional overrides replaced by U+FFFD.
    var printable: String {
        String(
            String.UnicodeScalarView(
                unicodeScalars.map { scalar in
                    switch scalar.properties.generalCategory {
                    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: "\u{FFFD}"
                    default: scalar
                    }
                }))
    }
}

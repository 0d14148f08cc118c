/// Why a picture could not be read, made or written. Data only: `description` is the one renderer, and
/// callers that show diagnostics use the parts.
public struct ImageError: Error, Sendable, Equatable {
    public enum Kind: String, Sendable, CaseIterable {
        case missing, isDirectory, noPermission, notAPicture, damaged, tooLarge, unsupported
        case cannotRead, cannotWrite, diskFull, badArgument
    }

    public var kind: Kind
    /// The file concerned; nil where the picture was in memory.
    public var path: String?
    /// What exactly is wrong and, where there is a way out, how to fix it; "" where the kind says all. No trailing full stop.
    public var reason: String

    public init(_ kind: Kind, path: String? = nil, reason: String) {
        self.kind = kind
        self.path = path
        self.reason = reason
    }

    static func argument(_ reason: String) -> ImageError { ImageError(.badArgument, reason: reason) }

    func at(_ path: String?) -> ImageError { ImageError(kind, path: path ?? self.path, reason: reason) }
}

extension ImageError.Kind {
    /// What a message starts with.
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
    /// `"cat.png": the picture is damaged: the file ends too early`, safe to print on a terminal.
    public var description: String {
        let whole = kind == .badArgument ? reason : reason.isEmpty ? kind.summary : "\(kind.summary): \(reason)"
        return (path.map { "\"\($0)\": \(whole)" } ?? whole).printable
    }
}

extension String {
    /// With control characters (which could drive a terminal) and bidirectional overrides replaced by U+FFFD.
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

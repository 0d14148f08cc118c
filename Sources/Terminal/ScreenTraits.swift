import CReadline
import Glibc

/// Whether output is coloured: as the terminal and the environment suggest, always, or never.
public enum ColorChoice: String, Sendable, CaseIterable {
    case auto, always, never
}

/// The form of diagnostics: text for people, or one JSON object a line.
public enum ErrorFormat: String, Sendable, CaseIterable {
    case text, json
}

/// What the two output streams can show.
public struct ScreenTraits: Sendable {
    /// Whether standard output is a terminal.
    public var outputIsTerminal: Bool
    /// Whether standard error is a terminal.
    public var errorsAreTerminal: Bool
    /// Whether output is coloured.
    public var color: Bool
    /// Whether characters beyond ASCII can be shown, as in bars, boxes and ellipses.
    public var unicode: Bool
    /// Returns the number of columns, asked for anew each time because windows change.
    public var width: @Sendable () -> Int

    /// The columns of pages that no terminal shows.
    public static let pageWidth = 100

    /// Creates traits; the defaults are those of files.
    public init(
        outputIsTerminal: Bool = false, errorsAreTerminal: Bool = false, color: Bool = false,
        unicode: Bool = true,
        width: @escaping @Sendable () -> Int = { ScreenTraits.pageWidth }
    ) {
        self.outputIsTerminal = outputIsTerminal
        self.errorsAreTerminal = errorsAreTerminal
        self.color = color
        self.unicode = unicode
        self.width = width
    }

    /// Returns the traits of this process's streams.
    public static func current(color choice: ColorChoice) -> ScreenTraits {
        let output = Surroundings.isTerminal(STDOUT_FILENO)
        let errors = Surroundings.isTerminal(STDERR_FILENO)
        let names = ["NO_COLOR", "CLICOLOR_FORCE", "FORCE_COLOR", "TERM", "LC_ALL", "LC_CTYPE", "LANG"]
        let environment = Surroundings.variables(names)
        return ScreenTraits(
            outputIsTerminal: output, errorsAreTerminal: errors,
            color: wantsColor(choice, environment, terminal: output && errors),
            unicode: !(output || errors) || isUTF8(environment)
        ) {
            let columns = max(bas_screen_columns(STDOUT_FILENO), bas_screen_columns(STDERR_FILENO))
            return columns > 0 ? Int(columns) : pageWidth
        }
    }

    /// Returns whether to use colour. The flag beats NO_COLOR, which beats the variables that ask for colour, which beat a terminal without
    /// any.
    static func wantsColor(_ choice: ColorChoice, _ environment: [String: String], terminal: Bool) -> Bool {
        func isSet(_ name: String) -> Bool { !(environment[name] ?? "").isEmpty }
        switch choice {
        case .always: return true
        case .never: return false
        case .auto: break
        }
        if isSet("NO_COLOR") { return false }
        if isSet("FORCE_COLOR") || isSet("CLICOLOR_FORCE") && environment["CLICOLOR_FORCE"] != "0" {
            return true
        }
        return terminal && isSet("TERM") && environment["TERM"] != "dumb"
    }

    /// Returns whether the terminal speaks UTF-8. The first of LC_ALL, LC_CTYPE and LANG that is set decides; where none is, it does.
    static func isUTF8(_ environment: [String: String]) -> Bool {
        for name in ["LC_ALL", "LC_CTYPE", "LANG"] {
            guard let value = environment[name], !value.isEmpty else { continue }
            let folded = value.lowercased()
            return folded.hasSuffix("utf-8") || folded.hasSuffix("utf8") || folded.contains("utf-8@")
        }
        return true
    }
}

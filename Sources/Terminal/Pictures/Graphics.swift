import CChafa
import Glibc
import Language

/// The ways in which a terminal can show a picture.
public enum Graphics: String, Sendable, CaseIterable {
    /// The graphics protocol of kitty, Ghostty and others: the PNG in chunks.
    case kitty
    /// The sequence of iTerm2, WezTerm and others: the PNG as a whole.
    case iterm
    /// DEC's sixels: pixels of up to 256 colours.
    case sixel
    /// Half and quarter blocks in colour.
    case symbols
    /// ASCII characters only.
    case ascii
    /// No picture; only the line that names its file.
    case off

    /// Returns the way in which to show pictures. The user's wish (`BAS_GRAPHICS`) comes first; without a terminal there are none; then the
    /// environment decides, then the terminal's answer; otherwise characters are used, which every terminal has. `passing` says that
    /// sequences have to be wrapped for tmux, which then passes them on to the terminal around it.
    /// - Parameters:
    ///     - passesThrough: Whether tmux passes sequences on; called only within tmux.
    ///     - answer: The answer of the terminal (within tmux, of tmux); called only where the environment does not decide.
    static func choose(
        environment: [String: String], traits: ScreenTraits, passesThrough: () -> Bool = { false },
        answer: () -> TerminalAnswer = { TerminalAnswer() }
    ) -> (graphics: Graphics, passing: Bool) {
        let inTmux = environment["TMUX"] != nil
        if let wish = environment["BAS_GRAPHICS"].flatMap({ Graphics(rawValue: $0.lowercased()) }) {
            return (wish, inTmux && (wish != .sixel || !answer().sixels))
        }
        guard traits.outputIsTerminal, !["", "dumb"].contains(environment["TERM"] ?? "") else { return (.off, false) }
        // GNU screen swallows graphics sequences, or shows them as text.
        if let found = detect(environment), !inTmux && environment["STY"] == nil || inTmux && passesThrough() {
            return (found, inTmux)
        }
        if answer().sixels { return (.sixel, false) }
        return (traits.unicode ? .symbols : .ascii, false)
    }

    /// Returns a warning where the user's wish (`BAS_GRAPHICS`) means nothing, else nil.
    static func complaint(environment: [String: String]) -> Diagnostic? {
        guard let wish = environment["BAS_GRAPHICS"], !wish.isEmpty, Graphics(rawValue: wish.lowercased()) == nil else { return nil }
        let nearest = nearestName(wish.lowercased(), among: allCases.map(\.rawValue)).map { "; did you mean \($0)?" } ?? ""
        return Diagnostic(
            code: .badArgument, severity: .warning,
            message: "BAS_GRAPHICS=\(printable(wish)) means nothing, and the terminal decides\(nearest)",
            help: "it can be \(allCases.map(\.rawValue).joined(separator: ", "))")
    }

    /// Variables by which terminals are recognized that Debian's libchafa does not know, or that remain in the environment within tmux.
    private static let more: [(variable: String, value: String?, graphics: Graphics)] = [
        ("KITTY_WINDOW_ID", nil, .kitty), ("TERM", "xterm-ghostty", .kitty), ("GHOSTTY_RESOURCES_DIR", nil, .kitty),
        ("TERM_PROGRAM", "WarpTerminal", .iterm), ("TERM", "contour", .sixel),
    ]

    /// Returns the protocol for pixels that the terminal is known to have, or nil.
    private static func detect(_ environment: [String: String]) -> Graphics? {
        let own = more.first { row in environment[row.variable].map { row.value == nil || row.value == $0 } ?? false }
        if let own { return own.graphics }
        var words: [UnsafePointer<CChar>?] = environment.map { UnsafePointer(strdup("\($0.key)=\($0.value)")) }
        defer { for word in words { free(UnsafeMutablePointer(mutating: word)) } }
        words.append(nil)
        switch bas_chafa_detect(words) {
        case bas_graphics_kitty: return .kitty
        case bas_graphics_iterm: return .iterm
        case bas_graphics_sixel: return .sixel
        default: return nil
        }
    }
}

/// The number of colours that a terminal's characters may have.
enum PictureColors: Sendable {
    case none, sixteen, many, all

    /// Decides by NO_COLOR (from `traits`), COLORTERM and TERM. tmux and xterm accept every colour and show the nearest that they have;
    /// terminals that call themselves xterm have 256.
    init(environment: [String: String], traits: ScreenTraits) {
        let (term, wide) = (environment["TERM"] ?? "", environment["COLORTERM"] ?? "")
        if !traits.color {
            self = .none
        } else if wide.contains("truecolor") || wide.contains("24bit") || term.hasSuffix("-direct")
            || environment["TMUX"] != nil || environment["XTERM_VERSION"] != nil && environment["STY"] == nil
        {
            self = .all
        } else if term.contains("256color") || term.hasPrefix("xterm") || ["foot", "alacritty"].contains(term) {
            self = .many
        } else {
            self = .sixteen
        }
    }

    var code: bas_picture_colors {
        switch self {
        case .none: bas_picture_colors_none
        case .sixteen: bas_picture_colors_16
        case .many: bas_picture_colors_256
        case .all: bas_picture_colors_all
        }
    }
}

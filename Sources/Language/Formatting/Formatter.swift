/// The canonical layout of a program. It keeps the line breaks, the comments and the single blank lines that the writer
/// chose, and settles the rest:
///
/// - four spaces a level; what stands behind an open bracket on its line sets the column for the lines that go on
///   inside of it; a line that goes on with an operator stands under the `=` of its assignment, else one level deeper;
/// - spaces around binary operators, `=` of assignments and defaults, and inside the braces of records and blocks; none
///   around `..`, `.`, the `=` of named arguments and the `:` of slices, nor behind prefixes;
/// - a comma behind the last item where the closing bracket has a line of its own, none where it has not;
/// - a block over several lines has its braces at line ends and line starts;
/// - more than one space only where it lines up signs of neighbouring lines: the `=` of assignments, what follows a
///   comma or colon, and the braces of blocks; comments at the ends of lines keep their column where there is room;
/// - strings, cell marks (`# %%`), prose (`#|`) and recorded output (`#>`) exactly as they are.
public enum Formatter {
    /// The columns by which a level is indented.
    static let indent = 4

    /// Returns the program in its canonical form: formatting it again changes nothing, and it means the same. Throws `FormatFailure` with
    /// the syntax errors of a program that cannot be parsed.
    public static func format(_ source: String, file: String, commands: Set<String>) throws(FormatFailure) -> String {
        let outcome = Outcome()
        // Trees may be a thousand levels high, and the threads of an editor's server have small stacks.
        BigStack.run { _ in
            do throws(FormatFailure) {
                outcome.result = .success(try rounds(source, file, commands))
            } catch {
                outcome.result = .failure(error)
            }
        }
        return try outcome.result.get()
    }

    /// Carries the result from the thread that formats, and is read after that has ended.
    private final class Outcome: @unchecked Sendable {
        var result = Result<String, FormatFailure>.success("")
    }

    private static func rounds(
        _ source: String, _ file: String, _ commands: Set<String>
    ) throws(FormatFailure) -> String {
        let original = try read(source, file, commands)
        var text = source
        // Where a pass shortens the text before aligned signs, these may be aligned no longer, and the next pass removes their spaces.
        for round in 0..<mostRounds {
            let parsed = try read(text, file, commands)
            var pass = FormatPass(parsed, keepsAlignment: round < mostRounds - 1)
            let next = pass.formatted()
            if next == text { break }
            text = next
        }
        let result = try read(text, file, commands)
        guard Outline(result.program).text == Outline(original.program).text, comments(result) == comments(original)
        else {
            throw FormatFailure(
                diagnostics: [
                    Diagnostic(
                        code: .internal, message: "formatting would change what \(quoted(file)) means",
                        notes: ["the text is left as it is"], help: "please report it with this program")
                ])
        }
        return text
    }

    /// The most passes; the last gives up all alignment.
    private static let mostRounds = 8

    private static func read(
        _ source: String, _ name: String, _ commands: Set<String>
    ) throws(FormatFailure) -> ParsedSource {
        let file = SourceFile(name: name, text: source)
        do {
            let parser = try Parser(file: file, commands: commands)
            let notes = LayoutNotes()
            parser.notes = notes
            let statements = try parser.parseStatements(until: nil)
            return ParsedSource(
                program: Program(file: file, statements: statements, comments: parser.comments),
                tokens: parser.tokens, notes: notes)
        } catch {
            throw FormatFailure(diagnostics: Parser.recover(file, commands: commands).errors)
        }
    }

    private static func comments(_ source: ParsedSource) -> [String] {
        source.program.comments.map {
            trimmed(source.program.file.text($0.start, $0.end), leading: false)
        }
    }
}

/// The reason why a program was not formatted.
public struct FormatFailure: Error, Sendable {
    /// The program's syntax errors, or an internal error.
    public var diagnostics: [Diagnostic]
}

/// A program with its tokens and the roles that the layout needs.
struct ParsedSource {
    var program: Program
    var tokens: [Token]
    var notes: LayoutNotes
}

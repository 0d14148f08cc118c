import Language
import Notebook

// What a step looks like.
extension Tour {
    /// Shows a step before it runs.
    func show(_ place: Int) {
        let title = lesson.file.cells[place].title
        prompt.printer.head("\n\(title.isEmpty ? "…" : title.replacing("*", with: ""))")
        show(lesson.parts(of: place).before)
    }

    /// Shows prose and code.
    func show(_ parts: [Lesson.Part]) {
        for (index, part) in parts.enumerated() {
            if index > 0 { prompt.printer.raw([""]) }
            switch part {
            case .prose(let lines): prompt.printer.prose(ProseText.lines(lines, width: min(prompt.printer.traits.width(), 92)))
            case .code(let lines): prompt.printer.code(lines)
            }
        }
    }

    /// Shows prose below what a step gave.
    func showBelow(_ parts: [Lesson.Part]) {
        if !parts.isEmpty { prompt.printer.raw([""]) }
        show(parts)
    }

    /// Shows the code that solves an exercise.
    func showSolution(_ check: Int) {
        guard let solution = lesson.steps[check].solution else { return prompt.printer.say("(this exercise comes without a solution)") }
        prompt.printer.say("A solution:")
        let lines = solution.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        prompt.printer.code(lines.filter { !$0.allSatisfy(\.isWhitespace) })
    }

    /// Shows what the file records of a step.
    func showRecord(_ place: Int) {
        prompt.printer.say(
            "(as recorded\(lesson.file.mark(of: place).map { " on a \($0.kernel)" } ?? ""); later steps run it where they need it)")
        let printer = CellPrinter(prompt.printer, lesson.file, first: 0)
        for output in lesson.file.recordedOutputs(of: place) { printer.show(output) }
    }
}

extension EventPrinter {
    /// Prints lines of prose.
    func prose(_ lines: [String]) {
        raw(lines.map { traits.color ? ProseText.styled(printable($0)) : printable($0) })
    }

    /// Prints lines of code.
    func code(_ lines: [String]) { raw(lines.map { "  " + printable($0) }) }
}

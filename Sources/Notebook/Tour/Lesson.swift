import Language

/// A notebook as a lesson: what a tour shows of its cells, where it asks, and what its exercises are.
///
/// A lesson marks these by calls, as `lessons.bas` of the library has them: `predict(question, none)` asks for a guess, `exercise(condition,
/// hint, solution)` checks the exercise that the cell above it states.
public struct Lesson: Sendable {
    /// A cell of the lesson.
    public struct Step: Sendable, Equatable {
        /// What a tour does at a step.
        public enum Kind: Sendable, Equatable {
            /// Prose, nothing runs.
            case prose
            /// The cell runs.
            case run
            /// The person is asked, then the cell runs with the answers.
            case question
            /// The cell states an exercise, which the step `check` checks.
            case exercise(check: Int)
            /// The cell checks the exercise of a step.
            case check(exercise: Int)
        }

        /// What a tour does.
        public var kind: Kind
        /// The questions, in order.
        public var questions: [Question] = []
        /// The hint of the exercise that the cell checks; nil where there is none.
        public var hint: String?
        /// A solution of it.
        public var solution: String?
        /// The lines of the code, counted from 0, that a person does not see before the cell runs: they ask what the tour asks itself, or
        /// contain the answer.
        var hidden: Set<Int> = []
    }

    /// A question, asked before the cell runs.
    public struct Question: Sendable, Equatable {
        /// The question.
        public let text: String
        /// The place of the missing answer in the cell's code, in UTF-8 bytes.
        let answer: Range<Int>
    }

    /// A part of a cell as a person reads it.
    public enum Part: Sendable, Equatable {
        /// Lines of Markdown.
        case prose([String])
        /// Lines of code.
        case code([String])
    }

    /// The lesson's file.
    public let file: NotebookFile
    /// One step for each cell.
    public let steps: [Step]

    /// Reads a lesson.
    public init(_ file: NotebookFile, _ session: Session) {
        self.file = file
        var steps: [Step] = []
        for (place, cell) in file.cells.enumerated() {
            let calls = session.writtenCalls(in: cell.code)
            var step = Step(kind: cell.code.isEmpty ? .prose : .run)
            for call in calls where call.name == "predict" {
                guard let question = call.argument("question", at: 0)?.text, let answer = call.argument("answer", at: 1), answer.isNone
                else {
                    continue
                }
                step.questions.append(Question(text: question, answer: answer.range))
                step.kind = .question
            }
            for call in calls where ["predict", "reveal"].contains(call.name) {
                step.hidden.formUnion(Self.lines(call.range, of: cell.code))
            }
            let above = steps.lastIndex { $0.kind != .prose }
            if let check = calls.last(where: { $0.name == "exercise" }), let above, steps[above].kind == .run {
                step.kind = .check(exercise: above)
                (step.hint, step.solution) = (check.argument("hint", at: 1)?.text, check.argument("solution", at: 2)?.text)
                steps[above].kind = .exercise(check: place)
            }
            steps.append(step)
        }
        self.steps = steps
    }

    /// The title of the first cell; the file's name where it has none.
    public var title: String { file.cells.first.flatMap { $0.title.isEmpty ? nil : $0.title } ?? file.name }

    private static func lines(_ range: Range<Int>, of code: String) -> ClosedRange<Int> {
        let breaks = { (count: Int) in code.utf8.prefix(count).count { $0 == UInt8(ascii: "\n") } }
        return breaks(range.lowerBound)...breaks(range.upperBound)
    }

    /// Returns what a person reads before a cell runs and what after it: the prose below the code speaks of what came out. The code of a
    /// check is left out, since the solution stands in it, and so are lines that ask a question or have its answer.
    public func parts(of place: Int) -> (before: [Part], after: [Part]) {
        let cell = file.cells[place]
        let (code, recorded) = (Set(cell.codeLines), Set(cell.recordedLines))
        let coded = cell.codeLines.filter { !file.lines[$0 - 1].allSatisfy(\.isWhitespace) }
        let (first, last) = (coded.first ?? 0, coded.last ?? 0)
        let hidden = steps[place].hidden
        let asking = Set(cell.codeLines.drop { $0 < first }.enumerated().filter { hidden.contains($0.offset) }.map(\.element))
        var (before, after): ([Part], [Part]) = ([], [])
        for number in cell.lines where !recorded.contains(number) {
            let line = file.lines[number - 1]
            if code.contains(number) {
                guard (first...max(first, last)).contains(number), !asking.contains(number) else { continue }
                Self.add(line, asCode: true, to: &before)
            } else if line.hasPrefix("#|") {
                let text = line.dropFirst(2)
                let prose = String(text.first == " " ? text.dropFirst() : text)
                if coded.isEmpty || number < last {
                    Self.add(prose, asCode: false, to: &before)
                } else {
                    Self.add(prose, asCode: false, to: &after)
                }
            }
        }
        if case .check = steps[place].kind { before.removeAll { if case .code = $0 { true } else { false } } }
        return (before, after)
    }

    private static func add(_ line: String, asCode: Bool, to parts: inout [Part]) {
        switch (parts.last, asCode) {
        case (.prose(let lines), false): parts[parts.count - 1] = .prose(lines + [line])
        case (.code(let lines), true): parts[parts.count - 1] = .code(lines + [line])
        default: parts.append(asCode ? .code([line]) : .prose([line]))
        }
    }

    /// Returns the lesson as a person has filled it in: answers by their questions, and inputs behind the code of exercises, by their steps.
    public func file(answers: [String: String], inputs: [Int: [String]]) -> NotebookFile {
        var code: [Int: String] = [:]
        for (place, step) in steps.enumerated() {
            var bytes = Array(file.cells[place].code.utf8)
            for question in step.questions.reversed() {
                guard let answer = answers[question.text], question.answer.upperBound <= bytes.count else { continue }
                bytes.replaceSubrange(question.answer, with: Value.string(answer).literalText.utf8)
            }
            let own = (inputs[place] ?? []).map { "\n" + $0 }.joined()
            let text = String(decoding: bytes, as: UTF8.self) + own
            if text != file.cells[place].code { code[place] = text }
        }
        return code.isEmpty ? file : NotebookFile(path: file.path, text: file.text(replacingCode: code))
    }
}

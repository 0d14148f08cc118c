/// A walk through a lesson, as data: what a person does goes in, what is to be shown or run comes out. It knows no terminal.
public struct TourWalk: Sendable, Equatable {
    /// What a walk waits for.
    public enum Phase: Sendable, Equatable {
        /// The step is shown; Enter runs it.
        case shown
        /// The person is asked this question of the step.
        case asking(Int)
        /// Running the step takes long; the person says whether to run it or to see what is recorded.
        case choosing
        /// What came of the step is shown; Enter goes on.
        case seen
        /// The person works on the exercise. `isTried`: it was checked and is not solved, and nothing was entered since.
        case practising(isTried: Bool)
        /// The lesson is over.
        case done
    }

    /// What a person did, or what came of an action.
    public enum Event: Sendable, Equatable {
        /// Enter on an empty line.
        case enter
        /// A line that answers what was asked.
        case answer(String)
        /// The wish to pass a step without running it.
        case skip
        /// The wish to go to the step before.
        case back
        /// The wish for a hint, or for the solution, of the exercise.
        case hint, solution
        /// An input of the person's own, entered while working on an exercise.
        case entered(String)
        /// The step has run. `isSolved` is what a check found; `isQuiet` whether it showed nothing.
        case ran(isSolved: Bool, isQuiet: Bool)
        /// The step did not run to its end.
        case stopped
        /// Running the step would take long.
        case long
    }

    /// What is to be done.
    public enum Action: Sendable, Equatable {
        /// Show the step: its title, its prose and its code.
        case show(Int)
        /// Ask a question of a step.
        case ask(Int, question: Int)
        /// Ask whether to run a step that takes long.
        case askLong(Int)
        /// Run the step and report what came of it; `anyway` without asking how long that takes.
        case run(Int, anyway: Bool)
        /// Show what is recorded of the step.
        case showRecord(Int)
        /// Show the prose that stands below the code of the step.
        case showRest(Int)
        /// Show the prose of the check of an exercise: what a solution has to meet.
        case practise(check: Int)
        /// Show the hint, or a solution, that the check of an exercise has.
        case hint(check: Int)
        case solution(check: Int)
        /// Say that there is nothing of this kind here.
        case nothingHere
    }

    private let kinds: [Lesson.Step.Kind]
    private let questions: [[String]]
    /// The step.
    public private(set) var place: Int
    /// What the walk waits for.
    public private(set) var phase = Phase.shown
    /// The answers by their questions; an empty one was not answered.
    public private(set) var answers: [String: String]
    /// What was entered for each exercise, by its step.
    public private(set) var inputs: [Int: [String]]
    /// The exercises that are solved.
    public private(set) var solved: Set<Int>

    /// Begins a walk at a step, with what was answered and entered before.
    public init(_ lesson: Lesson, place: Int = 0, answers: [String: String] = [:], inputs: [Int: [String]] = [:], solved: Set<Int> = []) {
        kinds = lesson.steps.map(\.kind)
        questions = lesson.steps.map { $0.questions.map(\.text) }
        (self.answers, self.inputs, self.solved) = (answers, inputs, solved)
        self.place = min(max(0, place), kinds.count)
        if self.place == kinds.count { phase = .done } else if case .check(let exercise) = kinds[self.place] { self.place = exercise }
    }

    /// The step at which a later walk goes on.
    public var resumesAt: Int { phase == .seen ? place + 1 : phase == .done ? kinds.count : place }

    /// Whether the next line answers a question.
    public var takesAnswer: Bool {
        switch phase {
        case .asking, .choosing: true
        case .shown, .seen, .practising, .done: false
        }
    }

    /// Returns what shows the step at which the walk is.
    public mutating func begin() -> [Action] { place < kinds.count ? arrive() : [] }

    /// Takes an event and returns what is to be done. Actions that run a step report back by an event.
    public mutating func take(_ event: Event) -> [Action] {
        switch event {
        case .enter: return enter()
        case .answer(let text): return answer(text)
        case .skip: return skip()
        case .back: return back()
        case .hint: return exercise.map { [.hint(check: $0.check)] } ?? [.nothingHere]
        case .solution: return exercise.map { [.solution(check: $0.check)] } ?? [.nothingHere]
        case .entered(let source):
            guard case .practising = phase, let exercise else { return [] }
            inputs[exercise.step, default: []].append(source)
            phase = .practising(isTried: false)
            return []
        case .ran(let isSolved, let isQuiet): return ran(isSolved, isQuiet)
        case .stopped:
            if phase == .choosing { phase = .shown }
            return []
        case .long:
            if case .practising = phase { return [.run(exercise?.check ?? place, anyway: true)] }
            phase = .choosing
            return [.askLong(place)]
        }
    }

    /// The exercise at which the walk is, and its check.
    private var exercise: (step: Int, check: Int)? {
        guard kinds.indices.contains(place) else { return nil }
        switch kinds[place] {
        case .exercise(let check): return (place, check)
        case .check(let exercise): return (exercise, place)
        case .prose, .run, .question: return nil
        }
    }

    private mutating func enter() -> [Action] {
        switch phase {
        case .shown: return kinds[place] == .prose ? advance() : [.run(place, anyway: false)]
        case .seen: return advance()
        case .practising(isTried: false): return exercise.map { [.run($0.check, anyway: false)] } ?? []
        case .practising(isTried: true): return giveUp()
        case .asking, .choosing: return answer("")
        case .done: return []
        }
    }

    private mutating func answer(_ text: String) -> [Action] {
        switch phase {
        case .asking(let number):
            answers[questions[place][number]] = text.isEmpty ? nil : text
            guard number + 1 < questions[place].count else {
                phase = .shown
                return [.run(place, anyway: false)]
            }
            phase = .asking(number + 1)
            return [.ask(place, question: number + 1)]
        case .choosing:
            guard text.lowercased().hasPrefix("r") else { return [.run(place, anyway: true)] }
            phase = .seen
            return [.showRecord(place), .showRest(place)]
        case .shown, .seen, .practising, .done: return []
        }
    }

    private mutating func ran(_ isSolved: Bool, _ isQuiet: Bool) -> [Action] {
        if case .practising = phase, let exercise {
            guard isSolved else {
                phase = .practising(isTried: true)
                return []
            }
            solved.insert(exercise.step)
            (place, phase) = (exercise.check, .seen)
            return [.showRest(exercise.check)]
        }
        if let exercise, place == exercise.step {
            phase = .practising(isTried: false)
            return [.showRest(place), .practise(check: exercise.check)]
        }
        phase = .seen
        return isQuiet ? advance() : [.showRest(place)]
    }

    private mutating func giveUp() -> [Action] {
        guard let exercise else { return advance() }
        (place, phase) = (exercise.check, .seen)
        return [.solution(check: exercise.check), .showRest(exercise.check)]
    }

    private mutating func skip() -> [Action] {
        if phase == .done { return [.nothingHere] }
        if phase != .seen, exercise != nil { return giveUp() }
        return advance()
    }

    private mutating func back() -> [Action] {
        guard place > 0 else { return [.nothingHere] }
        let isAtExercise = phase == .practising(isTried: true) || phase == .practising(isTried: false)
        if !isAtExercise { place -= 1 }
        if case .check(let exercise) = kinds[place] { place = exercise }
        return arrive()
    }

    private mutating func advance() -> [Action] {
        place += 1
        guard place < kinds.count else {
            phase = .done
            return []
        }
        return arrive()
    }

    private mutating func arrive() -> [Action] {
        phase = .shown
        guard kinds[place] == .question else { return [.show(place)] }
        phase = .asking(0)
        return [.show(place), .ask(place, question: 0)]
    }
}

import Language
import Notebook

/// The lessons at the prompt: shows them step by step and runs their cells in the prompt's session, between which the person enters what
/// they want.
final class Tour {
    unowned let prompt: Prompt
    let folder: LessonFolder
    /// Whether the program was started for the tour, so that leaving it leaves the program.
    let isWhole: Bool
    var progress: TourProgress
    private(set) var entry: LessonFolder.Entry
    private(set) var lesson: Lesson
    private(set) var walk: TourWalk
    /// What the runs of this lesson leave in memory.
    private(set) var memory = NotebookMemory()
    /// The seconds that cells took here and where they were recorded, to say how long others will take.
    var pace = (here: 0.0, recorded: 0.0)
    private var toldOfProgress = false

    /// Begins a tour: at a lesson's beginning where `number` names one, else where the person was last. Throws a `Problem`.
    init(_ prompt: Prompt, number: Int?, isWhole: Bool) throws {
        (self.prompt, self.isWhole) = (prompt, isWhole)
        let folder = try LessonFolder(libraries: prompt.session.context.standardLibrary)
        var progress = TourProgress(path: Self.progressPath)
        let entry = try number.map { try folder.entry($0) } ?? folder.next(progress)
        if number != nil { progress.lessons[entry.name]?.place = 0 }
        (self.folder, self.progress, self.entry) = (folder, progress, entry)
        lesson = Lesson(try NotebookFile(path: entry.path), prompt.session)
        walk = Self.walk(lesson, progress.lessons[entry.name])
    }

    /// The file that keeps how far a person has come.
    static var progressPath: String? { Surroundings.path("tour.json", variable: "XDG_STATE_HOME", fallback: ".local/state") }

    private static func walk(_ lesson: Lesson, _ known: TourProgress.Entry?) -> TourWalk {
        let known = known ?? .init()
        return TourWalk(
            lesson, place: known.place >= lesson.steps.count ? 0 : known.place, answers: known.answers, inputs: known.inputs,
            solved: known.solved)
    }

    // MARK: what a person does

    /// Shows where the tour is, and takes back into the session what the steps before gave.
    func begin() {
        let isResumed = walk.place > 0
        let text =
            isResumed
            ? "(\(lesson.title): on with step \(walk.place + 1) of \(lesson.steps.count); :tour \(entry.number) begins it anew)"
            : "(Enter goes on. Between the steps enter what you like: names that you bind change nothing in the lesson.)"
        prompt.printer.raw(TextWrapping.lines(printable(text), width: prompt.printer.traits.width()))
        if isResumed { restoreNames() }
        perform(walk.begin())
    }

    /// Takes what a person did.
    func take(_ event: TourWalk.Event) {
        if walk.phase == .done, event == .enter { return nextLesson() }
        perform(walk.take(event))
    }

    /// Takes an input of the person's own that has run. One that binds what the exercise binds, or helps it, becomes a part of the exercise.
    func entered(_ source: String) {
        guard case .practising = walk.phase, let binds = prompt.session.names(in: source)?.binds, !binds.isEmpty else { return }
        let exercise = Set(prompt.session.names(in: lesson.file.cells[walk.place].code)?.binds ?? [])
        let others = Set(lesson.file.cells.flatMap { prompt.session.names(in: $0.code)?.binds ?? [] }).subtracting(exercise)
        guard !exercise.isDisjoint(with: binds) || others.isDisjoint(with: binds) else { return }
        perform(walk.take(.entered(source)))
    }

    private func nextLesson() {
        guard let next = folder.entries.first(where: { $0.number > entry.number }) else {
            prompt.printer.say("That was the last lesson. :tour 1 begins anew, bas tour --list shows all.")
            return leave()
        }
        do {
            lesson = Lesson(try NotebookFile(path: next.path), prompt.session)
            (entry, memory) = (next, NotebookMemory())
            walk = Self.walk(lesson, progress.lessons[next.name])
            perform(walk.begin())
        } catch {
            prompt.printer.say((error as? Problem)?.message ?? "\(error)")
        }
    }

    /// Ends the tour; what was reached is kept.
    func leave() {
        prompt.tour = nil
        if isWhole { prompt.isDone = true }
    }

    // MARK: actions

    private func perform(_ actions: [TourWalk.Action]) {
        var waiting = actions[...]
        while let action = waiting.popFirst() {
            switch action {
            case .show(let place): show(place)
            case .ask(let place, let number): prompt.printer.head("\nQuestion: \(lesson.steps[place].questions[number].text)")
            case .askLong(let place): prompt.printer.say("This step takes about \(durationText(expected(place))) here.")
            case .run(let place, let anyway): waiting = walk.take(run(place, anyway: anyway))[...] + waiting
            case .showRecord(let place): showRecord(place)
            case .showRest(let place): showBelow(lesson.parts(of: place).after)
            case .practise(let check): showBelow(lesson.parts(of: check).before)
            case .hint(let check): prompt.printer.say(lesson.steps[check].hint.map { "Hint: \($0)" } ?? "(this exercise has no hint)")
            case .solution(let check): showSolution(check)
            case .nothingHere: prompt.printer.say("(there is nothing of the kind at this step)")
            }
        }
        keep()
        if prompt.tour != nil { prompt.printer.echo(status) }
    }

    /// One line that says what can be done.
    private var status: String {
        let step = "\(entry.number).\(walk.place + 1) of \(lesson.steps.count)"
        switch walk.phase {
        case .shown:
            return lesson.steps[walk.place].kind == .prose ? "(\(step)   Enter goes on)" : "(\(step)   Enter runs this cell)"
        case .asking: return "(\(step)   your guess; Enter alone gives none)"
        case .choosing: return "(\(step)   Enter runs it, r shows what is recorded)"
        case .seen: return "(\(step)   Enter goes on)"
        case .practising(isTried: false): return "(\(step)   enter your own, then Enter checks it   :hint   :solution   :skip)"
        case .practising(isTried: true): return "(\(step)   try again; Enter alone shows a solution and goes on)"
        case .done:
            let next = folder.entries.first { $0.number > entry.number }
            return "(\(lesson.title): done.\(next.map { " Enter begins lesson \($0.number)" } ?? " Enter ends the tour"))"
        }
    }

    private func keep() {
        var known = TourProgress.Entry()
        (known.place, known.count) = (walk.resumesAt, lesson.steps.count)
        (known.answers, known.inputs, known.solved) = (walk.answers, walk.inputs, walk.solved)
        progress.current = entry.name
        progress.lessons[entry.name] = known
        do { try progress.write() } catch  where !toldOfProgress {
            toldOfProgress = true
            prompt.printer.say("(how far you come is not kept: \((error as? Problem)?.message ?? "\(error)"))")
        } catch {}
    }
}

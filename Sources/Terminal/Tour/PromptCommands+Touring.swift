import Language
import Notebook

extension PromptCommands {
    static let touring: [PromptCommand] = [
        PromptCommand(
            name: "tour", takes: .text, usage: "[n | list | forget]",
            summary: "the lessons, step by step, on from where you were; n begins a lesson, forget forgets how far you came"
        ) { prompt, text in tour(text, in: prompt) },
        during("next", "goes on, as Enter does", .enter),
        during("back", "goes to the step before", .back),
        during("skip", "passes a step without running it; at an exercise a solution is shown", .skip),
        during("hint", "a hint for the exercise", .hint),
        during("solution", "a solution of the exercise", .solution),
    ]

    /// A command that means something during a tour only.
    private static func during(_ name: String, _ summary: String, _ event: TourWalk.Event) -> PromptCommand {
        PromptCommand(name: name, takes: .nothing, usage: "", summary: "in a tour: \(summary)") { prompt, _ in
            guard let tour = prompt.tour else { return prompt.printer.say("(no tour is on; :tour begins one)") }
            tour.take(event)
        }
    }

    private static func tour(_ text: String, in prompt: Prompt) {
        switch text {
        case "list":
            prompt.attempt {
                let folder = try LessonFolder(libraries: prompt.session.context.standardLibrary)
                prompt.printer.page(folder.list(prompt.tour?.progress ?? TourProgress(path: Tour.progressPath)))
            }
        case "forget":
            prompt.attempt {
                prompt.printer.say(try Console.forgetTour())
                prompt.tour?.progress = TourProgress(path: Tour.progressPath)
            }
        default:
            guard text.isEmpty || Int(text) != nil else {
                return prompt.printer.say("there is no lesson \"\(text)\"  (:tour [n | list | forget])")
            }
            guard !(prompt.reader is PlainReader) else { return prompt.printer.say("a tour needs a terminal") }
            prompt.attempt { try prompt.tour(Int(text), isWhole: prompt.tour?.isWhole ?? false) }
        }
    }
}

extension Prompt {
    /// Begins a tour of the lessons. Throws a `Problem`.
    func tour(_ number: Int?, isWhole: Bool) throws {
        let tour = try Tour(self, number: number, isWhole: isWhole)
        self.tour = tour
        tour.begin()
    }
}

extension Console {
    /// Walks through the lessons at the prompt, from the beginning of lesson `number`, or on from where the person was. Returns the exit code.
    public func tour(_ number: Int?, banner: String, runsInit: Bool) -> Int32 {
        guard Surroundings.isTerminal(0), Surroundings.isTerminal(1) else {
            printer.report(
                Problem(
                    .badArgument, "a tour needs a terminal: it asks, and waits for answers",
                    notes: (try? LessonFolder(libraries: session.context.standardLibrary)).map {
                        ["the lessons are notebooks in \($0.path)"]
                    } ?? [], help: "bas preview FILE shows a lesson in the browser, bas run FILE runs it"))
            return ExitCode.usage.rawValue
        }
        confine()
        return printer.answering {
            // An unknown lesson is told before the prompt opens.
            let folder = try LessonFolder(libraries: session.context.standardLibrary)
            if let number { _ = try folder.entry(number) }
            let prompt = Prompt(session: session, printer: printer, banner: options.quiet ? nil : banner, runsInit: runsInit)
            prompt.begins = { try $0.tour(number, isWhole: true) }
            prompt.run()
            return 0
        }
    }

    /// Prints the lessons with how far the person has come. Returns the exit code.
    public func listTour() -> Int32 {
        printer.answering {
            let folder = try LessonFolder(libraries: session.context.standardLibrary)
            Page.show(folder.list(TourProgress(path: Tour.progressPath)))
            return 0
        }
    }

    /// Forgets how far the person has come in the lessons, and what they answered and entered. Returns what to say. Throws a `Problem`.
    public static func forgetTour() throws -> String {
        var progress = TourProgress(path: Tour.progressPath)
        if progress.lessons.isEmpty { return "(there is nothing to forget: no lesson was begun)" }
        (progress.current, progress.lessons) = (nil, [:])
        try progress.write()
        return "(forgotten)"
    }
}

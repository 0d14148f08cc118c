import ArgumentParser
import Terminal

/// `bas tour`.
struct TourCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tour", abstract: "Walk through the lessons at the prompt, on from where you were.",
        discussion: """
            Each lesson has one idea: prose, a question before the experiment, the experiment, an exercise that is checked by value. Enter \
            goes on; between the steps you may enter anything, and names that you bind change nothing in the lesson. :hint, :solution, \
            :skip, :back and :quit do what they say. How far you came, your answers and your solutions are kept \
            ($XDG_STATE_HOME/bas/tour.json). The lessons are notebooks in examples/lessons: `bas preview` and `bas export` show the same.
            """)

    @OptionGroup var options: ConsoleOptions
    @OptionGroup(title: "Safety") var safety: SafetyOptions

    @Flag(help: "List the lessons and how far you came.")
    var list = false

    @Flag(help: "Forget how far you came, your answers and your solutions.")
    var forget = false

    @Flag(help: "Do not run init.bas before.")
    var noInit = false

    @Argument(help: "Begin this lesson, by its number.")
    var lesson: Int?

    func run() throws {
        let console = options.console(safety)
        if forget {
            return try Bas.finish(
                console.printer.answering {
                    Page.show(try Console.forgetTour())
                    return 0
                })
        }
        try Bas.finish(list ? console.listTour() : console.tour(lesson, banner: Host.banner, runsInit: !noInit))
    }
}

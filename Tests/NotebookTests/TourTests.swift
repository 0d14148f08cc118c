import Commands
import Files
import Language
import TestSupport
import Testing

@testable import Notebook

/// Lessons and the walk through them, as data.
@Suite struct TourTests {
    private let session = Session(builtins: CommandTable.all, options: SessionOptions(standardLibrary: [Desk.root + "/stdlib"]))

    private static let text = #"""
        # %% Lesson 1: Numbers
        #| Prose.
        # %% Predict
        #| Before.
        answer = lesson.predict("How many?", none)
        # %% The experiment
        #| What we do.
        n = 3
        #| In between.
        n + 1
        #| What came out.
        #> 4

        """# + LessonText.exercise(hint: "more")

    private var lesson: Lesson { Lesson(NotebookFile(path: "lesson.bas", text: Self.text), session) }

    private func shippedLessons() throws -> [Lesson] {
        let folder = Desk.root + "/examples/lessons/"
        return try FileSystem.contents(folder).filter { $0.hasSuffix(".bas") && !$0.hasPrefix(".") }.sorted().map {
            Lesson(try NotebookFile(path: folder + $0), session)
        }
    }

    @Test func theMarksOfALessonAreRead() {
        #expect(lesson.title == "Lesson 1: Numbers")
        #expect(lesson.steps.map(\.kind) == [.prose, .question, .run, .exercise(check: 4), .check(exercise: 3), .prose])
        #expect(lesson.steps[1].questions.map(\.text) == ["How many?"])
        #expect(lesson.steps[4].hint == "more")
        #expect(lesson.steps[4].solution?.contains("fn mine() { 5 }") == true)
    }

    @Test func eachShippedLessonAsksAndHasAnExerciseWithHintAndSolution() throws {
        let lessons = try shippedLessons()
        #expect(lessons.count == 8)
        for lesson in lessons {
            #expect(lesson.steps.contains { $0.kind == .question }, "\(lesson.title)")
            let checks = lesson.steps.filter { if case .check = $0.kind { true } else { false } }
            #expect(checks.count == 1, "\(lesson.title)")
            #expect(checks.allSatisfy { $0.hint?.isEmpty == false && $0.solution?.isEmpty == false }, "\(lesson.title)")
            #expect(lesson.steps.last?.kind == .prose, "\(lesson.title)")
        }
    }

    @Test func proseStandsBeforeOrBehindWhatRuns() {
        let (before, after) = lesson.parts(of: 2)
        #expect(before == [.prose(["What we do."]), .code(["n = 3"]), .prose(["In between."]), .code(["n + 1"])])
        #expect(after == [.prose(["What came out."])])
        #expect(lesson.parts(of: 4).before == [.prose(["Must be five."])], "the solution stands in the check's code")
        #expect(lesson.parts(of: 4).after == [.prose(["Five it was."])])
    }

    @Test func answersAndInputsBecomeAPartOfTheNotebook() throws {
        #expect(lesson.file(answers: [:], inputs: [:]).text == Self.text)
        let file = lesson.file(answers: ["How many?": "a \"few\" {or} so"], inputs: [3: ["k = 5", "fn mine() { k }"]])
        #expect(file.cells.count == 6)
        #expect(file.cells[3].code == "fn mine() { n }\nk = 5\nfn mine() { k }")
        #expect(file.recordedOutput(of: 2) == ["4"], "records stay")
        let call = try #require(session.writtenCalls(in: file.cells[1].code).first)
        #expect(call.argument("answer", at: 1)?.text == "a \"few\" {or} so")
    }

    // MARK: the walk

    private func walk(_ events: [TourWalk.Event], from place: Int = 0) -> (walk: TourWalk, last: [TourWalk.Action]) {
        var walk = TourWalk(lesson, place: place)
        var last = walk.begin()
        for event in events { last = walk.take(event) }
        return (walk, last)
    }

    private let ran = TourWalk.Event.ran(isSolved: false, isQuiet: false)

    @Test func enterLeadsFromStepToStep() {
        #expect(walk([]).last == [.show(0)])
        #expect(walk([.enter]).last == [.show(1), .ask(1, question: 0)], "prose runs nothing")
        let asked = walk([.enter, .answer("four")])
        #expect(asked.last == [.run(1, anyway: false)] && asked.walk.answers == ["How many?": "four"])
        #expect(walk([.enter, .answer(""), ran]).last == [.showRest(1)])
        #expect(walk([.enter, .answer(""), ran]).walk.answers == [:], "no answer is none")
        #expect(walk([.enter, .answer(""), ran, .enter]).last == [.show(2)])
        #expect(walk([.enter, .answer(""), .ran(isSolved: false, isQuiet: true)]).last == [.show(2)], "nothing to look at")
        #expect(walk([.enter, .enter, ran, .enter, .enter, ran]).walk.resumesAt == 3)
        #expect(walk([.enter], from: 2).walk.phase == .shown, "until it has run")
        #expect(walk([.enter, .stopped, .enter], from: 2).last == [.run(2, anyway: false)], "what was interrupted runs again")
    }

    @Test func anExerciseIsCheckedUntilItIsSolvedOrGivenUp() {
        let begun = walk([.enter, ran], from: 3)
        #expect(begun.last == [.showRest(3), .practise(check: 4)] && begun.walk.phase == .practising(isTried: false))
        #expect(walk([.enter, ran, .hint], from: 3).last == [.hint(check: 4)])
        #expect(walk([.hint], from: 2).last == [.nothingHere])
        let tried = walk([.enter, ran, .enter, ran], from: 3)
        #expect(tried.walk.phase == .practising(isTried: true) && tried.walk.place == 3)
        #expect(walk([.enter, ran, .enter, ran, .enter], from: 3).last == [.solution(check: 4), .showRest(4)])
        let entered = walk([.enter, ran, .enter, ran, .entered("fn mine() { 5 }"), .enter], from: 3)
        #expect(entered.last == [.run(4, anyway: false)] && entered.walk.inputs == [3: ["fn mine() { 5 }"]])
        var solving = entered.walk
        #expect(solving.take(.ran(isSolved: true, isQuiet: false)) == [.showRest(4)])
        #expect(solving.solved == [3] && solving.resumesAt == 5)
        #expect(solving.take(.enter) == [.show(5)] && solving.take(.enter) == [] && solving.phase == .done)
        #expect(walk([.enter, ran, .skip], from: 3).last == [.solution(check: 4), .showRest(4)])
        #expect(walk([.enter, ran, .skip], from: 3).walk.solved == [], "a solution that is shown solves nothing")
        #expect(walk([.entered("x = 1")], from: 2).walk.inputs == [:], "elsewhere a person's inputs are their own")
        #expect(walk([], from: 4).walk.place == 3, "a check begins at its exercise")
    }

    @Test func stepsArePassedAndComeBack() {
        #expect(walk([.skip], from: 2).last == [.show(3)])
        #expect(walk([.back], from: 2).last == [.show(1), .ask(1, question: 0)])
        #expect(walk([.back]).last == [.nothingHere])
        #expect(walk([.back], from: 5).last == [.show(3)], "behind a check its exercise")
        #expect(walk([.enter, ran, .back], from: 3).last == [.show(3)])
        #expect(walk([.enter, .skip], from: 5).last == [.nothingHere])
    }

    @Test func whatTakesLongIsAskedFor() {
        let long = walk([.enter, .long], from: 2)
        #expect(long.last == [.askLong(2)] && long.walk.takesAnswer)
        #expect(walk([.enter, .long, .answer("")], from: 2).last == [.run(2, anyway: true)])
        #expect(walk([.enter, .long, .answer(""), ran], from: 2).last == [.showRest(2)])
        #expect(walk([.enter, .long, .answer("r")], from: 2).last == [.showRecord(2), .showRest(2)])
        #expect(walk([.enter, .long, .answer(""), .stopped], from: 2).walk.phase == .shown)
        #expect(walk([.enter, ran, .enter, .long], from: 3).last == [.run(4, anyway: true)], "a check has no record of what was entered")
    }

    @Test func progressIsKept() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/state/tour.json"
        var progress = TourProgress(path: path)
        #expect(progress.current == nil && progress.lessons.isEmpty)
        var entry = TourProgress.Entry()
        (entry.place, entry.count, entry.answers, entry.inputs, entry.solved) = (
            5, 6, ["How {many}?": "a \"few\"\n"], [3: ["a\nb", "c"]], [3]
        )
        (progress.current, progress.lessons) = ("1_numbers", ["1_numbers": entry])
        try progress.write()
        let again = TourProgress(path: path)
        #expect(again == progress && again.lessons["1_numbers"]?.isDone == false)
        try AtomicFile.write(path, text: "{\"current\": 3, \"lessons\": {\"1_numbers\": {\"place\": \"x\", \"inputs\": [1]}}")
        #expect(TourProgress(path: path).lessons.isEmpty, "a damaged file is a beginning")
    }
}

import Files
import Language
import Notebook

/// The lessons that ship with the language, in the folder `examples/lessons` beside the library.
struct LessonFolder {
    /// A lesson's file.
    struct Entry: Equatable {
        /// The number at the beginning of its name.
        let number: Int
        let path: String

        /// The name without folder and ending: "3_a_new_word".
        var name: String { String((path.split(separator: "/").last ?? "").dropLast(4)) }
    }

    /// The folder's path.
    let path: String
    /// The lessons in the order of their numbers.
    let entries: [Entry]

    /// Finds the lessons beside a folder of the library; throws a `Problem` where there are none.
    init(libraries: [String]) throws {
        for library in libraries {
            let above = library.hasSuffix("/stdlib") ? String(library.dropLast("/stdlib".count)) : library + "/.."
            let folder = above + "/examples/lessons"
            let found = Surroundings.names(in: folder).compactMap { name -> Entry? in
                guard name.hasSuffix(".bas"), let number = Int(name.prefix { $0.isNumber }) else { return nil }
                return Entry(number: number, path: "\(folder)/\(name)")
            }
            guard !found.isEmpty else { continue }
            (path, entries) = (folder, found.sorted { $0.number < $1.number })
            return
        }
        throw Problem(
            .fileMissing, "the lessons are not there",
            notes: libraries.isEmpty
                ? ["there is no library either"] : ["looked for examples/lessons beside \(libraries.joined(separator: ", "))"],
            help: "make install puts them beside the library; BAS_STDLIB names the library's folder")
    }

    /// Returns the lesson of a number; throws a `Problem` where there is none.
    func entry(_ number: Int) throws -> Entry {
        if let entry = entries.first(where: { $0.number == number }) { return entry }
        let numbers = entries.map { "\($0.number)" }
        throw Problem(.badArgument, "there is no lesson \(number)", help: "lessons are \(numbers.first ?? "") to \(numbers.last ?? "")")
    }

    /// Returns the lesson in which a person goes on: that in which they were last, or the one after it where it is done.
    func next(_ progress: TourProgress) -> Entry {
        guard let last = entries.first(where: { $0.name == progress.current }) else { return entries[0] }
        guard progress.lessons[last.name]?.isDone == true else { return last }
        return entries.first { $0.number > last.number } ?? entries[0]
    }

    /// Returns the lessons with how far a person has come in each.
    func list(_ progress: TourProgress) -> String {
        let lines = entries.map { entry in
            let title = (try? NotebookFile(path: entry.path))?.cells.first?.title ?? entry.name
            let name = title.firstRange(of: ": ").map { String(title[$0.upperBound...]) } ?? title
            let known = progress.lessons[entry.name]
            let exercise = known?.solved.isEmpty == false ? ", exercise solved" : ""
            let state = known.map { $0.isDone ? "done\(exercise)" : "at step \($0.place + 1) of \($0.count)\(exercise)" } ?? ""
            return (
                head: "  \(entry.number)  \(name.replacing("*", with: ""))", state: state,
                mark: progress.current == entry.name && known?.isDone == false
            )
        }
        let width = lines.map { displayWidth($0.head) }.max() ?? 0
        return lines.map { line in
            guard !line.state.isEmpty else { return line.head }
            return line.head + String(repeating: " ", count: width - displayWidth(line.head)) + "   \(line.state)\(line.mark ? "  ←" : "")"
        }.joined(separator: "\n")
    }
}

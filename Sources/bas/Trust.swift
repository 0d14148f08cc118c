import ArgumentParser
import Language
import Terminal

/// `bas trust`.
struct Trust: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Let downloaded scripts and notebooks do what your own may.",
        discussion: """
            A file is trusted by a hash of its program: copies are trusted too, a file that was changed is not; recorded output does not \
            count. The hashes are kept in ~/.local/state/bas/trusted. Modules that a file imports do what the file may.

            Exit codes: 0 well; 66 no such file; 73 cannot write.
            """)

    @Flag(name: .long, help: "Trust these files no longer.")
    var forget = false

    @Flag(name: .long, help: "List what is trusted.")
    var list = false

    @Argument(help: "Scripts and notebooks.", completion: .file(extensions: ["bas"]))
    var files: [String] = []

    func validate() throws {
        if files.isEmpty != list { throw ValidationError(list ? "--list takes no files" : "say which: bas trust FILE") }
        if list, forget { throw ValidationError("--list and --forget do not go together") }
    }

    func run() throws {
        let console = Console(builtins: Host.builtins)
        do {
            guard let store = TrustStore.own else {
                throw Problem(.cannotWrite, "there is no home folder to remember it in", help: "set HOME or XDG_STATE_HOME")
            }
            if list {
                let entries = store.entries
                return Page.show(
                    entries.isEmpty
                        ? "nothing is trusted" : entries.map { printable("\($0.hash.prefix(12))  \($0.path)") }.joined(separator: "\n"))
            }
            for file in files {
                let source = try Session.readImport(file)
                if forget {
                    console.printer.remark(try store.remove(source) ? "\(file) is trusted no longer" : "\(file) was not trusted")
                } else {
                    try store.add(source, path: file)
                    console.printer.remark("\(file) is trusted as it is now")
                }
            }
        } catch let problem as Problem {
            console.printer.report(problem)
            try Bas.finish((problem.exitCode ?? problem.code.exitCode).rawValue)
        }
    }
}

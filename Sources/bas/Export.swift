import ArgumentParser
import Files
import Glibc
import Language
import Notebook
import Pages
import Terminal

/// The forms in which notebooks are published. A further one is a case here, its endings, and what `ExportDesk.write` does for it.
enum ExportFormat: String, CaseIterable, ExpressibleByArgument {
    case html, md, pdf, ipynb

    /// The endings of files of this form.
    private var endings: [String] {
        switch self {
        case .html: [".html", ".htm"]
        case .md: [".md", ".markdown"]
        case .pdf: [".pdf"]
        case .ipynb: [".ipynb"]
        }
    }

    /// Returns the form that a file's name asks for; nil where its ending is none of them.
    init?(path: String) {
        guard let found = Self.allCases.first(where: { $0.endings.contains { path.lowercased().hasSuffix($0) } }) else { return nil }
        self = found
    }

    /// Returns the name of a file of this form beside a notebook.
    func path(beside notebook: String) -> String { (notebook.hasSuffix(".bas") ? String(notebook.dropLast(4)) : notebook) + "." + rawValue }
}

/// `bas export`.
struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write a notebook as a page (HTML, Markdown, PDF), or for Jupyter.",
        discussion: """
            The page shows prose, code and what the file records of its cells; `bas notebook` records, and --run does so first. Where a record \
            is missing or no longer true, the page and a line on standard error say so.

            HTML is one file that holds its pictures and loads nothing. Markdown refers to the pictures in FILE.out; where it is written into \
            another folder, they are copied beside it. PDF is printed by Chromium, which has to be installed.

            An .ipynb file is a notebook for Jupyter, with its outputs and pictures; `bas import` makes the same script of it again.

            Nothing of a notebook runs in the page, so that notebooks of others can be exported and read safely.

            Exit codes: 0 well; 64 a form that is not known; 66 no such notebook; 73 the page cannot be written; with --run those of \
            `bas notebook`.
            """)

    @OptionGroup var options: ConsoleOptions

    @Option(
        name: [.short, .long], help: "Write to this file; - is standard output. Without it, beside the notebook.", completion: .file())
    var output: String?

    @Option(help: "html, md, pdf or ipynb; without it, what the name of the output asks for.")
    var format: ExportFormat?

    @Flag(name: .customLong("run"), help: "Run the notebook and record it first.")
    var runsFirst = false

    @Flag(help: "Fold the code: the page begins with prose and outputs alone.")
    var foldCode = false

    @Argument(help: "The notebook.", completion: .file(extensions: ["bas"]))
    var file: String

    func validate() throws {
        if let output, output != "-", format == nil, ExportFormat(path: output) == nil {
            throw ValidationError("'\(output)' ends in none of .html, .md, .pdf and .ipynb; name the form with --format")
        }
    }

    func run() throws {
        let form = format ?? output.flatMap(ExportFormat.init(path:)) ?? .html
        let desk = ExportDesk(options.console(), quiet: options.quiet, opensCode: !foldCode)
        try Bas.finish(desk.export(file, to: output ?? form.path(beside: file), form, runsFirst: runsFirst))
    }
}

/// Writes notebooks as pages.
struct ExportDesk {
    private let console: Console
    private let quiet: Bool
    private let opensCode: Bool

    init(_ console: Console, quiet: Bool, opensCode: Bool) { (self.console, self.quiet, self.opensCode) = (console, quiet, opensCode) }

    /// Writes a notebook in a form. Returns the exit code: that of the run where one was asked for and did not go well, though the page is
    /// written.
    func export(_ path: String, to output: String, _ form: ExportFormat, runsFirst: Bool) -> Int32 {
        console.printer.answering {
            guard !Self.areSame(path, output) else { throw Problem(.cannotWrite, "the page would replace the notebook \"\(path)\"") }
            let printer = form == .pdf ? try ChromiumPrinter() : nil
            var code = ExitCode.ok.rawValue
            if runsFirst {
                code = NotebookDesk(console, quiet: quiet).record([path], all: false)
                if code == ExitCode.interrupted.rawValue || !FileSystem.exists(path) { return code }
            }
            let file = try NotebookFile(path: path)
            let states = RecordState.all(of: file, isTrue: try NotebookRunner(file, console.session).isTrue)
            remark(file, states)
            let origin = console.strangers(path)
            // What a run of today recorded is no stranger's.
            let trust = Trusted(files: origin == nil, records: origin == nil || runsFirst)
            if let origin, !runsFirst, file.isRecorded {
                console.printer.remark("\(path) \(origin): what it records is shown as text (bas trust, or --run)")
            }
            switch form {
            case .html: try write(page(file, states, trust, hasScript: true), output)
            case .md: try writeMarkdown(file, states, trust, output)
            case .pdf:
                guard let printer else { break }
                let page = page(file, states, trust, hasScript: false)
                let interrupt = console.session.interrupt
                let bytes = try console.running { try printer.pdf(html: page) { interrupt.isRequested } }
                try write(bytes, output)
            case .ipynb:
                try write(Ipynb.text(of: file, hasPictures: trust.records) { console.printer.remark("\(file.path): \($0)") }, output)
            }
            if !quiet, output != "-" { console.printer.remark("\(output): written") }
            return code
        }
    }

    /// What is believed of a notebook: pictures of its folder, and its records.
    private struct Trusted {
        let files, records: Bool
    }

    private func page(_ file: NotebookFile, _ states: [RecordState], _ trust: Trusted, hasScript: Bool) -> String {
        let pictures = PictureFiles(beside: file)
        let look = PageCell.Look(
            builtins: Set(console.session.context.builtins.names), opensCode: opensCode || !hasScript,
            showsRecordsAsText: !trust.records,
            picture: { trust.files || trust.records && $0.hasPrefix(file.pictureFolder + "/") ? pictures.dataURI($0) : nil },
            facts: pictures.facts)
        return NotebookPage(file, states: states, options: NotebookPage.Options(version: Host.version, look: look, hasScript: hasScript))
            .html()
    }

    /// Writes Markdown, and its pictures beside it where it goes to another folder than the notebook's.
    private func writeMarkdown(_ file: NotebookFile, _ states: [RecordState], _ trust: Trusted, _ output: String) throws {
        let markdown = NotebookMarkdown(file, states: states, version: Host.version, showsRecordsAsText: !trust.records)
        try write(markdown.text(), output)
        let folder = output.lastIndex(of: "/").map { String(output[...$0]) } ?? ""
        guard output != "-", !Self.areSame(file.folder.isEmpty ? "." : file.folder, folder.isEmpty ? "." : folder) else { return }
        let pictures = PictureFiles(beside: file)
        for name in markdown.pictures {
            guard let bytes = pictures.bytes(name) else { continue }
            if let slash = name.lastIndex(of: "/") { try FileSystem.createFolder(folder + name[..<slash]) }
            try AtomicFile.write(folder + name) { sink in try sink.write(bytes) }
        }
    }

    /// Says on standard error which records are missing or not known to be true.
    private func remark(_ file: NotebookFile, _ states: [RecordState]) {
        let counts = RecordState.counts(states, besides: [.current])
        guard !counts.isEmpty else { return }
        let count = states.count { $0 != .none }
        console.printer.remark("\(file.path): of \(countText(count, "cell")) \(counts); --run, or bas notebook, records anew")
    }

    private func write(_ text: String, _ output: String) throws {
        guard output != "-" else { return Pages.print(text) }
        try TextFile.replace(output, with: text)
    }

    private func write(_ bytes: [UInt8], _ output: String) throws {
        guard output != "-" else { return try Self.writeToStandardOutput(bytes) }
        try AtomicFile.write(output) { sink in try sink.write(bytes) }
    }

    private static func writeToStandardOutput(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            guard count >= 0 || errno == EINTR else {
                throw Problem(.cannotWrite, "cannot write to standard output: \(String(cString: strerror(errno)))")
            }
            rest = rest.dropFirst(max(0, count))
        }
    }

    /// Returns whether two paths lead to the same file or folder.
    private static func areSame(_ one: String, _ other: String) -> Bool {
        var (first, second) = (stat(), stat())
        return stat(one, &first) == 0 && stat(other, &second) == 0 && first.st_dev == second.st_dev && first.st_ino == second.st_ino
    }
}

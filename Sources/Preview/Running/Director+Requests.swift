import Files
import Language
import Notebook

/// What a page can ask for.
enum PageRequest: Equatable {
    /// Runs what has to run.
    case run
    /// Runs a cell anew, and what it needs.
    case runCell(Int)
    /// Runs all cells anew.
    case runAll
    case stop
    /// Whether saving runs what has to run.
    case runOnSave(Bool)
    /// Writes the record into the file.
    case record
    /// Ends the preview.
    case end

    /// Reads a request; nil where it is none.
    init?(_ json: JSON) {
        switch json["do"]?.stringValue {
        case "run": self = .run
        case "run all": self = .runAll
        case "run cell":
            guard let cell = json["cell"]?.intValue else { return nil }
            self = .runCell(cell)
        case "stop": self = .stop
        case "run on save":
            guard let isOn = json["on"]?.boolValue else { return nil }
            self = .runOnSave(isOn)
        case "record": self = .record
        case "end": self = .end
        default: return nil
        }
    }
}

extension Director {
    /// Does what a page asks for. Returns why that cannot be, in words, or nil.
    func perform(_ request: PageRequest) -> String? {
        switch request {
        case .run: self.request(Wanted())
        case .runAll:
            stop(keeping: false)
            self.request(Wanted(all: true))
        case .runCell(let number):
            guard let version, version.place(of: number) != nil else { return "this cell is no longer there" }
            interrupt(for: number)
            self.request(Wanted(anew: [number], only: head.runsOnSave ? nil : [number]))
        case .stop:
            guard run != nil else { return "nothing runs" }
            stop(keeping: true)
        case .runOnSave(let isOn):
            changeHead { $0.runsOnSave = isOn }
            if isOn { self.request(Wanted()) }
        case .record:
            guard run == nil else { return "a run goes on; the record is written when it has ended" }
            record()
        case .end: end(.asked)
        }
        return nil
    }

    /// Makes room for a run of a cell: the run that goes on ends before its next cell, or at once where it runs this one. What it was asked
    /// for is done afterwards.
    private func interrupt(for number: Int) {
        guard let run else { return }
        if run.view.running.map({ run.version.numbers[$0] }) == number {
            stop(keeping: false)
        } else if !run.isStopping {
            run.runner.endAfterCell()
            self.run?.isStopping = true
        }
        wanted = wanted ?? rest(of: run)
    }

    /// Writes what the cells show into the file, where it is still the version that is shown.
    func record() {
        guard let version, run == nil else { return }
        do {
            guard try NotebookFile(path: path).text == version.file.text else {
                return changeHead { $0.notice = "not recorded: the file has just changed" }
            }
            let survey = try runner(version.file).survey()
            let results = survey.indices.map { known(survey[$0], version.numbers[$0]) }
            let record = NotebookRecord(version.file, results)
            try session.context.confined(granting: path) { try record.write() }
            if record.changesFile {
                // What is written is no edit: nothing runs again for it.
                watch.forget()
                try show(try NotebookFile(path: path))
            }
            changeHead { $0.notice = record.changesFile ? "recorded" : "the record is up to date" }
        } catch {
            let words = (error as? Problem)?.message ?? (error as? FileError)?.description ?? "\(error)"
            changeHead { $0.notice = "not recorded: " + words }
        }
    }
}

import Files
import Glibc
import Language
import TestSupport
import Testing

@testable import Pages

/// A shell script in Chromium's place, so that the tests need no browser.
@Suite struct PrinterTests {
    private func printer(_ script: String) throws -> (ChromiumPrinter, TemporaryFolder) {
        let folder = try TemporaryFolder()
        let program = folder.path + "/chromium"
        try AtomicFile.write(program, text: "#!/bin/sh\n" + script)
        chmod(program, 0o755)
        return (try ChromiumPrinter(path: "/no/such/folder:" + folder.path), folder)
    }

    private static let finding = "for a; do case $a in --print-to-pdf=*) out=${a#*=};; file://*) page=${a#file://};; esac; done\n"

    @Test func aMissingProgramIsSaid() {
        #expect { try ChromiumPrinter(path: "/no/such/folder") } throws: { error in
            guard let problem = error as? Problem else { return false }
            return problem.code == .cannotWrite && problem.help?.contains("apt-get install chromium") == true
        }
    }

    @Test func thePageIsPrinted() throws {
        let (printer, folder) = try printer(Self.finding + "{ printf '%%PDF-'; cat \"$page\"; } > \"$out\"\n")
        let bytes = try printer.pdf(html: "<p>é</p>") { false }
        #expect(String(decoding: bytes, as: UTF8.self) == "%PDF-<p>é</p>")
        #expect(folder.contents == ["chromium"])
    }

    @Test(arguments: ["echo why >&2; exit 3", "exit 0", finding + "echo no > \"$out\"", "kill -9 $$"]) func aFailureIsSaid(_ script: String)
        throws
    {
        let (printer, folder) = try printer(script + "\n")
        defer { withExtendedLifetime(folder) {} }
        #expect { try printer.pdf(html: "") { false } } throws: { error in
            guard let problem = error as? Problem else { return false }
            return problem.message.contains("printed no PDF") && (problem.notes == ["why"] || !script.contains("why"))
        }
    }

    @Test func aStopEndsAllItsProcesses() throws {
        let (printer, folder) = try printer("sleep 600 & echo $! > \"$(dirname \"$0\")/pid\"; sleep 600\n")
        let isThere = { FileSystem.exists(folder.path + "/pid") }
        #expect(throws: CancellationError.self) { try printer.pdf(html: "", isStopped: isThere) }
        let text = String(decoding: try ReadableFile.contents(folder.path + "/pid"), as: UTF8.self)
        let child = try #require(pid_t(text.trimmingSpaces))
        var isGone = false
        for _ in 0..<100 where !isGone {
            // A process that ended may wait as a zombie for its new parent.
            let state = (try? Self.state(child)) ?? "Z"
            isGone = kill(child, 0) != 0 || state == "Z"
            usleep(20_000)
        }
        #expect(isGone)
    }

    /// Returns the letter of a process's state in /proc.
    private static func state(_ process: pid_t) throws -> Character {
        guard let file = fopen("/proc/\(process)/stat", "r") else { return "Z" }
        defer { fclose(file) }
        var buffer = [CChar](repeating: 0, count: 256)
        guard fgets(&buffer, 256, file) != nil else { return "Z" }
        let text = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return text.split(separator: ")").last?.trimmingSpaces.first ?? "Z"
    }

    @Test func pathsStandInAddresses() {
        #expect(SafeAddress.encodedPath("/tmp/a b#c%é") == "/tmp/a%20b%23c%25%C3%A9")
    }
}

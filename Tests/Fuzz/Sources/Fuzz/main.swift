// Fuzz TARGET [libFuzzer options] [corpus folders]
// Fuzz TARGET --examples FOLDER: writes examples there, a file each.
import CFuzzer
import Glibc

@testable import Language

guard CommandLine.arguments.count > 1,
    let place = FuzzTarget.all.firstIndex(where: { $0.name == CommandLine.arguments[1] })
else {
    print(FuzzTarget.all.map(\.name).joined(separator: "\n"))
    exit(CommandLine.arguments.count > 1 ? 64 : 0)
}
if CommandLine.arguments.count == 4, CommandLine.arguments[2] == "--examples" {
    for (number, text) in FuzzTarget.all[place].examples().enumerated() {
        guard let file = fopen("\(CommandLine.arguments[3])/example\(number)", "w") else { exit(73) }
        fputs(text, file)
        fclose(file)
    }
    exit(0)
}

// With a stack as programs have it (run.sh asks for it), no input needs a thread of its own: a hundred times as fast.
var stack = rlimit()
if getrlimit(__rlimit_resource_t(RLIMIT_STACK.rawValue), &stack) == 0, stack.rlim_cur >= rlim_t(BigStack.bytes), stack.rlim_cur <= 1 << 32 {
    BigStack.adopt(BigStack.bytes)
}

/// Set once here; libFuzzer takes a plain C function, which cannot capture.
nonisolated(unsafe) var target = FuzzTarget.all[place]

var arguments = CommandLine.arguments.map { strdup($0) }
arguments.remove(at: 1)
var count = CInt(arguments.count)
arguments.append(nil)
arguments.withUnsafeMutableBufferPointer { buffer in
    var base = buffer.baseAddress
    exit(
        LLVMFuzzerRunDriver(&count, &base) { data, size in
            target.run(Array(UnsafeBufferPointer(start: data, count: size)))
            return 0
        })
}

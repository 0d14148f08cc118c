import Glibc
import Synchronization
import Testing

@testable import Language

@Suite struct BigStackTests {
    private final class Seen: Sendable {
        let threads = Mutex<[pthread_t]>([])
        let bytes = Mutex<[Int]>([])

        func note(_ left: Int) {
            threads.withLock { $0.append(pthread_self()) }
            bytes.withLock { $0.append(left) }
        }
    }

    /// Work on a thread with a large stack needs no other, and is told what is left of this one.
    @Test func aLargeStackServesWhatRunsOnIt() {
        let seen = Seen()
        BigStack.run { left in
            seen.note(left)
            BigStack.run { seen.note($0) }
        }
        let (threads, bytes) = (seen.threads.withLock { $0 }, seen.bytes.withLock { $0 })
        #expect(threads.count == 2 && threads[0] == threads[1] && threads[0] != pthread_self())
        #expect(bytes[0] == BigStack.bytes && bytes[1] <= bytes[0] && bytes[1] > bytes[0] - BigStack.margin)
    }

    /// Where a good part of it is used, work gets a new one.
    @Test func aUsedStackDoesNot() {
        let seen = Seen()
        BigStack.run { left in
            seen.note(left)
            BigStack.adopt(BigStack.bytes - BigStack.margin - 1)
            BigStack.run { seen.note($0) }
        }
        let (threads, bytes) = (seen.threads.withLock { $0 }, seen.bytes.withLock { $0 })
        #expect(threads.count == 2 && threads[0] != threads[1])
        #expect(bytes == [BigStack.bytes, BigStack.bytes])
    }
}

import Commands
import Glibc
import Language
import Tensors

/// What an input of a prompt showed, and how the session's random numbers stood before and after it.
public struct CellRecording: Sendable {
    /// What it showed, in order.
    public let outputs: [CellOutput]
    /// When it began, in seconds since 1970.
    let began: Int
    let before: RandomState
    let after: RandomState
    /// How long it ran, in seconds.
    let seconds: Double

    /// The seconds since 1970 by the clock that stamps files. time(nil) lags it by up to a tick, so that a file written just before would
    /// seem to have changed since.
    static var now: Int {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return time.tv_sec
    }

    /// The bytes of its texts and pictures.
    public var bytes: Int {
        outputs.reduce(0) { sum, output in
            switch output {
            case .text(let text), .problem(let text, _): sum + text.utf8.count
            case .picture(let png, let alt): sum + png.count + alt.utf8.count
            }
        }
    }
}

/// Records an input of a prompt while it runs, beside what shows it.
public final class CellRecorder {
    private let session: Session
    private let recorder = OutputRecorder(folder: "")
    private let before: RandomState
    private let began: Int

    /// Begins to record: from now on the session's events go to `shown` and into the record.
    public init(_ session: Session, shown: @escaping @Sendable (Event) -> Void) {
        (self.session, before, began) = (session, session.context[SeedState.self], CellRecording.now)
        session.context.recordWidth = OutputRecorder.width
        let recorder = recorder
        session.setEvents { event in
            shown(event)
            recorder.take(event)
        }
    }

    /// Ends the recording; the session's events go to `shown` alone.
    public func finish(seconds: Double, shown: @escaping @Sendable (Event) -> Void) -> CellRecording {
        session.setEvents(shown)
        session.context.recordWidth = nil
        return CellRecording(
            outputs: recorder.finish(), began: began, before: before, after: session.context[SeedState.self], seconds: seconds)
    }
}

import Glibc

/// Waits until a condition holds; false where it does not in time. The limit is for what never comes: a loaded machine is no failure.
public func waitUntil(_ seconds: Double = 60, _ condition: () -> Bool) -> Bool {
    let end = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < end {
        if condition() { return true }
        usleep(10_000)
    }
    return condition()
}

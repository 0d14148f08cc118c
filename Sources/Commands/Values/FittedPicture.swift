import Images
import Language

extension Call {
    /// Returns the middle of a picture in the proportions of `size` (all of it where it has these already), and the same at that size, as a
    /// model sees it. Tells once a session, for each pair of sizes, that something is cut off. Throws a problem at `argument` where the
    /// picture cannot be resized.
    func fitted(_ image: Image, to size: PixelSize, _ argument: String, help: String? = nil) throws -> (part: Image, seen: Image) {
        guard image.size != size else { return (image, image) }
        let rect = image.size.window(of: size)
        if rect.width < image.width || rect.height < image.height {
            let middle = PixelSize(width: rect.width, height: rect.height)
            let text =
                "The picture of \(image.size) pixels is cut to its middle \(middle), the proportions of \(size)\(help.map { "; \($0)" } ?? "").\n"
            let isNew = !context[ToldCuts.self].contains(text)
            context[ToldCuts.self].insert(text)
            if isNew { context.emit(.stream(text)) }
        }
        return try mapped(argument) {
            let part = try image.framed(rect)
            return (part, try part.resized(to: size, .lanczos))
        }
    }

    /// The messages that the session has shown, so that a loop that encodes at every step shows each once.
    private enum ToldCuts: ContextKey {
        static let initial: Set<String> = []
    }
}

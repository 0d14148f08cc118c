/// How far to trust what `inspect_pictures` finds. By the model's own attention: its agreement with a person, measured by Tests/Conformance/presence/agreement.py, whose labels were written before
/// the measure was seen.
enum PresenceAgreement {
    /// Returns a sentence on who found the things: a segmenter by its name, or nil for the model's own attention.
    static func text(foundBy segmenter: String?) -> String {
        segmenter.map {
            "Found by \($0), which knows nothing of the model; how good it is on exact masks stands in stdlib/evaluators/README.md."
        }
            ?? attention
    }

    private static let attention =
        "Agreement with the eye, embedded model, 158 pictures: on trainings that the rule was not chosen on 80 % (kappa .56); "
        + "85 % (.68) of those with attention loss, 71 % (.36) of those without, whose handles look elsewhere. Twins count, unlike doubles do not."
}

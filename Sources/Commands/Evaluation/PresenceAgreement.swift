/// The agreement of `inspect_pictures` with a person, measured by Tests/Conformance/presence/agreement.py, whose labels were written before
/// the measure was seen.
enum PresenceAgreement {
    static let text =
        "Agreement with the eye, embedded model, 158 pictures: on trainings that the rule was not chosen on 80 % (kappa .56); "
        + "85 % (.68) of those with attention loss, 71 % (.36) of those without, whose handles look elsewhere. Twins count, unlike doubles do not."
}

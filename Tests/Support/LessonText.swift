/// Texts of lessons for tests.
public enum LessonText {
    /// The end of a lesson: an exercise with its hint and solution behind a check, and a last step. It is solved where `mine()`
    /// gives 5; `n` is the lesson's own.
    public static func exercise(hint: String) -> String {
        #"""
        # %% Exercise
        #| Make it five.
        fn mine() { n }
        # %% Check
        #| Must be five.
        solution = r"""
        fn mine() { 5 }
        """
        lesson.exercise(fn() { mine() == 5 }, "\#(hint)", solution);
        #| Five it was.
        # %% End
        #| The end.
        """#
    }
}

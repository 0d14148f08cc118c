// What the build knew of the source. A target of its own, so that a new commit compiles this and what asks for it, no more.
#ifndef CBUILD_H
#define CBUILD_H

// The commit that the program was built from, with "-dirty" behind it where the source had changes; "" where it is not known.
const char *bas_commit(void);

#endif

// What the build knew of the source. A target of its own, so that a new commit compiles one file and nothing else.
#ifndef CBUILD_H
#define CBUILD_H

// The commit that the program was built from, with "-dirty" behind it where the source had changes; "" where it is not known.
const char *bas_commit(void);

#endif

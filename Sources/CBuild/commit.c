#include "CBuild.h"

const char *bas_commit(void) { return BAS_COMMIT; }

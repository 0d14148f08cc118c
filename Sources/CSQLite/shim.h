// SQLite, as the system has it.
#pragma once
#include <sqlite3.h>

// A macro with a cast, which Swift does not import: SQLite copies the text.
static inline int bas_bind_text(sqlite3_stmt *statement, int place, const char *text, int length) {
    return sqlite3_bind_text(statement, place, text, length, SQLITE_TRANSIENT);
}

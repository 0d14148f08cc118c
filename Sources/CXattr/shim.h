// Extended attributes of files, which Swift's Glibc module leaves out.
#pragma once
#include <sys/xattr.h>

// cairo reports errors by a status that sticks to the context and never jumps: `Canvas` asks for it.
#include <cairo/cairo-svg.h>
#include <cairo/cairo.h>

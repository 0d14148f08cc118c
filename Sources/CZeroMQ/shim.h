// ZeroMQ, and a descriptor that other threads wake, to be waited for together with its sockets.
#include <sys/eventfd.h>
#include <zmq.h>

// Swift does not see these as numbers.
static const int bas_event_flags = EFD_CLOEXEC | EFD_NONBLOCK;

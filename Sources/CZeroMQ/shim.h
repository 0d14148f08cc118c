// ZeroMQ, and what it is waited for together with: descriptors that other threads and signals wake.
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <zmq.h>

// Swift does not see these as numbers.
static const int bas_event_flags = EFD_CLOEXEC | EFD_NONBLOCK;
static const int bas_signal_flags = SFD_CLOEXEC | SFD_NONBLOCK;

// libzmq's public header. Nothing here is our own: the macros that Swift cannot import are restated in
// Messaging, next to the calls that use them.
#include <zmq.h>

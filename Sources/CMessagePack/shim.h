// msgpack-c's public header: the packer's functions are `static inline` in it, so there is nothing to wrap.
#include <msgpack.h>

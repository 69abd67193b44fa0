// libsodium's public header: SHA-256 for the identity of trials and results.
#include <sodium.h>

#ifndef CORDON_EMBEDDED_NAMES_H
#define CORDON_EMBEDDED_NAMES_H

#include <stddef.h>

/// The pools of names that `Scripts/build-names` writes; their form is described there.
extern const unsigned char cordon_names[];

/// How many bytes `cordon_names` has.
extern const size_t cordon_names_size;

/// The first byte of `cordon_names`: an array without a size cannot be named in Swift.
static inline const unsigned char *cordon_names_start(void) { return cordon_names; }

#endif

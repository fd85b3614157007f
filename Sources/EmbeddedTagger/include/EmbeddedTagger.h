#ifndef CORDON_EMBEDDED_TAGGER_H
#define CORDON_EMBEDDED_TAGGER_H

#include <stddef.h>

/// The model that `cordon train tagger` writes.
extern const unsigned char cordon_tagger[];

/// How many bytes `cordon_tagger` has.
extern const size_t cordon_tagger_size;

/// The first byte of `cordon_tagger`: an array without a size cannot be named in Swift.
static inline const unsigned char *cordon_tagger_start(void) { return cordon_tagger; }

#endif

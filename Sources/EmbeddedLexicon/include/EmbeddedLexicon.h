#ifndef CORDON_EMBEDDED_LEXICON_H
#define CORDON_EMBEDDED_LEXICON_H

#include <stddef.h>

/// The lexicon that `Scripts/build-lexicon` writes; its form is described there.
extern const unsigned char cordon_lexicon[];

/// How many bytes `cordon_lexicon` has.
extern const size_t cordon_lexicon_size;

/// The first byte of `cordon_lexicon`: an array without a size cannot be named in Swift.
static inline const unsigned char *cordon_lexicon_start(void) { return cordon_lexicon; }

#endif

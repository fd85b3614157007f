#include "EmbeddedLexicon.h"

_Alignas(8) const unsigned char cordon_lexicon[] = {
#embed "lexicon.bin"
};

const size_t cordon_lexicon_size = sizeof cordon_lexicon;

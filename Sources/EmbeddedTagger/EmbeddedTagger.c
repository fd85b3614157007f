#include "EmbeddedTagger.h"

_Alignas(8) const unsigned char cordon_tagger[] = {
#embed "tagger.bin"
};

const size_t cordon_tagger_size = sizeof cordon_tagger;

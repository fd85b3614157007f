#include "EmbeddedNames.h"

const unsigned char cordon_names[] = {
#embed "names.txt"
};

const size_t cordon_names_size = sizeof cordon_names;

#pragma once

#include <stddef.h>
#include <stdint.h>

/// How many tags there are: the scores of a word, and the bytes of a row.
#define TAGGER_TAGS 16

// All values are of type float, and 16 of them are the vector that Swift knows as `SIMD16<Float>`.

/// The exponential of each of the 16 values, to about one part in a million; below the logarithm of 2^-126 it is that.
void tagger_exponential(const void *values, void *powers);

/// The numbers of the rows that a word's features have: for each, its place and its value mixed into one hash, of which
/// `mask` tells the bits that count.
///
/// A value is two numbers of 32 bits, the first in the lower half. `rows`, which may be nowhere, are those of the model:
/// they lie anywhere in more memory than a processor keeps at hand, and are asked for while the next word is read.
void tagger_number(const uint64_t *values, size_t features, uint32_t mask, const void *rows, uint32_t *numbers);

/// The scores of words: for each, the sum of the rows that its features number, times `scale`.
///
/// A row is 16 signed bytes. `leads` receives by how much the score of tag 0 is higher than the highest of the others.
void tagger_scores(const void *rows, const uint32_t *features, size_t features_per_word, size_t words, float scale,
                   void *scores, float *leads);

/// How likely each tag is for each word of a stretch, by the forward-backward algorithm.
///
/// The stretch is the `words` words from `first` on; it is entered by tag 0 and may end anywhere. `leaving` and
/// `reaching` are the exponentials of the scores of steps from tag to tag, 16 rows of 16: by the tag left, and by the
/// tag reached. `emissions` is work space for as many values as `marginals` receives.
void tagger_marginals(const void *scores, size_t first, size_t words, const void *leaving, const void *reaching,
                      void *emissions, void *marginals);

/// The same; `steps` receives in 16 rows of 16 how often each step is to be expected. Returns the logarithm of the sum
/// over all taggings.
float tagger_expectations(const void *scores, size_t first, size_t words, const void *leaving, const void *reaching,
                          void *emissions, void *marginals, void *steps);

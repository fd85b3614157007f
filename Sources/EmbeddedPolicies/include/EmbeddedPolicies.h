#ifndef CORDON_EMBEDDED_POLICIES_H
#define CORDON_EMBEDDED_POLICIES_H

#include <stddef.h>

/// The default policies of a hospital, as Cedar text.
extern const unsigned char cordon_policies[];

/// How many bytes `cordon_policies` has.
extern const size_t cordon_policies_size;

/// The schema that they fit, as Cedar text.
extern const unsigned char cordon_policy_schema[];

/// How many bytes `cordon_policy_schema` has.
extern const size_t cordon_policy_schema_size;

/// The first byte of `cordon_policies`: an array without a size cannot be named in Swift.
static inline const unsigned char *cordon_policies_start(void) { return cordon_policies; }

/// The first byte of `cordon_policy_schema`.
static inline const unsigned char *cordon_policy_schema_start(void) { return cordon_policy_schema; }

#endif

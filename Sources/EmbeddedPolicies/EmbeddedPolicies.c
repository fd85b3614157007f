#include "EmbeddedPolicies.h"

const unsigned char cordon_policies[] = {
#embed "hospital.cedar"
};

const size_t cordon_policies_size = sizeof cordon_policies;

const unsigned char cordon_policy_schema[] = {
#embed "hospital.cedarschema"
};

const size_t cordon_policy_schema_size = sizeof cordon_policy_schema;

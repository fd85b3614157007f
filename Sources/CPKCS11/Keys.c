#include "Cryptoki.h"

static CK_BBOOL yes = 1;
static CK_BBOOL no = 0;

#define NUMBER(type, number) {type, &(number), sizeof(number)}
#define FLAG(type, flag) {type, &(flag), sizeof(flag)}
#define BYTES(type, bytes, length) {type, (void *)(bytes), length}

unsigned long cordon_p11_find_keys(
    const cordon_p11_module *module, unsigned long session, unsigned long class, const uint8_t *label,
    size_t label_length, unsigned long *objects, size_t capacity, size_t *count) {
  CK_ATTRIBUTE wanted[] = {NUMBER(CKA_CLASS, class), BYTES(CKA_LABEL, label, label_length), FLAG(CKA_TOKEN, yes)};
  *count = 0;
  CK_RV status = module->FindObjectsInit(session, wanted, COUNT(wanted));
  if (status != CKR_OK) return status;
  while (*count < capacity) {
    CK_ULONG found = 0;
    status = module->FindObjects(session, objects + *count, capacity - *count, &found);
    if (status != CKR_OK || found == 0) break;
    *count += found;
  }
  CK_RV ended = module->FindObjectsFinal(session);
  if (status == CKR_OK) status = ended;
  if (status == CKR_OK && *count >= capacity) return CORDON_P11_TOO_MANY_OBJECTS;
  return status;
}

unsigned long cordon_p11_read_bytes(
    const cordon_p11_module *module, unsigned long session, unsigned long object, unsigned long attribute, uint8_t *out,
    size_t *length) {
  CK_ATTRIBUTE wanted = BYTES(attribute, out, *length);
  size_t room = *length;
  *length = 0;
  CK_RV status = module->GetAttributeValue(session, object, &wanted, 1);
  if (status != CKR_OK) return status;
  if (wanted.length > room) return CORDON_P11_GENERAL_ERROR;
  *length = wanted.length;
  return CKR_OK;
}

unsigned long cordon_p11_read_flag(
    const cordon_p11_module *module, unsigned long session, unsigned long object, unsigned long attribute, int *flag) {
  CK_BBOOL value = 0;
  CK_ATTRIBUTE wanted = FLAG(attribute, value);
  CK_RV status = module->GetAttributeValue(session, object, &wanted, 1);
  *flag = status == CKR_OK && value != 0;
  return status;
}

unsigned long cordon_p11_read_number(
    const cordon_p11_module *module, unsigned long session, unsigned long object, unsigned long attribute,
    unsigned long *number) {
  CK_ATTRIBUTE wanted = NUMBER(attribute, *number);
  return module->GetAttributeValue(session, object, &wanted, 1);
}

unsigned long cordon_p11_write_flag(
    const cordon_p11_module *module, unsigned long session, unsigned long object, unsigned long attribute, int flag) {
  CK_BBOOL value = flag != 0;
  CK_ATTRIBUTE wanted = FLAG(attribute, value);
  return module->SetAttributeValue(session, object, &wanted, 1);
}

unsigned long cordon_p11_generate_aes(
    const cordon_p11_module *module, unsigned long session, int wraps, const uint8_t *label, size_t label_length,
    const uint8_t *id, size_t id_length, unsigned long *key) {
  CK_BBOOL *is_wrapping = wraps ? &yes : &no;
  CK_BBOOL *encrypts = wraps ? &no : &yes;
  CK_ULONG length = 32;
  CK_MECHANISM mechanism = {CKM_AES_KEY_GEN, nullptr, 0};
  CK_ATTRIBUTE attributes[] = {
      NUMBER(CKA_VALUE_LEN, length), BYTES(CKA_LABEL, label, label_length), BYTES(CKA_ID, id, id_length),
      FLAG(CKA_TOKEN, yes), FLAG(CKA_PRIVATE, yes), FLAG(CKA_SENSITIVE, yes), FLAG(CKA_EXTRACTABLE, no),
      FLAG(CKA_ENCRYPT, *encrypts), FLAG(CKA_DECRYPT, *encrypts), FLAG(CKA_WRAP, *is_wrapping),
      FLAG(CKA_UNWRAP, *is_wrapping),
  };
  return module->GenerateKey(session, &mechanism, attributes, COUNT(attributes), key);
}

unsigned long cordon_p11_generate_pair(
    const cordon_p11_module *module, unsigned long session, int is_edwards, const uint8_t *label, size_t label_length,
    const uint8_t *id, size_t id_length, unsigned long *key) {
  // DER: the printable string "edwards25519", as PKCS#11 2.40 errata and 3.0 write it, and the object identifier of P-256.
  static const CK_BYTE edwards[] = {0x13, 0x0C, 'e', 'd', 'w', 'a', 'r', 'd', 's', '2', '5', '5', '1', '9'};
  static const CK_BYTE p256[] = {0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07};
  CK_MECHANISM mechanism = {is_edwards ? CKM_EC_EDWARDS_KEY_PAIR_GEN : CKM_EC_KEY_PAIR_GEN, nullptr, 0};
  CK_ATTRIBUTE curve = BYTES(CKA_EC_PARAMS, is_edwards ? edwards : p256, is_edwards ? sizeof(edwards) : sizeof(p256));
  CK_ATTRIBUTE public_half[] = {
      curve, BYTES(CKA_LABEL, label, label_length), BYTES(CKA_ID, id, id_length), FLAG(CKA_TOKEN, yes),
      FLAG(CKA_VERIFY, yes),
  };
  CK_ATTRIBUTE private_half[] = {
      BYTES(CKA_LABEL, label, label_length), BYTES(CKA_ID, id, id_length), FLAG(CKA_TOKEN, yes),
      FLAG(CKA_PRIVATE, yes), FLAG(CKA_SENSITIVE, yes), FLAG(CKA_EXTRACTABLE, no), FLAG(CKA_SIGN, yes),
  };
  CK_ULONG public_key = 0;
  return module->GenerateKeyPair(
      session, &mechanism, public_half, COUNT(public_half), private_half, COUNT(private_half), &public_key, key);
}

unsigned long cordon_p11_destroy(const cordon_p11_module *module, unsigned long session, unsigned long object) {
  return module->DestroyObject(session, object);
}

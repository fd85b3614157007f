#include "Cryptoki.h"

static CK_BBOOL yes = 1;
static CK_BBOOL no = 0;

unsigned long cordon_p11_gcm(
    const cordon_p11_module *module, unsigned long session, unsigned long key, int encrypts, const uint8_t *nonce,
    size_t nonce_length, const uint8_t *associated, size_t associated_length, const uint8_t *in, size_t in_length,
    uint8_t *out, size_t *out_length) {
  CK_GCM parameters = {
      (CK_BYTE *)nonce, nonce_length, nonce_length * 8, (CK_BYTE *)associated, associated_length, 128,
  };
  CK_MECHANISM mechanism = {CORDON_P11_AES_GCM, &parameters, sizeof(parameters)};
  CK_RV status = (encrypts ? module->EncryptInit : module->DecryptInit)(session, &mechanism, key);
  if (status != CKR_OK) return status;
  CK_ULONG length = *out_length;
  status = (encrypts ? module->Encrypt : module->Decrypt)(session, (CK_BYTE *)in, in_length, out, &length);
  *out_length = status == CKR_OK ? length : 0;
  return status;
}

unsigned long cordon_p11_wrap(
    const cordon_p11_module *module, unsigned long session, unsigned long mechanism, unsigned long key,
    const uint8_t *in, size_t in_length, uint8_t *out, size_t *out_length) {
  CK_ULONG class = CORDON_P11_SECRET_KEY;
  CK_ULONG type = CKK_GENERIC_SECRET;
  CK_ATTRIBUTE attributes[] = {
      {CKA_CLASS, &class, sizeof(class)}, {CKA_KEY_TYPE, &type, sizeof(type)}, {CKA_TOKEN, &no, sizeof(no)},
      {CKA_PRIVATE, &yes, sizeof(yes)}, {CKA_EXTRACTABLE, &yes, sizeof(yes)}, {CKA_VALUE, (void *)in, in_length},
  };
  CK_ULONG secret = 0;
  CK_RV status = module->CreateObject(session, attributes, COUNT(attributes), &secret);
  if (status != CKR_OK) return status;
  CK_MECHANISM how = {mechanism, nullptr, 0};
  CK_ULONG length = *out_length;
  status = module->WrapKey(session, &how, key, secret, out, &length);
  *out_length = status == CKR_OK ? length : 0;
  CK_RV destroyed = module->DestroyObject(session, secret);
  return status == CKR_OK ? destroyed : status;
}

unsigned long cordon_p11_unwrap(
    const cordon_p11_module *module, unsigned long session, unsigned long mechanism, unsigned long key,
    const uint8_t *in, size_t in_length, uint8_t *out, size_t *out_length) {
  CK_ULONG class = CORDON_P11_SECRET_KEY;
  CK_ULONG type = CKK_GENERIC_SECRET;
  CK_ATTRIBUTE attributes[] = {
      {CKA_CLASS, &class, sizeof(class)}, {CKA_KEY_TYPE, &type, sizeof(type)}, {CKA_TOKEN, &no, sizeof(no)},
      {CKA_PRIVATE, &yes, sizeof(yes)}, {CKA_SENSITIVE, &no, sizeof(no)}, {CKA_EXTRACTABLE, &yes, sizeof(yes)},
  };
  CK_MECHANISM how = {mechanism, nullptr, 0};
  CK_ULONG secret = 0;
  CK_RV status = module->UnwrapKey(session, &how, key, (CK_BYTE *)in, in_length, attributes, COUNT(attributes), &secret);
  if (status != CKR_OK) {
    *out_length = 0;
    return status;
  }
  status = cordon_p11_read_bytes(module, session, secret, CKA_VALUE, out, out_length);
  CK_RV destroyed = module->DestroyObject(session, secret);
  return status == CKR_OK ? destroyed : status;
}

unsigned long cordon_p11_sign(
    const cordon_p11_module *module, unsigned long session, unsigned long mechanism, unsigned long key,
    const uint8_t *in, size_t in_length, uint8_t *out, size_t *out_length) {
  CK_MECHANISM how = {mechanism, nullptr, 0};
  CK_RV status = module->SignInit(session, &how, key);
  if (status != CKR_OK) return status;
  CK_ULONG length = *out_length;
  status = module->Sign(session, (CK_BYTE *)in, in_length, out, &length);
  *out_length = status == CKR_OK ? length : 0;
  return status;
}

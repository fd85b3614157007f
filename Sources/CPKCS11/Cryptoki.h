#ifndef CORDON_CRYPTOKI_H
#define CORDON_CRYPTOKI_H

#include "CPKCS11.h"

// The binary interface of OASIS PKCS#11 ("Cryptoki") that Cordon calls, from version 2.40 and unchanged in 3.0 and 3.1:
// every number is an unsigned long, and on Linux structures have the alignment that C gives them (they are packed on
// Windows only). A module hands out one table of functions in an order that never changes; what is not called is unnamed.

typedef unsigned char CK_BYTE;
typedef unsigned char CK_BBOOL;
typedef unsigned long CK_ULONG;
typedef CK_ULONG CK_RV;

typedef struct {
  CK_BYTE major;
  CK_BYTE minor;
} CK_VERSION;

typedef struct {
  void *create_mutex;
  void *destroy_mutex;
  void *lock_mutex;
  void *unlock_mutex;
  CK_ULONG flags;
  void *reserved;
} CK_INITIALIZE_ARGUMENTS;

typedef struct {
  CK_BYTE label[32];
  CK_BYTE manufacturer[32];
  CK_BYTE model[16];
  CK_BYTE serial[16];
  CK_ULONG flags;
  CK_ULONG session_limits[4];
  CK_ULONG pin_lengths[2];
  CK_ULONG memory[4];
  CK_VERSION hardware;
  CK_VERSION firmware;
  CK_BYTE time[16];
} CK_TOKEN;

typedef struct {
  CK_ULONG smallest_key;
  CK_ULONG largest_key;
  CK_ULONG flags;
} CK_MECHANISM_USE;

typedef struct {
  CK_ULONG type;
  void *value;
  CK_ULONG length;
} CK_ATTRIBUTE;

typedef struct {
  CK_ULONG mechanism;
  void *parameter;
  CK_ULONG parameter_length;
} CK_MECHANISM;

typedef struct {
  CK_BYTE *nonce;
  CK_ULONG nonce_length;
  CK_ULONG nonce_bits;
  CK_BYTE *associated;
  CK_ULONG associated_length;
  CK_ULONG tag_bits;
} CK_GCM;

typedef CK_RV (*CK_CRYPT_INIT)(CK_ULONG session, CK_MECHANISM *mechanism, CK_ULONG key);
typedef CK_RV (*CK_CRYPT)(CK_ULONG session, CK_BYTE *in, CK_ULONG in_length, CK_BYTE *out, CK_ULONG *out_length);

struct cordon_p11_module {
  CK_VERSION version;
  CK_RV (*Initialize)(void *arguments);
  CK_RV (*Finalize)(void *reserved);
  void *unused_2[2];
  CK_RV (*GetSlotList)(CK_BBOOL with_token, CK_ULONG *slots, CK_ULONG *count);
  void *unused_5[1];
  CK_RV (*GetTokenInfo)(CK_ULONG slot, CK_TOKEN *token);
  CK_RV (*GetMechanismList)(CK_ULONG slot, CK_ULONG *mechanisms, CK_ULONG *count);
  CK_RV (*GetMechanismInfo)(CK_ULONG slot, CK_ULONG mechanism, CK_MECHANISM_USE *use);
  void *unused_9[3];
  CK_RV (*OpenSession)(CK_ULONG slot, CK_ULONG flags, void *application, void *notify, CK_ULONG *session);
  CK_RV (*CloseSession)(CK_ULONG session);
  void *unused_14[4];
  CK_RV (*Login)(CK_ULONG session, CK_ULONG user, CK_BYTE *pin, CK_ULONG length);
  void *unused_19[1];
  CK_RV (*CreateObject)(CK_ULONG session, CK_ATTRIBUTE *attributes, CK_ULONG count, CK_ULONG *object);
  void *unused_21[1];
  CK_RV (*DestroyObject)(CK_ULONG session, CK_ULONG object);
  void *unused_23[1];
  CK_RV (*GetAttributeValue)(CK_ULONG session, CK_ULONG object, CK_ATTRIBUTE *attributes, CK_ULONG count);
  CK_RV (*SetAttributeValue)(CK_ULONG session, CK_ULONG object, CK_ATTRIBUTE *attributes, CK_ULONG count);
  CK_RV (*FindObjectsInit)(CK_ULONG session, CK_ATTRIBUTE *attributes, CK_ULONG count);
  CK_RV (*FindObjects)(CK_ULONG session, CK_ULONG *objects, CK_ULONG capacity, CK_ULONG *count);
  CK_RV (*FindObjectsFinal)(CK_ULONG session);
  CK_CRYPT_INIT EncryptInit;
  CK_CRYPT Encrypt;
  void *unused_31[2];
  CK_CRYPT_INIT DecryptInit;
  CK_CRYPT Decrypt;
  void *unused_35[7];
  CK_CRYPT_INIT SignInit;
  CK_CRYPT Sign;
  void *unused_44[14];
  CK_RV (*GenerateKey)(
      CK_ULONG session, CK_MECHANISM *mechanism, CK_ATTRIBUTE *attributes, CK_ULONG count, CK_ULONG *key);
  CK_RV (*GenerateKeyPair)(
      CK_ULONG session, CK_MECHANISM *mechanism, CK_ATTRIBUTE *public_attributes, CK_ULONG public_count,
      CK_ATTRIBUTE *private_attributes, CK_ULONG private_count, CK_ULONG *public_key, CK_ULONG *private_key);
  CK_RV (*WrapKey)(
      CK_ULONG session, CK_MECHANISM *mechanism, CK_ULONG wrapping_key, CK_ULONG key, CK_BYTE *out, CK_ULONG *out_length);
  CK_RV (*UnwrapKey)(
      CK_ULONG session, CK_MECHANISM *mechanism, CK_ULONG wrapping_key, CK_BYTE *wrapped, CK_ULONG wrapped_length,
      CK_ATTRIBUTE *attributes, CK_ULONG count, CK_ULONG *key);
  void *unused_62[2];
  CK_RV (*GenerateRandom)(CK_ULONG session, CK_BYTE *out, CK_ULONG length);
  void *unused_65[3];
};

enum {
  CKF_RW_SESSION = 0x2,
  CKF_SERIAL_SESSION = 0x4,
  CKF_OS_LOCKING_OK = 0x2,
  CKF_TOKEN_INITIALIZED = 0x400,
  CKU_USER = 1,
};

enum {
  CKK_EC = 0x3,
  CKK_GENERIC_SECRET = 0x10,
  CKK_AES = 0x1F,
  CKK_EC_EDWARDS = 0x40,
};

enum {
  CKA_CLASS = 0x0,
  CKA_TOKEN = 0x1,
  CKA_PRIVATE = 0x2,
  CKA_LABEL = 0x3,
  CKA_VALUE = 0x11,
  CKA_KEY_TYPE = 0x100,
  CKA_ID = 0x102,
  CKA_SENSITIVE = 0x103,
  CKA_ENCRYPT = 0x104,
  CKA_DECRYPT = 0x105,
  CKA_WRAP = 0x106,
  CKA_UNWRAP = 0x107,
  CKA_SIGN = 0x108,
  CKA_VERIFY = 0x10A,
  CKA_VALUE_LEN = 0x161,
  CKA_EXTRACTABLE = 0x162,
  CKA_EC_PARAMS = 0x180,
};

enum {
  CKM_GENERIC_SECRET_KEY_GEN = 0x350,
  CKM_EC_KEY_PAIR_GEN = 0x1040,
  CKM_EC_EDWARDS_KEY_PAIR_GEN = 0x1055,
  CKM_AES_KEY_GEN = 0x1080,
};

enum {
  CKR_OK = 0x0,
  CKR_BUFFER_TOO_SMALL = 0x150,
  CKR_TOKEN_NOT_PRESENT = 0xE0,
  CKR_USER_ALREADY_LOGGED_IN = 0x100,
  CKR_CRYPTOKI_ALREADY_INITIALIZED = 0x191,
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#endif

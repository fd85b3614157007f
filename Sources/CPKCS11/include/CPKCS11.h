#ifndef CORDON_PKCS11_H
#define CORDON_PKCS11_H

#include <stddef.h>
#include <stdint.h>

// What Cordon asks of a PKCS#11 module, one function for each thing; templates and parameters are laid out behind them.
// A function that gives an `unsigned long` gives the module's own return value, 0 when all went well.

/// A module that is loaded; it stays so until the process ends.
typedef struct cordon_p11_module cordon_p11_module;

/// The values of CKR_… that Cordon tells apart, and two of its own among those that vendors may define.
#define CORDON_P11_HOST_MEMORY 0x02ul
#define CORDON_P11_SLOT_ID_INVALID 0x03ul
#define CORDON_P11_GENERAL_ERROR 0x05ul
#define CORDON_P11_FUNCTION_FAILED 0x06ul
#define CORDON_P11_ATTRIBUTE_READ_ONLY 0x10ul
#define CORDON_P11_ATTRIBUTE_SENSITIVE 0x11ul
#define CORDON_P11_ATTRIBUTE_TYPE_INVALID 0x12ul
#define CORDON_P11_ATTRIBUTE_VALUE_INVALID 0x13ul
#define CORDON_P11_ACTION_PROHIBITED 0x1Bul
#define CORDON_P11_DATA_INVALID 0x20ul
#define CORDON_P11_DATA_LEN_RANGE 0x21ul
#define CORDON_P11_DEVICE_ERROR 0x30ul
#define CORDON_P11_DEVICE_MEMORY 0x31ul
#define CORDON_P11_DEVICE_REMOVED 0x32ul
#define CORDON_P11_ENCRYPTED_DATA_INVALID 0x40ul
#define CORDON_P11_ENCRYPTED_DATA_LEN_RANGE 0x41ul
#define CORDON_P11_AEAD_DECRYPT_FAILED 0x42ul
#define CORDON_P11_FUNCTION_CANCELED 0x50ul
#define CORDON_P11_FUNCTION_NOT_SUPPORTED 0x54ul
#define CORDON_P11_KEY_HANDLE_INVALID 0x60ul
#define CORDON_P11_KEY_SIZE_RANGE 0x62ul
#define CORDON_P11_KEY_TYPE_INCONSISTENT 0x63ul
#define CORDON_P11_KEY_FUNCTION_NOT_PERMITTED 0x68ul
#define CORDON_P11_MECHANISM_INVALID 0x70ul
#define CORDON_P11_MECHANISM_PARAM_INVALID 0x71ul
#define CORDON_P11_OBJECT_HANDLE_INVALID 0x82ul
#define CORDON_P11_OPERATION_ACTIVE 0x90ul
#define CORDON_P11_OPERATION_NOT_INITIALIZED 0x91ul
#define CORDON_P11_PIN_INCORRECT 0xA0ul
#define CORDON_P11_PIN_INVALID 0xA1ul
#define CORDON_P11_PIN_LEN_RANGE 0xA2ul
#define CORDON_P11_PIN_EXPIRED 0xA3ul
#define CORDON_P11_PIN_LOCKED 0xA4ul
#define CORDON_P11_SESSION_CLOSED 0xB0ul
#define CORDON_P11_SESSION_COUNT 0xB1ul
#define CORDON_P11_SESSION_HANDLE_INVALID 0xB3ul
#define CORDON_P11_SESSION_READ_ONLY 0xB5ul
#define CORDON_P11_TEMPLATE_INCOMPLETE 0xD0ul
#define CORDON_P11_TEMPLATE_INCONSISTENT 0xD1ul
#define CORDON_P11_TOKEN_NOT_PRESENT 0xE0ul
#define CORDON_P11_TOKEN_NOT_RECOGNIZED 0xE1ul
#define CORDON_P11_TOKEN_WRITE_PROTECTED 0xE2ul
#define CORDON_P11_USER_NOT_LOGGED_IN 0x101ul
#define CORDON_P11_USER_PIN_NOT_INITIALIZED 0x102ul
#define CORDON_P11_USER_ANOTHER_ALREADY_LOGGED_IN 0x104ul
#define CORDON_P11_WRAPPED_KEY_INVALID 0x110ul
#define CORDON_P11_WRAPPED_KEY_LEN_RANGE 0x112ul
#define CORDON_P11_CRYPTOKI_NOT_INITIALIZED 0x190ul
#define CORDON_P11_TOKEN_AMBIGUOUS 0xC0DE0001ul
#define CORDON_P11_TOO_MANY_OBJECTS 0xC0DE0002ul

/// CKM_…: the mechanisms that keys are used with.
#define CORDON_P11_ECDSA 0x1041ul
#define CORDON_P11_EDDSA 0x1057ul
#define CORDON_P11_AES_GCM 0x1087ul
#define CORDON_P11_AES_KEY_WRAP 0x2109ul
#define CORDON_P11_AES_KEY_WRAP_PAD 0x210Aul

/// CKF_…: what a mechanism can be used for.
#define CORDON_P11_CAN_ENCRYPT 0x100ul
#define CORDON_P11_CAN_DECRYPT 0x200ul
#define CORDON_P11_CAN_SIGN 0x800ul
#define CORDON_P11_CAN_WRAP 0x20000ul
#define CORDON_P11_CAN_UNWRAP 0x40000ul

/// CKO_…: classes of objects.
#define CORDON_P11_PUBLIC_KEY 2ul
#define CORDON_P11_PRIVATE_KEY 3ul
#define CORDON_P11_SECRET_KEY 4ul

/// CKK_…: types of keys that sign.
#define CORDON_P11_EC 0x3ul
#define CORDON_P11_EC_EDWARDS 0x40ul

/// CKA_…: attributes that are read or written by themselves.
#define CORDON_P11_VALUE 0x11ul
#define CORDON_P11_ID 0x102ul
#define CORDON_P11_KEY_TYPE 0x100ul
#define CORDON_P11_SENSITIVE 0x103ul
#define CORDON_P11_ENCRYPT 0x104ul
#define CORDON_P11_DECRYPT 0x105ul
#define CORDON_P11_WRAP 0x106ul
#define CORDON_P11_UNWRAP 0x107ul
#define CORDON_P11_SIGN 0x108ul
#define CORDON_P11_VALUE_LEN 0x161ul
#define CORDON_P11_EXTRACTABLE 0x162ul
#define CORDON_P11_EC_POINT 0x181ul

/// Loads the module at `path`; when it gives null, `reason` is 1 when the library cannot be loaded, 2 when it is no
/// PKCS#11 module, 3 when its version is not 2 or a function is missing.
const cordon_p11_module *cordon_p11_open(const char *path, int *reason);

/// Starts the module for threads of the operating system; one that was started already is taken as it is.
unsigned long cordon_p11_initialize(const cordon_p11_module *module);

/// Ends the module: its sessions are gone; no other call may be under way.
unsigned long cordon_p11_finalize(const cordon_p11_module *module);

/// Finds the one slot whose token has this label and this serial number; an empty one fits every token.
unsigned long cordon_p11_find_slot(
    const cordon_p11_module *module, const uint8_t *label, size_t label_length, const uint8_t *serial,
    size_t serial_length, unsigned long *slot);

/// What the slot's token can use a mechanism for: 0 when it does not have it.
unsigned long cordon_p11_mechanism_flags(
    const cordon_p11_module *module, unsigned long slot, unsigned long mechanism, unsigned long *flags);

/// Opens a session that may write.
unsigned long cordon_p11_open_session(const cordon_p11_module *module, unsigned long slot, unsigned long *session);

unsigned long cordon_p11_close_session(const cordon_p11_module *module, unsigned long session);

/// Logs the user in, for all sessions; a user who is logged in already is well.
unsigned long cordon_p11_login(
    const cordon_p11_module *module, unsigned long session, const uint8_t *pin, size_t pin_length);

unsigned long cordon_p11_random(const cordon_p11_module *module, unsigned long session, uint8_t *out, size_t length);

/// Finds the keys of one class that have this label, fewer than `capacity`.
unsigned long cordon_p11_find_keys(
    const cordon_p11_module *module, unsigned long session, unsigned long class, const uint8_t *label,
    size_t label_length, unsigned long *objects, size_t capacity, size_t *count);

/// Reads an attribute that is bytes; `length` is the room there is, then the length it has.
unsigned long cordon_p11_read_bytes(
    const cordon_p11_module *module, unsigned long session, unsigned long object, unsigned long attribute, uint8_t *out,
    size_t *length);

/// Reads an attribute that is true or false.
unsigned long cordon_p11_read_flag(
    const cordon_p11_module *module, unsigned long session, unsigned long object, unsigned long attribute, int *flag);

/// Reads an attribute that is a number.
unsigned long cordon_p11_read_number(
    const cordon_p11_module *module, unsigned long session, unsigned long object, unsigned long attribute,
    unsigned long *number);

/// Writes an attribute that is true or false.
unsigned long cordon_p11_write_flag(
    const cordon_p11_module *module, unsigned long session, unsigned long object, unsigned long attribute, int flag);

/// Makes a 256-bit AES key that stays in the token and cannot be read. It wraps and unwraps, or encrypts and decrypts,
/// never both: who may do both can wrap another key and decrypt it.
unsigned long cordon_p11_generate_aes(
    const cordon_p11_module *module, unsigned long session, int wraps, const uint8_t *label, size_t label_length,
    const uint8_t *id, size_t id_length, unsigned long *key);

/// Makes a key pair for signatures, whose private half stays in the token and cannot be read: Ed25519, or on P-256.
unsigned long cordon_p11_generate_pair(
    const cordon_p11_module *module, unsigned long session, int is_edwards, const uint8_t *label, size_t label_length,
    const uint8_t *id, size_t id_length, unsigned long *key);

unsigned long cordon_p11_destroy(const cordon_p11_module *module, unsigned long session, unsigned long object);

/// AES-GCM with a tag of 16 bytes at the end; `out_length` is the room there is, then what was written.
unsigned long cordon_p11_gcm(
    const cordon_p11_module *module, unsigned long session, unsigned long key, int encrypts, const uint8_t *nonce,
    size_t nonce_length, const uint8_t *associated, size_t associated_length, const uint8_t *in, size_t in_length,
    uint8_t *out, size_t *out_length);

/// Wraps bytes by way of a secret object that lives for this call only.
unsigned long cordon_p11_wrap(
    const cordon_p11_module *module, unsigned long session, unsigned long mechanism, unsigned long key,
    const uint8_t *in, size_t in_length, uint8_t *out, size_t *out_length);

/// Unwraps bytes by way of a secret object that lives for this call only.
unsigned long cordon_p11_unwrap(
    const cordon_p11_module *module, unsigned long session, unsigned long mechanism, unsigned long key,
    const uint8_t *in, size_t in_length, uint8_t *out, size_t *out_length);

/// Signs by CKM_EDDSA (the message) or CKM_ECDSA (its digest); `out_length` is the room there is, then what was written.
unsigned long cordon_p11_sign(
    const cordon_p11_module *module, unsigned long session, unsigned long mechanism, unsigned long key,
    const uint8_t *in, size_t in_length, uint8_t *out, size_t *out_length);

#endif

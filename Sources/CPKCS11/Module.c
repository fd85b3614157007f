#include "Cryptoki.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define AT(place, name)                                                                    \
  static_assert(                                                                           \
      offsetof(struct cordon_p11_module, name) == ((place) + 1) * sizeof(void *),          \
      #name " is at its place in the table")

AT(0, Initialize);
AT(1, Finalize);
AT(4, GetSlotList);
AT(6, GetTokenInfo);
AT(7, GetMechanismList);
AT(8, GetMechanismInfo);
AT(12, OpenSession);
AT(13, CloseSession);
AT(18, Login);
AT(20, CreateObject);
AT(22, DestroyObject);
AT(24, GetAttributeValue);
AT(25, SetAttributeValue);
AT(26, FindObjectsInit);
AT(27, FindObjects);
AT(28, FindObjectsFinal);
AT(29, EncryptInit);
AT(30, Encrypt);
AT(33, DecryptInit);
AT(34, Decrypt);
AT(42, SignInit);
AT(43, Sign);
AT(58, GenerateKey);
AT(59, GenerateKeyPair);
AT(60, WrapKey);
AT(61, UnwrapKey);
AT(64, GenerateRandom);
static_assert(sizeof(struct cordon_p11_module) == 69 * sizeof(void *), "a version and 68 functions");
static_assert(sizeof(CK_TOKEN) == 208 && sizeof(CK_ATTRIBUTE) == 24 && sizeof(CK_GCM) == 48, "the layout of LP64");

static int is_whole(const cordon_p11_module *module) {
  void *places[68];
  memcpy(places, &module->Initialize, sizeof(places));
  for (size_t place = 0; place < COUNT(places); place++) {
    if (!places[place]) return 0;
  }
  return 1;
}

// At its end a process tears the libraries down while other threads still run. A module that is being finalised then is
// waited for, and none is finalised afterwards.
static pthread_mutex_t finalising = PTHREAD_MUTEX_INITIALIZER;
static int process_ends = 0;

static void wait_for_finalising(void) {
  pthread_mutex_lock(&finalising);
  process_ends = 1;
  pthread_mutex_unlock(&finalising);
}

// Called when the library is loaded, so that what the library itself does at the end comes later.
static void watch_for_end(void) { atexit(wait_for_finalising); }

const cordon_p11_module *cordon_p11_open(const char *path, int *reason) {
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    *reason = 1;
    return nullptr;
  }
  CK_RV (*get_table)(cordon_p11_module **) =
      (CK_RV (*)(cordon_p11_module **))dlsym(library, "C_GetFunctionList");
  cordon_p11_module *module = nullptr;
  if (!get_table || get_table(&module) != CKR_OK || !module) {
    *reason = 2;
    dlclose(library);
    return nullptr;
  }
  // A module that also speaks version 3 gives a table of version 2 here.
  if (module->version.major != 2 || !is_whole(module)) {
    *reason = 3;
    dlclose(library);
    return nullptr;
  }
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, watch_for_end);
  *reason = 0;
  return module;
}

unsigned long cordon_p11_initialize(const cordon_p11_module *module) {
  CK_INITIALIZE_ARGUMENTS arguments = {.flags = CKF_OS_LOCKING_OK};
  CK_RV status = module->Initialize(&arguments);
  return status == CKR_CRYPTOKI_ALREADY_INITIALIZED ? CKR_OK : status;
}

unsigned long cordon_p11_finalize(const cordon_p11_module *module) {
  pthread_mutex_lock(&finalising);
  CK_RV status = process_ends ? CKR_OK : module->Finalize(nullptr);
  pthread_mutex_unlock(&finalising);
  return status;
}

// Texts in a token are padded with blanks.
static int is_text(const CK_BYTE *padded, size_t room, const uint8_t *text, size_t length) {
  if (length == 0) return 1;
  if (length > room || memcmp(padded, text, length) != 0) return 0;
  for (size_t place = length; place < room; place++) {
    if (padded[place] != ' ' && padded[place] != 0) return 0;
  }
  return 1;
}

unsigned long cordon_p11_find_slot(
    const cordon_p11_module *module, const uint8_t *label, size_t label_length, const uint8_t *serial,
    size_t serial_length, unsigned long *slot) {
  CK_ULONG slots[64];
  CK_ULONG count = COUNT(slots);
  CK_RV status = module->GetSlotList(1, slots, &count);
  if (status != CKR_OK) return status == CKR_BUFFER_TOO_SMALL ? CORDON_P11_TOO_MANY_OBJECTS : status;
  size_t found = 0;
  for (CK_ULONG place = 0; place < count; place++) {
    CK_TOKEN token;
    memset(&token, 0, sizeof(token));
    if (module->GetTokenInfo(slots[place], &token) != CKR_OK || !(token.flags & CKF_TOKEN_INITIALIZED)) continue;
    if (!is_text(token.label, sizeof(token.label), label, label_length)) continue;
    if (!is_text(token.serial, sizeof(token.serial), serial, serial_length)) continue;
    *slot = slots[place];
    found++;
  }
  if (found == 0) return CKR_TOKEN_NOT_PRESENT;
  return found == 1 ? CKR_OK : CORDON_P11_TOKEN_AMBIGUOUS;
}

unsigned long cordon_p11_mechanism_flags(
    const cordon_p11_module *module, unsigned long slot, unsigned long mechanism, unsigned long *flags) {
  CK_ULONG mechanisms[1024];
  CK_ULONG count = COUNT(mechanisms);
  *flags = 0;
  CK_RV status = module->GetMechanismList(slot, mechanisms, &count);
  if (status != CKR_OK) return status == CKR_BUFFER_TOO_SMALL ? CORDON_P11_TOO_MANY_OBJECTS : status;
  for (CK_ULONG place = 0; place < count; place++) {
    if (mechanisms[place] != mechanism) continue;
    CK_MECHANISM_USE use = {0, 0, 0};
    status = module->GetMechanismInfo(slot, mechanism, &use);
    if (status == CKR_OK) *flags = use.flags;
    return status;
  }
  return CKR_OK;
}

unsigned long cordon_p11_open_session(const cordon_p11_module *module, unsigned long slot, unsigned long *session) {
  return module->OpenSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, nullptr, nullptr, session);
}

unsigned long cordon_p11_close_session(const cordon_p11_module *module, unsigned long session) {
  return module->CloseSession(session);
}

unsigned long cordon_p11_login(
    const cordon_p11_module *module, unsigned long session, const uint8_t *pin, size_t pin_length) {
  CK_RV status = module->Login(session, CKU_USER, (CK_BYTE *)pin, pin_length);
  return status == CKR_USER_ALREADY_LOGGED_IN ? CKR_OK : status;
}

unsigned long cordon_p11_random(const cordon_p11_module *module, unsigned long session, uint8_t *out, size_t length) {
  return module->GenerateRandom(session, out, length);
}

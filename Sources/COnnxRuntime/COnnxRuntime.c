#include "COnnxRuntime.h"

#include <dlfcn.h>

#define AT(place, name) \
  static_assert(offsetof(OrtApi, name) == (place) * sizeof(void *), #name " is at its place in the table")

AT(1, GetErrorCode);
AT(2, GetErrorMessage);
AT(3, CreateEnv);
AT(6, DisableTelemetryEvents);
AT(7, CreateSession);
AT(9, Run);
AT(10, CreateSessionOptions);
AT(22, SetSessionLogSeverityLevel);
AT(23, SetSessionGraphOptimizationLevel);
AT(24, SetIntraOpNumThreads);
AT(25, SetInterOpNumThreads);
AT(30, SessionGetInputCount);
AT(31, SessionGetOutputCount);
AT(33, SessionGetInputTypeInfo);
AT(34, SessionGetOutputTypeInfo);
AT(36, SessionGetInputName);
AT(37, SessionGetOutputName);
AT(49, CreateTensorWithDataAsOrtValue);
AT(51, GetTensorMutableData);
AT(55, CastTypeInfoToTensorInfo);
AT(60, GetTensorElementType);
AT(61, GetDimensionsCount);
AT(62, GetDimensions);
AT(65, GetTensorTypeAndShape);
AT(69, CreateCpuMemoryInfo);
AT(76, AllocatorFree);
AT(78, GetAllocatorWithDefaultOptions);
AT(92, ReleaseEnv);
AT(93, ReleaseStatus);
AT(94, ReleaseMemoryInfo);
AT(95, ReleaseSession);
AT(96, ReleaseValue);
AT(98, ReleaseTypeInfo);
AT(99, ReleaseTensorTypeAndShapeInfo);
AT(100, ReleaseSessionOptions);
static_assert(sizeof(OrtApi) == 101 * sizeof(void *), "the table ends with its first version");

typedef struct {
  const OrtApi *(*GetApi)(uint32_t version);
  const char *(*GetVersionString)(void);
} OrtApiBase;

static int is_whole(const OrtApi *api) {
  void *const *places = (void *const *)api;
  for (size_t place = 0; place < sizeof(OrtApi) / sizeof(void *); place++) {
    if (!places[place]) return 0;
  }
  return 1;
}

const OrtApi *cordon_onnx_open(const char *path, int *reason) {
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    *reason = 1;
    return NULL;
  }
  const OrtApiBase *(*get_base)(void) = (const OrtApiBase *(*)(void))dlsym(library, "OrtGetApiBase");
  const OrtApiBase *base = get_base ? get_base() : NULL;
  if (!base) {
    *reason = 2;
    dlclose(library);
    return NULL;
  }
  const OrtApi *api = base->GetApi(CORDON_ONNX_API_VERSION);
  if (!api || !is_whole(api)) {
    *reason = api ? 4 : 3;
    dlclose(library);
    return NULL;
  }
  *reason = 0;
  return api;
}

#ifndef CORDON_ONNX_RUNTIME_H
#define CORDON_ONNX_RUNTIME_H

#include <stddef.h>
#include <stdint.h>

// The part of ONNX Runtime's C interface that Cordon calls, declared here so that nothing is linked with it. The library
// hands out a table of functions whose first 101 places are those of its first version and never change; places that are
// not called are unnamed. Constants carry the values that the interface gives them.

/// The version of the table that is asked for: the first whose runtime reads 4-bit weights.
#define CORDON_ONNX_API_VERSION 17

#define CORDON_ONNX_LOG_FATAL 4
#define CORDON_ONNX_OPTIMIZE_ALL 99
#define CORDON_ONNX_ARENA_ALLOCATOR 1
#define CORDON_ONNX_DEFAULT_MEMORY 0
#define CORDON_ONNX_FLOAT 1
#define CORDON_ONNX_INT64 7

typedef struct OrtEnv OrtEnv;
typedef struct OrtStatus OrtStatus;
typedef struct OrtMemoryInfo OrtMemoryInfo;
typedef struct OrtSession OrtSession;
typedef struct OrtSessionOptions OrtSessionOptions;
typedef struct OrtRunOptions OrtRunOptions;
typedef struct OrtValue OrtValue;
typedef struct OrtTypeInfo OrtTypeInfo;
typedef struct OrtTensorTypeAndShapeInfo OrtTensorTypeAndShapeInfo;
typedef struct OrtAllocator OrtAllocator;

/// The table; a status that is not null says that a call failed, and is to be released.
typedef struct OrtApi {
  void *unused_0[1];
  int (*GetErrorCode)(const OrtStatus *status);
  const char *(*GetErrorMessage)(const OrtStatus *status);
  OrtStatus *(*CreateEnv)(int level, const char *name, OrtEnv **out);
  void *unused_4[2];
  OrtStatus *(*DisableTelemetryEvents)(const OrtEnv *env);
  OrtStatus *(*CreateSession)(const OrtEnv *env, const char *path, const OrtSessionOptions *options, OrtSession **out);
  void *unused_8[1];
  OrtStatus *(*Run)(
      OrtSession *session, const OrtRunOptions *options, const char *const *input_names, const OrtValue *const *inputs,
      size_t input_count, const char *const *output_names, size_t output_count, OrtValue **outputs);
  OrtStatus *(*CreateSessionOptions)(OrtSessionOptions **out);
  void *unused_11[11];
  OrtStatus *(*SetSessionLogSeverityLevel)(OrtSessionOptions *options, int level);
  OrtStatus *(*SetSessionGraphOptimizationLevel)(OrtSessionOptions *options, int level);
  OrtStatus *(*SetIntraOpNumThreads)(OrtSessionOptions *options, int count);
  OrtStatus *(*SetInterOpNumThreads)(OrtSessionOptions *options, int count);
  void *unused_26[4];
  OrtStatus *(*SessionGetInputCount)(const OrtSession *session, size_t *out);
  OrtStatus *(*SessionGetOutputCount)(const OrtSession *session, size_t *out);
  void *unused_32[1];
  OrtStatus *(*SessionGetInputTypeInfo)(const OrtSession *session, size_t index, OrtTypeInfo **out);
  OrtStatus *(*SessionGetOutputTypeInfo)(const OrtSession *session, size_t index, OrtTypeInfo **out);
  void *unused_35[1];
  OrtStatus *(*SessionGetInputName)(const OrtSession *session, size_t index, OrtAllocator *allocator, char **out);
  OrtStatus *(*SessionGetOutputName)(const OrtSession *session, size_t index, OrtAllocator *allocator, char **out);
  void *unused_38[11];
  OrtStatus *(*CreateTensorWithDataAsOrtValue)(
      const OrtMemoryInfo *memory, void *elements, size_t byte_count, const int64_t *shape, size_t shape_count, int type,
      OrtValue **out);
  void *unused_50[1];
  OrtStatus *(*GetTensorMutableData)(OrtValue *value, void **out);
  void *unused_52[3];
  OrtStatus *(*CastTypeInfoToTensorInfo)(const OrtTypeInfo *type, const OrtTensorTypeAndShapeInfo **out);
  void *unused_56[4];
  OrtStatus *(*GetTensorElementType)(const OrtTensorTypeAndShapeInfo *shape, int *out);
  OrtStatus *(*GetDimensionsCount)(const OrtTensorTypeAndShapeInfo *shape, size_t *out);
  OrtStatus *(*GetDimensions)(const OrtTensorTypeAndShapeInfo *shape, int64_t *out, size_t count);
  void *unused_63[2];
  OrtStatus *(*GetTensorTypeAndShape)(const OrtValue *value, OrtTensorTypeAndShapeInfo **out);
  void *unused_66[3];
  OrtStatus *(*CreateCpuMemoryInfo)(int allocator, int memory, OrtMemoryInfo **out);
  void *unused_70[6];
  OrtStatus *(*AllocatorFree)(OrtAllocator *allocator, void *memory);
  void *unused_77[1];
  OrtStatus *(*GetAllocatorWithDefaultOptions)(OrtAllocator **out);
  void *unused_79[13];
  void (*ReleaseEnv)(OrtEnv *env);
  void (*ReleaseStatus)(OrtStatus *status);
  void (*ReleaseMemoryInfo)(OrtMemoryInfo *memory);
  void (*ReleaseSession)(OrtSession *session);
  void (*ReleaseValue)(OrtValue *value);
  void *unused_97[1];
  void (*ReleaseTypeInfo)(OrtTypeInfo *type);
  void (*ReleaseTensorTypeAndShapeInfo)(OrtTensorTypeAndShapeInfo *shape);
  void (*ReleaseSessionOptions)(OrtSessionOptions *options);
} OrtApi;

/// Loads the library at `path` for as long as the process lives, and gives its table.
///
/// Null when there is no such library, when it is not ONNX Runtime, or when it does not know the version; `reason` then
/// says which: 1 not loaded, 2 not ONNX Runtime, 3 too old, 4 a place of the table is empty.
const OrtApi *cordon_onnx_open(const char *path, int *reason);

#endif

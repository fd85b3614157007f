#pragma once

#include "CRC32C.h"
#include "SHA256Pair.h"

"""Whether every async function of the executable stays in the context that is allocated for it."""

import platform
import shutil
import subprocess

import pytest
from async_contexts import reaching_past
from paths import CORDON

pytestmark = pytest.mark.skipif(
    platform.machine() != "x86_64" or not shutil.which("objdump"), reason="reads x86-64 code by objdump"
)

# The vector has its place behind 48 bytes: a multiple of 16 and not of 32.
FAULT = """
struct Triple { var a = SIMD2<UInt64>(1, 2), b = SIMD2<UInt64>(3, 4), c = SIMD2<UInt64>(5, 6) }
final class Box: @unchecked Sendable { var vector = SIMD4<UInt64>(1, 2, 3, 4) }
@inline(never) func pause() async { await Task.yield() }
@inline(never) func touch(_ triple: inout Triple, _ number: Int) -> Int {
  triple.a[0] &+= UInt64(number)
  triple.c[1] ^= triple.a[0]
  return number &* 3
}
@inline(never) func frame(_ number: Int, _ box: Box) async -> Int {
  var triple = Triple()
  let first = touch(&triple, number)
  let vector = box.vector
  await pause()
  let second = touch(&triple, first)
  await pause()
  let third = touch(&triple, second)
  box.vector = vector &+ box.vector
  await pause()
  return first &+ second &+ third
}
@main enum Main {
  static func main() async { print(await frame(1, Box())) }
}
"""


@pytest.mark.parametrize("executable", ["cordon", "cordonPackageTests.xctest"])
def test_no_async_function_reaches_past_its_context(executable):
    assert reaching_past(CORDON.with_name(executable)) == {}


def test_a_function_that_does_is_found(tmp_path):
    """When a later compiler makes this right, what is written around it can go: `DigestWords`."""
    source, program = tmp_path / "fault.swift", tmp_path / "fault"
    source.write_text(FAULT)
    subprocess.run(["swiftc", "-O", "-parse-as-library", source, "-o", program], check=True)
    assert [name for name in reaching_past(program) if "5frame" in name]

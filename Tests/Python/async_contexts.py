"""Finds async functions that reach past the context that is allocated for them, in an executable for x86-64 Linux.

Swift 6.3 lays the frame of an async function out with 16 as the highest alignment, and emits it with the alignment that
its vectors have. Where a vector of 32 bytes or more is alive across an `await`, the frame may end behind the context
that was allocated (https://github.com/swiftlang/swift/issues/91639, and what mends it:
https://github.com/swiftlang/llvm-project/pull/14048).

How large a context is allocated stands in the async function pointer (`...Tu`). The function is split at its waits: the
entry and what resumes itself (`...TY1_`) begin with the context in r14, what resumes after a call (`...TQ1_`) with the
context of the function that was called, whose first word is the own one
(https://github.com/swiftlang/swift/blob/main/docs/ABI/Mangling.rst). What each register and stack slot holds of the
context is followed through every part, and each access to it is held against the size.
"""

import re
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path

OWN, CALLED = "own", "called"
# What a place holds: an address in the own context with its distance, or the called function's context.
State = dict[object, tuple[str, int]]
Instruction = tuple[int, str, list[str]]

MEMORY = re.compile(r"(-?0x[0-9a-f]+)?\(%(\w+)\)")
PART = re.compile(r"(.*)T([YQ])\d*_")
CLOBBERED = ("rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11")
NARROW = {f"{prefix}{name}": f"r{name}" for name in ("ax", "bx", "cx", "dx", "si", "di", "bp", "sp") for prefix in "re"}
NARROW |= {f"{name}{half}": f"r{name}x" for name in "abcd" for half in "lhx"}
NARROW |= {f"{name}{end}": f"r{name}" for name in ("si", "di", "bp", "sp") for end in ("", "l")}
NARROW |= {f"r{number}{width}": f"r{number}" for number in range(8, 16) for width in ("", "d", "w", "b")}


def reaching_past(executable: Path) -> dict[str, int]:
    """The async functions, by mangled name, that access their context behind its end, with its size."""
    functions, sizes = _symbols(executable)
    parts = {}
    for address, (length, name) in functions.items():
        part = PART.fullmatch(name)
        base, start = (part[1], CALLED if part[2] == "Q" else OWN) if part else (name, OWN)
        if base in sizes:
            parts[address] = (address + length, base, start)
    found = {}
    for address, instructions in _disassembled(executable, {address: part[0] for address, part in parts.items()}):
        _, base, start = parts[address]
        if base not in found and _reach(instructions, start) > sizes[base]:
            found[base] = sizes[base]
    return found


def _symbols(executable: Path) -> tuple[dict[int, tuple[int, str]], dict[str, int]]:
    """The functions with address, length and name, and the size of the context of those that are async."""
    content = executable.read_bytes()
    (table,), (width, count) = struct.unpack_from("<Q", content, 32), struct.unpack_from("<HH", content, 54)
    segments = [struct.unpack_from("<IIQQQQ", content, table + index * width) for index in range(count)]
    functions, sizes = {}, {}
    listed = _output("nm", "--print-size", "--defined-only", executable)
    for address, length, kind, name in (line.split() for line in listed if line.count(" ") == 3):
        place = int(address, 16)
        if kind in "tTwW":
            functions[place] = (int(length, 16), name)
        elif name.endswith("Tu"):
            for _, _, offset, start, _, size in (segment for segment in segments if segment[0] == 1):
                if start <= place < start + size:
                    sizes[name[:-2]] = struct.unpack_from("<I", content, offset + place - start + 4)[0]
    return functions, sizes


def _output(*command: object) -> Iterator[str]:
    with subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE, text=True) as process:
        yield from (line.rstrip("\n") for line in process.stdout)
    assert process.returncode == 0, command


def _disassembled(executable: Path, ends: dict[int, int]) -> Iterator[tuple[int, list[Instruction]]]:
    """The instructions of each function that begins at one of these addresses."""
    current, instructions = None, []
    for line in _output("objdump", "--disassemble", "--no-show-raw-insn", executable):
        place, colon, text = line.partition(":")
        if not line.startswith(" ") or not colon:
            continue
        address = int(place, 16)
        if current is not None and address >= ends[current]:
            yield current, instructions
            current = None
        if address in ends:
            current, instructions = address, []
        words = re.split(r"\s+", re.split("[#<]", text)[0].strip(), maxsplit=1)
        if current is not None and words[0]:
            operands = re.split(r",(?![^(]*\))", words[1].strip()) if len(words) > 1 else []
            instructions.append((address, words[0], operands))
    if current is not None:
        yield current, instructions


def _reach(instructions: list[Instruction], start: str) -> int:
    """How far into its context a part of a function goes."""
    index = {address: place for place, (address, _, _) in enumerate(instructions)}
    known: dict[int, State] = {0: {"r14": (start, 0)}}
    waiting, reach = [0], 0
    while waiting:
        place = waiting.pop()
        _, name, operands = instructions[place]
        state = dict(known[place])
        for operand in operands if not name.startswith(("lea", "nop")) else []:
            if (memory := _memory(operand)) and state.get(memory[0], ("",))[0] == OWN:
                reach = max(reach, state[memory[0]][1] + memory[1] + 1)
        _step(state, name, operands)
        following = [] if name in ("jmp", "ret", "ud2") else [place + 1]
        if name.startswith("j") and operands and re.fullmatch("[0-9a-f]+", operands[0]):
            following += [index[int(operands[0], 16)]] if int(operands[0], 16) in index else []
        for next_place in following:
            if next_place >= len(instructions):
                continue
            before = known.get(next_place)
            both = state if before is None else {key: value for key, value in before.items() if state.get(key) == value}
            if both != before:
                known[next_place] = dict(both)
                waiting.append(next_place)
    return reach


def _memory(operand: str) -> tuple[str, int] | None:
    found = MEMORY.fullmatch(operand)
    return (NARROW.get(found[2], found[2]), int(found[1] or "0", 16)) if found else None


def _step(state: State, name: str, operands: list[str]) -> None:
    """What the places hold after an instruction; what is not followed holds nothing."""
    if name == "call":
        for register in CLOBBERED:
            state.pop(register, None)
        return
    if not operands or name.startswith(("j", "cmp", "test", "nop", "bt ")):
        return
    source, target = operands[0], operands[-1]
    value = None
    if name == "mov" and source.startswith("%r"):
        value = state.get(source[1:])
    elif name == "mov" and (memory := _memory(source)):
        value = state.get(memory)
        if state.get(memory[0]) == (CALLED, 0) and memory[1] == 0:
            value = (OWN, 0)
    elif name == "lea" and (memory := _memory(source)) and state.get(memory[0], ("",))[0] == OWN:
        value = (OWN, state[memory[0]][1] + memory[1])
    elif name in ("add", "sub") and source.startswith("$0x") and state.get(target[1:], ("",))[0] == OWN:
        distance = int(source[1:], 16) - (1 << 64 if int(source[1:], 16) >> 63 else 0)
        value = (OWN, state[target[1:]][1] + (distance if name == "add" else -distance))
    key = _memory(target) or NARROW.get(target[1:], target)
    moved = "rsp" if name in ("push", "pop") else key
    for slot in [slot for slot in state if isinstance(slot, tuple) and slot[0] == moved]:
        del state[slot]
    if name == "push":
        return
    state.pop(key, None)
    if value and (isinstance(key, str) or key[0] in ("rbp", "rsp")):
        state[key] = value

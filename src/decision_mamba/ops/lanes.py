"""Sixteen neighbouring numbers at a time, for kernels that Numba compiles.

Numba turns a loop over an array into vector instructions where it can prove that nothing
overlaps, and keeps little in registers. Here the sixteen are a value like any other: `a * b + c`
on three of them is one instruction where the processor has registers of 512 bits, and two or four
where they are shorter.

    chosen = first(count)                          which lanes are inside the array
    x = load(tag, address, index, chosen)          from memory; the others are zero
    store(tag, address, index, chosen, x * x)      to memory; the others are left alone

Memory is named by an address and an index in numbers, so that one compiled kernel serves tensors
whose rows lie apart. `tag` is a NumPy scalar whose type says how the numbers lie there: float32,
float64, or uint16 for the bits of bfloat16, which is computed with in float32. What is compiled
with these must be so by `compiled_in_order`: other flags would undo the roundings.
"""

import operator
from typing import Any, no_type_check

from llvmlite import ir
from numba.core import cgutils, types
from numba.core.typing.templates import AbstractTemplate, infer_global, signature
from numba.extending import intrinsic, lower_builtin, models, register_model

COUNT = 16

_BIT, _HALF, _WORD = ir.IntType(1), ir.IntType(16), ir.IntType(32)
_BITS, _HALVES, _WORDS = (ir.VectorType(part, COUNT) for part in (_BIT, _HALF, _WORD))

# A product and the sum that takes it may become one instruction; the sign of zero is nobody's.
_FLAGS = ("contract", "nsz")


class Lanes(types.Type):
    """Numba's type of sixteen numbers."""

    def __init__(self, dtype: Any) -> None:
        self.dtype = dtype
        super().__init__(name=f"Lanes({dtype})")


class Chosen(types.Type):
    """Numba's type of sixteen answers to whether a lane is meant."""

    def __init__(self) -> None:
        super().__init__(name="Chosen")


@register_model(Lanes)
class _LanesModel(models.PrimitiveModel):
    @no_type_check
    def __init__(self, manager, lanes):
        super().__init__(manager, lanes, _vector(lanes.dtype))


@register_model(Chosen)
class _ChosenModel(models.PrimitiveModel):
    @no_type_check
    def __init__(self, manager, chosen):
        super().__init__(manager, chosen, _BITS)


@intrinsic
@no_type_check
def first(_context, count):
    """The first `count` lanes."""

    def generate(_target, builder, _signature, arguments):
        order = ir.Constant(_WORDS, list(range(COUNT)))
        return builder.icmp_signed("<", order, _spread(builder, builder.trunc(arguments[0], _WORD)))

    return Chosen()(types.intp), generate


@intrinsic
@no_type_check
def load(_context, tag, address, index, chosen):
    """The lanes that lie from `index` on; zero where not chosen."""

    def generate(_target, builder, _signature, arguments):
        _, at, offset, mask = arguments
        memory, name = _in_memory(tag)
        pointer = _pointer(builder, at, offset, memory)
        kind = ir.FunctionType(memory, [memory.as_pointer(), _WORD, _BITS, memory])
        call = cgutils.get_or_insert_function(builder.module, kind, f"llvm.masked.load.{name}.p0")
        align = ir.Constant(_WORD, tag.bitwidth // 8)
        return _widened(builder, builder.call(call, [pointer, align, mask, memory(None)]))

    return Lanes(_computed(tag))(tag, types.intp, types.intp, chosen), generate


@intrinsic
@no_type_check
def store(_context, tag, address, index, chosen, lanes):
    """Writes the chosen lanes from `index` on; bfloat16 is rounded to the nearest."""

    def generate(_target, builder, _signature, arguments):
        _, at, offset, mask, value = arguments
        memory, name = _in_memory(tag)
        value = _narrowed(builder, value, memory)
        pointer = _pointer(builder, at, offset, memory)
        kind = ir.FunctionType(ir.VoidType(), [memory, memory.as_pointer(), _WORD, _BITS])
        call = cgutils.get_or_insert_function(builder.module, kind, f"llvm.masked.store.{name}.p0")
        builder.call(call, [value, pointer, ir.Constant(_WORD, tag.bitwidth // 8), mask])

    return types.void(tag, types.intp, types.intp, chosen, lanes), generate


@intrinsic
@no_type_check
def number(_context, tag, address, index):
    """The one number at `index`."""

    def generate(_target, builder, _signature, arguments):
        _, at, offset = arguments
        memory = _HALF if tag == types.uint16 else _scalar(tag)
        got = builder.load(_pointer(builder, at, offset, memory), align=tag.bitwidth // 8)
        if tag == types.uint16:
            wide = builder.shl(builder.zext(got, _WORD), ir.Constant(_WORD, 16))
            got = builder.bitcast(wide, ir.FloatType())
        return got

    return _computed(tag)(tag, types.intp, types.intp), generate


@intrinsic
@no_type_check
def set_number(_context, tag, address, index, value):
    """Writes the one number at `index`; no bfloat16."""

    def generate(_target, builder, _signature, arguments):
        _, at, offset, given = arguments
        builder.store(given, _pointer(builder, at, offset, _scalar(tag)), align=tag.bitwidth // 8)

    return types.void(tag, types.intp, types.intp, value), generate


@intrinsic
@no_type_check
def get(_context, scratch, place):
    """The sixteen at a place of an array that holds nothing else."""

    def generate(target, builder, _signature, arguments):
        pointer = _scratch_pointer(target, builder, scratch, arguments)
        return builder.load(pointer, align=scratch.dtype.bitwidth // 8)

    return Lanes(scratch.dtype)(scratch, types.intp), generate


@intrinsic
@no_type_check
def put(_context, scratch, place, lanes):
    """Writes the sixteen at a place of an array that holds nothing else."""

    def generate(target, builder, _signature, arguments):
        pointer = _scratch_pointer(target, builder, scratch, arguments)
        builder.store(arguments[2], pointer, align=scratch.dtype.bitwidth // 8)

    return types.void(scratch, types.intp, lanes), generate


@intrinsic
@no_type_check
def all_of(_context, like, value):
    """The same number in every lane, in the type of `like`: lanes or a number."""
    dtype = getattr(like, "dtype", like)

    def generate(target, builder, _signature, arguments):
        return _spread(builder, target.cast(builder, arguments[1], value, dtype))

    return Lanes(dtype)(like, value), generate


@intrinsic
@no_type_check
def fused(_context, a, b, c):
    """Finds a * b + c, rounded once: of several products, this one joins the sum."""

    def generate(_target, builder, _signature, arguments):
        return _call(builder, "llvm.fma", _vector(a.dtype), arguments)

    return a(a, b, c), generate


@intrinsic
@no_type_check
def total(_context, lanes):
    """The sum of the sixteen, always in the same order."""

    def generate(_target, builder, _signature, arguments):
        vector, scalar = _vector(lanes.dtype), _scalar(lanes.dtype)
        kind = ir.FunctionType(scalar, [scalar, vector])
        name = f"llvm.vector.reduce.fadd.{_name(vector)}"
        call = cgutils.get_or_insert_function(builder.module, kind, name)
        return builder.call(call, [scalar(-0.0), arguments[0]], fastmath=("reassoc",))

    return lanes.dtype(lanes), generate


@intrinsic
@no_type_check
def larger(_context, a, b):
    """The larger of two; a where it is not a number."""

    def generate(_target, builder, _signature, arguments):
        left, right = arguments
        return builder.select(builder.fcmp_ordered(">", right, left), right, left)

    return a(a, b), generate


@intrinsic
@no_type_check
def where_negative(_context, x, then, otherwise):
    """`then` in the lanes where x < 0."""

    def generate(_target, builder, _signature, arguments):
        zero = _vector(x.dtype)(None)
        return builder.select(builder.fcmp_ordered("<", arguments[0], zero), *arguments[1:])

    return x(x, then, otherwise), generate


@intrinsic
@no_type_check
def absolute(_context, x):
    """|x|."""

    def generate(_target, builder, _signature, arguments):
        return _call(builder, "llvm.fabs", _vector(x.dtype), arguments)

    return x(x), generate


@no_type_check
def _of_library(name):
    @intrinsic
    def function(_context, x):
        def generate(_target, builder, _signature, arguments):
            return _call(builder, name, _vector(x.dtype), arguments)

        return x(x), generate

    return function


exp2_by_library, log_by_library = _of_library("llvm.exp2"), _of_library("llvm.log")


@intrinsic
@no_type_check
def rounded_sum(_context, a, b):
    """A sum that nothing is fused with."""

    def generate(_target, builder, _signature, arguments):
        return builder.fadd(*arguments)

    return a(a, b), generate


@intrinsic
@no_type_check
def times_power(_context, p, shifted):
    """Multiplies p by 2 to the integer in the low bits of `shifted`."""

    def generate(_target, builder, _signature, arguments):
        bits, integer = (builder.bitcast(part, _WORDS) for part in arguments)
        raised = builder.add(bits, builder.shl(integer, _every(_WORDS, 23)))
        return builder.bitcast(raised, _vector(types.float32))

    return p(p, shifted), generate


# What Python's own signs mean for lanes. Typed and generated here rather than by `overload`, which
# would compile a function for every pair of types, a twentieth of a second each.


@no_type_check
def _let(symbol, name):
    """Gives a sign its meaning: LLVM's instruction, the right one of the two may be a number."""

    @infer_global(symbol)
    class _Typing(AbstractTemplate):
        def generic(self, arguments, _names):
            lanes, other = (*arguments, None)[:2]
            if isinstance(lanes, Lanes) and (other == lanes or isinstance(other, types.Number)):
                return signature(lanes, lanes, other)
            return None

    def generate(target, builder, asked, arguments):
        left, right = arguments
        lanes, other = asked.args
        if lanes != other:
            right = _spread(builder, target.cast(builder, right, other, lanes.dtype))
        return getattr(builder, name)(left, right, flags=_FLAGS)

    lower_builtin(symbol, Lanes, Lanes)(generate)
    lower_builtin(symbol, Lanes, types.Number)(generate)


for _symbol, _instruction in (
    (operator.add, "fadd"),
    (operator.sub, "fsub"),
    (operator.mul, "fmul"),
    (operator.truediv, "fdiv"),
):
    _let(_symbol, _instruction)


@infer_global(operator.neg)  # type: ignore[no-untyped-call]
class _NegativeTyping(AbstractTemplate):
    @no_type_check
    def generic(self, arguments, _names):
        return signature(*arguments, *arguments) if isinstance(arguments[0], Lanes) else None


@lower_builtin(operator.neg, Lanes)
@no_type_check
def _negative(_target, builder, _asked, arguments):
    return builder.fneg(arguments[0])


@no_type_check
def _scalar(dtype):
    return ir.FloatType() if dtype == types.float32 else ir.DoubleType()


@no_type_check
def _vector(dtype):
    return ir.VectorType(_scalar(dtype), COUNT)


@no_type_check
def _computed(tag):
    return types.float32 if tag == types.uint16 else tag


@no_type_check
def _in_memory(tag):
    """How sixteen numbers lie in memory, and LLVM's name for that."""
    memory = _HALVES if tag == types.uint16 else _vector(tag)
    return memory, _name(memory)


@no_type_check
def _name(vector):
    letters = {_HALVES: "i16", _vector(types.float32): "f32", _vector(types.float64): "f64"}
    return f"v{COUNT}{letters[vector]}"


@no_type_check
def _widened(builder, lanes):
    if lanes.type != _HALVES:
        return lanes
    wide = builder.shl(builder.zext(lanes, _WORDS), _every(_WORDS, 16))
    return builder.bitcast(wide, _vector(types.float32))


@no_type_check
def _narrowed(builder, lanes, memory):
    if memory != _HALVES:
        return lanes
    bits = builder.bitcast(lanes, _WORDS)
    odd = builder.and_(builder.lshr(bits, _every(_WORDS, 16)), _every(_WORDS, 1))
    rounded = builder.add(builder.add(bits, _every(_WORDS, 0x7FFF)), odd)  # of two, the even one
    return builder.trunc(builder.lshr(rounded, _every(_WORDS, 16)), _HALVES)


@no_type_check
def _pointer(builder, address, index, memory):
    size = {_HALF: 2, _HALVES: 2, ir.FloatType(): 4, _vector(types.float32): 4}.get(memory, 8)
    byte = builder.add(address, builder.mul(index, ir.Constant(index.type, size)))
    return builder.inttoptr(byte, memory.as_pointer())


@no_type_check
def _scratch_pointer(target, builder, scratch, arguments):
    data = cgutils.create_struct_proxy(scratch)(target, builder, arguments[0]).data
    place = builder.mul(arguments[1], ir.Constant(arguments[1].type, COUNT))
    return builder.bitcast(builder.gep(data, [place]), _vector(scratch.dtype).as_pointer())


@no_type_check
def _spread(builder, scalar):
    nothing = ir.Constant(ir.VectorType(scalar.type, COUNT), ir.Undefined)
    one = builder.insert_element(nothing, scalar, ir.Constant(_WORD, 0))
    return builder.shuffle_vector(one, nothing, ir.Constant(_WORDS, [0] * COUNT))


@no_type_check
def _every(vector, value):
    return ir.Constant(vector, [value] * COUNT)


@no_type_check
def _call(builder, name, vector, arguments):
    kind = ir.FunctionType(vector, [vector] * len(arguments))
    call = cgutils.get_or_insert_function(builder.module, kind, f"{name}.{_name(vector)}")
    return builder.call(call, list(arguments))

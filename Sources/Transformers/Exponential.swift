import Glibc

/// e to the power of `value`.
func exponential(_ value: Float) -> Float { exp(value) }

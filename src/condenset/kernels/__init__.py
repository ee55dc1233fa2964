"""Pure mathematics without state: kernels, ridge regression, distances, the adjoint unroll, selection."""

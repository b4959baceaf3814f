"""The mini-batch loop on an NVIDIA GPU: one block of threads a model, float32.

`device` finds the GPU and says why there is none; `plan` lays a model out in its memory; `loops` is the side of one
`Trainer`, `members` that of many models at once. Nothing else of the engine imports any of this before it is asked for.
"""

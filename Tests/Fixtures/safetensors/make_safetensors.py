"""Writes dtypes.safetensors: one small tensor of every element type, by safetensors itself.

Run: python make_safetensors.py   (torch 2.13, safetensors). The expected values are in SafetensorsTests.swift.
"""
from pathlib import Path

import torch
from safetensors.torch import save_file

here = Path(__file__).parent
floats = [0.0, -0.0, 1.0, -2.5, 65504.0, 6.103515625e-05, 5.960464477539063e-08, -3.0517578125e-05,
          float("inf"), float("-inf"), float("nan"), 1 / 3]
tensors = {name: torch.tensor(floats).to(dtype).reshape(3, 4) for name, dtype in
           [("f16", torch.float16), ("bf16", torch.bfloat16), ("f32", torch.float32), ("f64", torch.float64)]}
tensors |= {name: torch.tensor([0, 1, -3, 100], dtype=dtype) for name, dtype in
            [("i8", torch.int8), ("i16", torch.int16), ("i32", torch.int32), ("i64", torch.int64)]}
tensors |= {"u8": torch.tensor([0, 1, 200, 255], dtype=torch.uint8), "bool": torch.tensor([True, False, True])}
tensors |= {"scalar": torch.tensor(7.5), "empty": torch.zeros(0, 3)}
save_file(tensors, here / "dtypes.safetensors", metadata={"format": "pt", "note": "every dtype"})

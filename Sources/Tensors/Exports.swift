// Whoever works with tensors reads and writes safetensors headers and models' configurations too: JSON comes with them.
@_exported import Files

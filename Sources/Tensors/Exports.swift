// JSON is exported too: whoever works with tensors reads safetensors headers and models' configurations.
@_exported import Files

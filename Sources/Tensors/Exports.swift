// Exported too: whoever works with tensors cancels work, and reads safetensors headers and models' configurations.
@_exported import Cancelling
@_exported import Files

"""Checks ONNX files: python3 check.py model.onnx ... (apt-get install python3-onnx)."""
import sys

import onnx

for file in sys.argv[1:]:
    model = onnx.load(file)
    onnx.checker.check_model(model)
    onnx.shape_inference.infer_shapes(model, strict_mode=True)
    print(file, "is valid")

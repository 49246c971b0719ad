"""Models between HDF5, as Keras 2 writes it, and the JSON of models.js (h5py).

python3 pack.py                  models.json as decoder.h5, decoder.npz and so on, in this folder, and nested.keras, with its
                                 weights where Keras 3 has those of models within models
python3 pack.py unpack FOLDER    the .h5 and .npz in FOLDER as FOLDER/models.json, for node models.js check
"""

import glob
import json
import os
import re
import sys
import zipfile

import h5py
import numpy as np


def array(given):
    return np.array(given["values"], np.float32).reshape(given["shape"])


def pack():
    with open("models.json") as f:
        models = json.load(f)
    for name, model in models.items():
        with h5py.File(name + ".h5", "w") as f:
            f.attrs["model_config"] = json.dumps(model["config"])
            f.attrs["keras_version"] = "2.15.0"
            f.attrs["backend"] = "tensorflow"
            group = f.create_group("model_weights")
            group.attrs["layer_names"] = [layer["name"].encode() for layer in model["layers"]]
            for layer in model["layers"]:
                own = group.create_group(layer["name"])
                weights = [w["name"] + ":0" for w in layer["weights"]]
                own.attrs["weight_names"] = [w.encode() for w in weights]
                for path, weight in zip(weights, layer["weights"]):
                    own[path] = array(weight)
        np.savez(name + ".npz", x=array(model["x"]), y0=array(model["y"]))
    archive("nested", models["nested"])


def archive(name, model):
    weights = {}
    for layer in model["layers"]:
        for weight in layer["weights"]:
            weights.setdefault(weight["name"].split("/")[0], []).append(array(weight))
    config = json.loads(json.dumps(model["config"]).replace('"Model"', '"Functional"'))
    with h5py.File("weights.h5", "w") as f:
        container(f.create_group("layers"), config, weights)
    with zipfile.ZipFile(name + ".keras", "w") as z:
        z.writestr("metadata.json", json.dumps({"keras_version": "3.0.0"}))
        z.writestr("config.json", json.dumps(config))
        z.write("weights.h5", "model.weights.h5")
    os.remove("weights.h5")


def container(group, model, weights):
    counts = {}
    for layer in model["config"]["layers"]:
        kind = re.sub("([a-z])([A-Z])", r"\1_\2", re.sub("(.)([A-Z][a-z]+)", r"\1_\2", layer["class_name"])).lower()
        counts[kind] = counts.get(kind, -1) + 1
        own = group.create_group(kind + (f"_{counts[kind]}" if counts[kind] else ""))
        if layer["class_name"] in ("Sequential", "Functional"):
            container(own.create_group("layers"), layer, weights)
        for i, value in enumerate(weights.get(layer["config"]["name"], [])):
            own.require_group("vars")[str(i)] = value


def plain(values):
    return {"shape": list(values.shape), "values": values.ravel().tolist()}


def names(group, attribute):
    return [name.decode() if isinstance(name, bytes) else name for name in group.attrs.get(attribute, [])]


def unpack(folder):
    models = {}
    for file in sorted(glob.glob(os.path.join(folder, "*.h5"))):
        arrays = np.load(file[:-3] + ".npz")
        with h5py.File(file) as f:
            weights = f["model_weights"]
            layers = [
                {"name": layer, "weights": [plain(weights[layer][w][()]) for w in names(weights[layer], "weight_names")]}
                for layer in names(weights, "layer_names")
            ]
            models[os.path.basename(file)] = {
                "config": json.loads(f.attrs["model_config"]),
                "layers": [layer for layer in layers if layer["weights"]],
                "x": plain(arrays["x"]),
                "y": plain(arrays["y0"]),
            }
    with open(os.path.join(folder, "models.json"), "w") as f:
        json.dump(models, f)


if __name__ == "__main__":
    unpack(sys.argv[2]) if len(sys.argv) > 1 else pack()

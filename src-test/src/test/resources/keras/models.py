"""Writes the reference models of KerasTest with Keras itself (3.15, TensorFlow, double precision) and what they put out.

python3 models.py   (in this folder; pip install keras tensorflow-cpu)

Each model is saved as Keras 3 does (.keras), and as Keras 2 did (.h5): weights by layer_names and weight_names, a
configuration with batch_input_shape and inbound_nodes as lists, constraints without modules. Input and output are in the
.npz of the same name. The four networks are written down here after the publications and the layers that
arl-eegmodels names.

python3 models.py check FOLDER   reads what the export wrote there and compares its outputs with FOLDER's .npz

decoder.h5 and nested.h5 are made by models.js and pack.py.
"""

import json
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import h5py
import keras
import numpy as np
from keras import layers as L
from keras.constraints import MaxNorm, MinMaxNorm, NonNeg, UnitNorm

keras.backend.set_floatx("float64")
rng = np.random.default_rng(7)


def square(x):
    return keras.ops.square(x)


def log(x):
    return keras.ops.log(keras.ops.clip(x, 1e-7, 10000))


def functional(shape, build):
    x = L.Input(shape)
    return keras.Model(x, build(x))


def eegnet(channels, samples, classes, kernel, f1, d, f2, norm):
    def build(x):
        y = L.Conv2D(f1, (1, kernel), padding="same", use_bias=False)(x)
        y = L.BatchNormalization()(y)
        y = L.DepthwiseConv2D((channels, 1), use_bias=False, depth_multiplier=d, depthwise_constraint=MaxNorm(1.0))(y)
        y = L.BatchNormalization()(y)
        y = L.Activation("elu")(y)
        y = L.AveragePooling2D((1, 4))(y)
        y = L.Dropout(0.5)(y)
        y = L.SeparableConv2D(f2, (1, 16), use_bias=False, padding="same")(y)
        y = L.BatchNormalization()(y)
        y = L.Activation("elu")(y)
        y = L.AveragePooling2D((1, 8))(y)
        y = L.SpatialDropout2D(0.25)(y)
        y = L.Flatten(name="flatten")(y)
        y = L.Dense(classes, name="dense", kernel_constraint=norm)(y)
        return L.Activation("softmax", name="softmax")(y)

    return functional((channels, samples, 1), build)


def deepconvnet(channels, samples, classes):
    def conv(filters, size):
        return L.Conv2D(filters, size, kernel_constraint=MaxNorm(2.0, axis=(0, 1, 2)))

    def build(x):
        y = conv(3, (1, 5))(x)
        y = conv(3, (channels, 1))(y)
        for i, filters in enumerate((3, 5, 7)):
            if i:
                y = conv(filters, (1, 5))(y)
            y = L.BatchNormalization(epsilon=1e-5, momentum=0.9)(y)
            y = L.Activation("elu")(y)
            y = L.MaxPooling2D(pool_size=(1, 2), strides=(1, 2))(y)
            y = L.Dropout(0.5)(y)
        y = L.Flatten()(y)
        y = L.Dense(classes, kernel_constraint=MaxNorm(0.5))(y)
        return L.Activation("softmax")(y)

    return functional((channels, samples, 1), build)


def shallow(channels, samples, classes, squaring, logarithm):
    def build(x):
        y = L.Conv2D(5, (1, 6), kernel_constraint=MaxNorm(2.0, axis=(0, 1, 2)))(x)
        y = L.Conv2D(4, (channels, 1), use_bias=False, kernel_constraint=MaxNorm(2.0, axis=(0, 1, 2)))(y)
        y = L.BatchNormalization(epsilon=1e-5, momentum=0.9)(y)
        y = squaring(y)
        y = L.AveragePooling2D(pool_size=(1, 9), strides=(1, 3))(y)
        y = logarithm(y)
        y = L.Dropout(0.5)(y)
        y = L.Flatten()(y)
        y = L.Dense(classes, kernel_constraint=MaxNorm(0.5))(y)
        return L.Activation("softmax")(y)

    return functional((channels, samples, 1), build)


def eegnet_old(channels, samples, classes):
    """The first version, whose maps of the first layer become an axis of space."""

    def build(x):
        y = L.Conv2D(16, (channels, 1), kernel_regularizer=keras.regularizers.L1L2(1e-4, 1e-4))(x)
        y = L.BatchNormalization()(y)
        y = L.Activation("elu")(y)
        y = L.Dropout(0.25)(y)
        y = L.Permute((3, 2, 1))(y)
        y = L.Conv2D(4, (2, 8), padding="same", strides=(2, 4), kernel_regularizer=keras.regularizers.L2(1e-3))(y)
        y = L.BatchNormalization()(y)
        y = L.Activation("elu")(y)
        y = L.Conv2D(4, (8, 4), padding="same", strides=(2, 4))(y)
        y = L.BatchNormalization()(y)
        y = L.Activation("elu")(y)
        y = L.Flatten()(y)
        y = L.Dropout(0.25)(y)
        return L.Dense(classes, activation="softmax")(y)

    return functional((channels, samples, 1), build)


def series():
    return keras.Sequential(
        [
            L.Input((37, 3)),
            L.Conv1D(6, 4, padding="causal", dilation_rate=2, activation="tanh", kernel_constraint=UnitNorm(axis=[0, 1])),
            L.BatchNormalization(),
            L.ELU(0.7),
            L.SpatialDropout1D(0.1),
            L.SeparableConv1D(5, 3, padding="same", depth_multiplier=2, strides=2, depthwise_constraint=MaxNorm(0.9, axis=0)),
            L.MaxPooling1D(3, strides=2, padding="same"),
            L.DepthwiseConv1D(4, padding="same", depth_multiplier=2),
            L.PReLU(shared_axes=[1]),
            L.UpSampling1D(2),
            L.ZeroPadding1D((2, 1)),
            L.Conv1D(4, 5, strides=2, padding="same", groups=2, kernel_constraint=NonNeg()),
            L.Cropping1D((1, 2)),
            L.AveragePooling1D(2, padding="same"),
            L.Activation("swish"),
            L.Dense(6, activation="gelu"),
            L.GaussianNoise(0.1),
            L.GlobalAveragePooling1D(),
            L.Dense(4, kernel_constraint=MinMaxNorm(0.2, 0.8, 0.5, axis=1), bias_constraint=MaxNorm(0.3)),
            L.LeakyReLU(negative_slope=0.1),
            L.Dense(2, activation="sigmoid", use_bias=False),
        ]
    )


def images():
    x = L.Input((13, 10, 4), name="images")
    a = L.Conv2D(6, (3, 4), strides=(2, 3), padding="same", activation="selu")(x)
    b = L.Conv2D(6, (4, 3), strides=2, padding="same", groups=2)(x)
    b = L.MaxPooling2D((3, 2), strides=(1, 2), padding="same")(b)
    b = L.ZeroPadding2D(((0, 0), (1, 0)))(b)
    c = L.Concatenate()([a, b])
    c = L.PReLU(shared_axes=[1, 2])(c)
    d = L.SeparableConv2D(6, 3, padding="same", depth_multiplier=2, dilation_rate=(2, 1), activation="relu")(c)
    d = L.AveragePooling2D((3, 2), strides=(1, 1), padding="same")(d)
    e = L.Add()([a, b, d])
    f = L.Multiply()([L.Subtract()([e, d]), L.Maximum()([a, d])])
    g = L.Average()([e, f])
    g = L.ReLU(max_value=6.0, negative_slope=0.1, threshold=0.2)(g)
    g = L.UpSampling2D((2, 3))(g)
    g = L.Cropping2D(((2, 1), (0, 3)))(g)
    g = L.DepthwiseConv2D(3, padding="same", strides=2, depth_multiplier=2, activation="softplus")(g)
    k = L.GlobalMaxPooling2D(keepdims=True)(g)
    k = L.Conv2D(3, 1, activation="mish")(k)
    k = L.Flatten()(k)
    m = L.Dense(5, activation="softsign")(g)
    m = L.Flatten()(m)
    m = L.BatchNormalization()(m)
    n = L.Concatenate()([k, m, L.GlobalAveragePooling2D()(c)])
    return keras.Model(x, [L.Dense(3, activation="softmax", name="class")(n), L.Dense(2, name="value")(m)])


def shapes():
    x = L.Input((6, 8), name="table")
    y = L.Reshape((6, 8, 1))(x)
    y = L.Conv2D(4, 3)(y)
    z = L.BatchNormalization(axis=1)(y)
    z = L.Permute((2, 3, 1))(z)
    z = L.Reshape((-1, 8))(z)
    z = L.Conv1D(3, 2)(z)
    z = L.Activation("relu")(z)
    z = L.Flatten()(z)
    z = L.Dropout(0.2)(z)
    z = L.Reshape((3, 11))(z)
    w = L.Concatenate(axis=1)([z, L.Reshape((2, 11))(L.Dense(22)(L.Flatten()(y)))])
    w = L.Permute((2, 1))(w)
    return keras.Model(x, L.Dense(4, activation="softmax")(w))


def first(format="channels_first"):
    """Channels first, flattened both ways; or the same with channels last, which TensorFlow computes on a CPU."""
    last = format == "channels_last"
    x = L.Input((3, 9, 10))
    y = L.Permute((2, 3, 1))(x) if last else x
    y = L.Conv2D(4, 3, padding="same", strides=2, data_format=format, kernel_constraint=MaxNorm(1.0, axis=[0, 1, 2]))(y)
    y = L.BatchNormalization(axis=3 if last else 1)(y)
    y = L.Activation("elu")(y)
    y = L.MaxPooling2D(2, data_format=format)(y)
    a = L.Dense(3)(L.Flatten(data_format=format)(y))
    y = L.Permute((3, 1, 2))(y) if last else y
    b = L.Dense(3)(L.Flatten(data_format="channels_last")(y))
    return keras.Model(x, L.Activation("softmax")(L.Add()([a, b])))


MODELS = {
    "eegnet": lambda: eegnet(4, 64, 3, 15, 3, 2, 5, MaxNorm(0.25)),
    "ssvep": lambda: eegnet(3, 64, 4, 9, 4, 1, 4, None),
    "deep": lambda: deepconvnet(3, 70, 2),
    "shallow": lambda: shallow(3, 50, 3, L.Activation(square), L.Activation(log)),
    "lambda": lambda: shallow(3, 50, 3, L.Lambda(square, name="power"), L.Lambda(lambda x: log(x), name="logarithm")),
    "old": lambda: eegnet_old(5, 48, 3),
    "series": series,
    "images": images,
    "shapes": shapes,
    "first": first,
}


def randomize(model):
    """Weights that a constraint would change, variances that are not 1."""
    for layer in model.layers:
        values = []
        for weight in layer.weights:
            value = rng.standard_normal(weight.shape) * 0.6
            values.append(np.abs(value) + 0.2 if "variance" in weight.path else value)
        layer.set_weights(values)


def keras2(model):
    """The model's configuration as Keras 2 wrote it."""

    def plain(value):
        if isinstance(value, dict) and "class_name" in value:
            if value["class_name"] == "DTypePolicy":
                return value["config"]["name"]
            if value["class_name"] == "function":
                return value["config"]
            return {"class_name": value["class_name"], "config": plain(value["config"])}
        if isinstance(value, dict):
            return {key: plain(item) for key, item in value.items()}
        return [plain(item) for item in value] if isinstance(value, list) else value

    def layer(entry):
        config = plain(entry["config"])
        if "batch_shape" in config:
            config["batch_input_shape"] = config.pop("batch_shape")
            config.pop("optional", None)
        if entry["class_name"] == "BatchNormalization":
            config["axis"] = [len(entry["build_config"]["input_shape"]) - 1] if config["axis"] == -1 else [config["axis"]]
            for name in ("synchronized", "renorm", "renorm_clipping", "renorm_momentum"):
                config.pop(name, None)
        if entry["class_name"] == "LeakyReLU":
            config["alpha"] = config.pop("negative_slope")
        result = {"class_name": entry["class_name"], "config": config}
        if "inbound_nodes" in entry:
            nodes = []
            for node in entry["inbound_nodes"]:
                tensors = node["args"][0]
                tensors = tensors if isinstance(tensors, list) else [tensors]
                nodes.append([[*tensor["config"]["keras_history"], {}] for tensor in tensors])
            result.update(name=config["name"], inbound_nodes=nodes)
        return result

    full = json.loads(model.to_json())
    config = full["config"]
    result = {"name": config["name"], "layers": [layer(entry) for entry in config["layers"]]}
    if full["class_name"] != "Sequential":
        for key in ("input_layers", "output_layers"):
            value = config[key]
            result[key] = value if isinstance(value[0], list) else [value]
    return {"class_name": full["class_name"], "config": result}


def save2(model, file):
    with h5py.File(file, "w") as f:
        f.attrs["model_config"] = json.dumps(keras2(model))
        f.attrs["keras_version"] = "2.15.0"
        f.attrs["backend"] = "tensorflow"
        group = f.create_group("model_weights")
        group.attrs["layer_names"] = np.array([layer.name.encode() for layer in model.layers])
        group.attrs["backend"] = b"tensorflow"
        group.attrs["keras_version"] = b"2.15.0"
        for layer in sorted(model.layers, key=lambda x: x.name):
            own = group.create_group(layer.name)
            names = [f"{layer.name}/{weight.name}:0".encode() for weight in layer.weights]
            own.attrs["weight_names"] = names
            for name, weight in zip(names, layer.weights):
                own[name.decode()] = keras.ops.convert_to_numpy(weight)
        group.create_group("top_level_model_weights").attrs["weight_names"] = []


def constrained(model):
    """The model's weights after its constraints."""
    arrays = {}
    for layer in model.layers:
        for i, weight in enumerate(layer.weights):
            if weight.constraint is not None:
                arrays[f"{layer.name}.{i}"] = keras.ops.convert_to_numpy(weight.constraint(weight))
    return arrays


def write():
    for name, build in MODELS.items():
        keras.utils.clear_session()
        model = build()
        randomize(model)
        x = rng.standard_normal((3, *model.input_shape[1:]))
        computing = first("channels_last") if name == "first" else model
        computing.set_weights(model.get_weights())
        y = computing.predict(x, verbose=0)
        model.save(name + ".keras")
        if name != "lambda":  # code as bytes, which nothing here reads
            save2(model, name + ".h5")
            objects = {"square": square, "log": log}
            again = keras.models.load_model(name + ".h5", custom_objects=objects, compile=False)
            if name != "first":
                same(again.predict(x, verbose=0), y, name)
        outputs = y if isinstance(y, list) else [y]
        np.savez(name + ".npz", x=x, **{f"y{i}": output for i, output in enumerate(outputs)}, **constrained(model))
        print(name, model.count_params(), [output.shape for output in outputs])


def same(actual, expected, name, tolerance=1e-12):
    actual = actual if isinstance(actual, list) else [actual]
    expected = expected if isinstance(expected, list) else [expected]
    for a, e in zip(actual, expected, strict=True):
        difference = np.abs(a - e).max() / np.abs(e).max()
        assert a.shape == e.shape and difference < tolerance, (name, a.shape, e.shape, difference)


def check(folder):
    keras.backend.set_floatx("float32")
    for file in sorted(os.listdir(folder)):
        if file.endswith((".keras", ".h5")):
            arrays = np.load(os.path.join(folder, file.rsplit(".", 1)[0] + ".npz"))
            objects = {"square": square, "log": log}
            model = keras.models.load_model(os.path.join(folder, file), custom_objects=objects, compile=False)
            x = arrays["x"]
            y = model.predict(x, verbose=0)
            same(y, [arrays[key] for key in sorted(arrays.files) if key.startswith("y")], file, 2e-6)
            print(file, "equal")


if __name__ == "__main__":
    check(sys.argv[2]) if len(sys.argv) > 1 else write()

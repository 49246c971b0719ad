// Writes models.json: models of Keras 2's format as TensorFlow.js (the Keras team's implementation in JavaScript) makes
// and computes them. models.py packs them into .h5.   npm install @tensorflow/tfjs; node models.js
// node models.js check FILE.json   computes models that models.py unpacked and compares.
const tf = require("@tensorflow/tfjs");
const fs = require("fs");
const L = tf.layers;

let seed = 7;
function random() {
  seed = (seed * 16807) % 2147483647;
  return seed / 2147483647 - 0.5;
}

function values(shape) {
  return Array.from({ length: shape.reduce((a, b) => a * b, 1) }, random);
}

function decoder() {
  const x = tf.input({ shape: [2, 3, 3] });
  let y = L.conv2dTranspose({ filters: 4, kernelSize: 3, strides: 2, padding: "same" }).apply(x);
  y = L.batchNormalization({ scale: false }).apply(y);
  y = L.activation({ activation: "relu" }).apply(y);
  y = L.conv2dTranspose({ filters: 3, kernelSize: [4, 2], strides: [2, 3], useBias: false, activation: "tanh" }).apply(y);
  y = L.batchNormalization({ center: false }).apply(y);
  y = L.conv2dTranspose({ filters: 5, kernelSize: 4, strides: 2, padding: "same" }).apply(y);
  y = L.batchNormalization({ scale: false, center: false, axis: 3 }).apply(y);
  y = L.conv2dTranspose({ filters: 2, kernelSize: [2, 5], strides: [3, 2], padding: "same" }).apply(y);
  return tf.model({ inputs: x, outputs: y });
}

function nested() {
  const branch = tf.sequential({
    layers: [
      L.conv1d({ inputShape: [12, 3], filters: 4, kernelSize: 3, padding: "same" }),
      L.batchNormalization(),
      L.activation({ activation: "elu" }),
    ],
  });
  const a = tf.input({ shape: [6, 4] });
  const inner = tf.model({
    inputs: a,
    outputs: L.add().apply([L.dense({ units: 4 }).apply(a), L.batchNormalization({ scale: false }).apply(a)]),
  });
  const x = tf.input({ shape: [12, 3] });
  let y = branch.apply(x);
  y = L.averagePooling1d({ poolSize: 2 }).apply(y);
  y = inner.apply(y);
  y = L.flatten().apply(y);
  return tf.model({ inputs: x, outputs: L.dense({ units: 3, activation: "softmax" }).apply(y) });
}

function weights(layer) {
  return layer.weights.map((w) => {
    const data = values(w.shape).map((v) => (w.name.includes("variance") ? v + 1 : v));
    w.write(tf.tensor(data, w.shape));
    return { name: w.originalName, shape: w.shape, values: Array.from(w.read().dataSync()) };
  });
}

function write() {
  const models = {};
  for (const [name, build] of Object.entries({ decoder, nested })) {
    const model = build();
    const layers = model.layers.map((layer) => ({ name: layer.name, weights: weights(layer) }));
    const shape = [3, ...model.inputs[0].shape.slice(1)];
    const x = values(shape).map(Math.fround);
    const y = model.predict(tf.tensor(x, shape));
    models[name] = { config: model.toJSON(null, false), layers, x: { shape, values: x } };
    models[name].y = { shape: y.shape, values: Array.from(y.dataSync()) };
    console.log(name, model.countParams(), y.shape);
  }
  fs.writeFileSync("models.json", JSON.stringify(models));
}

// Which TensorFlow.js applies to weights as soon as they are set.
function withoutConstraints(config) {
  return JSON.parse(JSON.stringify(config), (key, value) => (key.endsWith("_constraint") ? null : value));
}

class Elementwise extends L.Layer {
  call(inputs) {
    return this.compute(Array.isArray(inputs) ? inputs[0] : inputs);
  }
}

function elementwise(name, compute) {
  const layer = class extends Elementwise {};
  layer.className = name;
  layer.prototype.compute = compute;
  tf.serialization.registerClass(layer);
}

// ShallowConvNet's functions, which are the program's own in Keras, too.
elementwise("square", (x) => x.square());
elementwise("log", (x) => x.clipByValue(1e-7, 1e4).log());
elementwise("safelog", (x) => x.maximum(1e-6).log());

function withFunctions(config) {
  return JSON.parse(JSON.stringify(config), (key, value) => {
    const own = value && value.class_name === "Activation" && ["square", "log", "safe_log"].includes(value.config.activation);
    return own ? { ...value, class_name: value.config.activation.replace("_", ""), config: { name: value.config.name } } : value;
  });
}

async function check(file) {
  for (const [name, given] of Object.entries(JSON.parse(fs.readFileSync(file)))) {
    try {
      const model = await tf.models.modelFromJSON(withFunctions(withoutConstraints(given.config)));
      for (const layer of given.layers) {
        model.getLayer(layer.name).setWeights(layer.weights.map((w) => tf.tensor(w.values, w.shape)));
      }
      const y = model.predict(tf.tensor(given.x.values, given.x.shape)).dataSync();
      const largest = Math.max(...given.y.values.map(Math.abs));
      const difference = Math.max(...given.y.values.map((v, i) => Math.abs(v - y[i]))) / largest;
      console.log(name, y.length === given.y.values.length && difference < 5e-6 ? "equal" : "DIFFERENT", difference);
    } catch (e) {
      console.log(name, String(e).slice(0, 200));
    }
  }
}

process.argv[2] === "check" ? check(process.argv[3]) : write();

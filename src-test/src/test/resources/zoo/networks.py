"""Writes the reference values of NetworkFixturesTest: small networks in PyTorch, double precision, in evaluation.
And those of WeightsTest for braindecode, selfEEG and timm: state dicts with their names and layouts, input and output,
in single precision.

python3 networks.py   (in this folder)

The networks are written down here from their published descriptions; parameters are stored by the name of the layer in
the zoo's network, in this project's layout (dense weights [in, out]). It also prints the numbers of trainable parameters
for the published sizes, which ZooTest asserts.
"""

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

torch.set_default_dtype(torch.float64)


class Net(nn.Module):
    """Layers by name, put together by a function."""

    def __init__(self, layers, run):
        super().__init__()
        self.names = list(layers)
        for name, layer in layers.items():
            self.add_module(name.replace("-", "_"), layer)
        self.run = run

    def __getitem__(self, name):
        return getattr(self, name.replace("-", "_"))

    def forward(self, x):
        return self.run(self, x)


def same(x, conv):
    k = conv.kernel_size[-1]
    left = (k - 1) // 2
    return conv(F.pad(x, (left, k - 1 - left)))


def half(x, conv):
    k = conv.kernel_size[-1] // 2
    return conv(F.pad(x, (k, k)))


def causal(x, conv):
    return conv(F.pad(x, ((conv.kernel_size[-1] - 1) * conv.dilation[-1], 0)))


def safe_log(x, eps):
    return torch.log(torch.clamp(x, min=eps))


def norm(n, eps):
    return nn.BatchNorm2d(n, eps=eps)


def shallow(c, t, classes, k, f1, f2, pool, stride, eps):
    n = ((t - k + 1) - pool) // stride + 1
    layers = {
        "temporal": nn.Conv2d(1, f1, (1, k)),
        "spatial": nn.Conv2d(f1, f2, (c, 1), bias=False),
        "spatial-norm": norm(f2, 1e-5),
        "classifier": nn.Linear(f2 * n, classes),
    }

    def run(net, x):
        x = net["spatial-norm"](net["spatial"](net["temporal"](x))) ** 2
        x = safe_log(F.avg_pool2d(x, (1, pool), (1, stride)), eps)
        return F.softmax(net["classifier"](x.flatten(1)), 1)

    return Net(layers, run)


def deep(c, t, classes, k, f1, f2, pool, biases):
    layers = {
        "temporal": nn.Conv2d(1, f1, (1, k)),
        "spatial": nn.Conv2d(f1, f2, (c, 1), bias=biases),
        "spatial-norm": norm(f2, 1e-5),
    }
    n = (t - k + 1) // pool
    for i in (2, 3, 4):
        layers[f"conv{i}"] = nn.Conv2d(f2 << (i - 2), f2 << (i - 1), (1, k), bias=biases)
        layers[f"conv{i}-norm"] = norm(f2 << (i - 1), 1e-5)
        n = (n - k + 1) // pool
    layers["classifier"] = nn.Linear(8 * f2 * n, classes)

    def run(net, x):
        x = net["temporal"](x)
        for name in ("spatial", "conv2", "conv3", "conv4"):
            x = F.max_pool2d(F.elu(net[name + "-norm"](net[name](x))), (1, pool))
        return F.softmax(net["classifier"](x.flatten(1)), 1)

    return Net(layers, run)


def inception(c, t, classes, k, f1, d):
    layers = {}
    for i in range(3):
        layers[f"temporal{i + 1}"] = nn.Conv2d(1, f1, (1, k >> i))
        layers[f"temporal{i + 1}-norm"] = norm(f1, 1e-5)
        layers[f"spatial{i + 1}"] = nn.Conv2d(f1, f1 * d, (c, 1), groups=f1, bias=False)
        layers[f"spatial{i + 1}-norm"] = norm(f1 * d, 1e-5)
        layers[f"second{i + 1}"] = nn.Conv2d(3 * f1 * d, f1, (1, (k >> i) // 4), bias=False)
        layers[f"second{i + 1}-norm"] = norm(f1, 1e-5)
    layers["narrow1"] = nn.Conv2d(3 * f1, 3 * f1 // 2, (1, 8), bias=False)
    layers["narrow1-norm"] = norm(3 * f1 // 2, 1e-5)
    layers["narrow2"] = nn.Conv2d(3 * f1 // 2, 3 * f1 // 4, (1, 4), bias=False)
    layers["narrow2-norm"] = norm(3 * f1 // 4, 1e-5)
    layers["classifier"] = nn.Linear(3 * f1 // 4 * (t // 4 // 2 // 2 // 2), classes)

    def unit(net, name, x):
        return F.elu(net[name + "-norm"](same(x, net[name])))

    def run(net, x):
        branches = []
        for i in "123":
            y = unit(net, "temporal" + i, x)
            branches.append(F.elu(net[f"spatial{i}-norm"](net["spatial" + i](y))))
        x = F.avg_pool2d(torch.cat(branches, 1), (1, 4))
        x = F.avg_pool2d(torch.cat([unit(net, "second" + i, x) for i in "123"], 1), (1, 2))
        x = F.avg_pool2d(unit(net, "narrow1", x), (1, 2))
        x = F.avg_pool2d(unit(net, "narrow2", x), (1, 2))
        return F.softmax(net["classifier"](x.flatten(1)), 1)

    return Net(layers, run)


class Separable(nn.Module):
    def __init__(self, inputs, outputs, k):
        super().__init__()
        self.depthwise = nn.Conv2d(inputs, inputs, (1, k), groups=inputs, bias=False)
        self.pointwise = nn.Conv2d(inputs, outputs, 1, bias=False)

    def forward(self, x):
        return self.pointwise(same(x, self.depthwise))


def eegnet_front(c, k, f1, d, f2, eps):
    return {
        "temporal": nn.Conv2d(1, f1, (1, k), bias=False),
        "temporal-norm": norm(f1, eps),
        "spatial": nn.Conv2d(f1, f1 * d, (c, 1), groups=f1, bias=False),
        "spatial-norm": norm(f1 * d, eps),
        "separable": Separable(f1 * d, f2, 16),
        "separable-norm": norm(f2, eps),
    }


def run_front(net, x, pool1, pool2):
    x = net["temporal-norm"](same(x, net["temporal"]))
    x = F.avg_pool2d(F.elu(net["spatial-norm"](net["spatial"](x))), (1, pool1))
    return F.avg_pool2d(F.elu(net["separable-norm"](net["separable"](x))), (1, pool2))


def ssvep(c, t, classes, k, f1, d, f2):
    layers = eegnet_front(c, k, f1, d, f2, 1e-3)
    layers["classifier"] = nn.Linear(f2 * (t // 4 // 8), classes)
    return Net(layers, lambda net, x: F.softmax(net["classifier"](run_front(net, x, 4, 8).flatten(1)), 1))


def tcnet(c, classes, k, f1, d, f2, depth, kernel, filters):
    layers = eegnet_front(c, k, f1, d, f2, 1e-3)
    width = f2
    for b in range(depth):
        for i in (1, 2):
            layers[f"block{b + 1}-conv{i}"] = nn.Conv2d(width if i == 1 else filters, filters, (1, kernel), dilation=(1, 2**b))
            layers[f"block{b + 1}-conv{i}-norm"] = norm(filters, 1e-3)
        if width != filters:
            layers[f"block{b + 1}-shortcut"] = nn.Conv2d(width, filters, 1)
        width = filters
    layers["classifier"] = nn.Linear(filters, classes)

    def run(net, x):
        x = run_front(net, x, 8, 8)
        for b in range(depth):
            r = x
            for i in (1, 2):
                name = f"block{b + 1}-conv{i}"
                r = F.elu(net[name + "-norm"](causal(r, net[name])))
            name = f"block{b + 1}-shortcut"
            x = F.elu(r + (net[name](x) if name in net.names else x))
        return F.softmax(net["classifier"](x[:, :, 0, -1]), 1)

    return Net(layers, run)


class Modern(nn.Module):
    """Instance norm, PReLU, upsampling, convolution."""

    def __init__(self, inputs, outputs, k, stride=1, up=False):
        super().__init__()
        self.norm = nn.InstanceNorm1d(inputs, affine=True)
        self.act = nn.PReLU(inputs)
        self.up = nn.Upsample(scale_factor=2, mode="linear", align_corners=True) if up else nn.Identity()
        self.conv = nn.Conv1d(inputs, outputs, k, stride=stride, padding=k // 2, bias=False)

    def forward(self, x):
        return self.conv(self.up(self.act(self.norm(x))))


def stack(layers, name, inputs, hidden, outputs, depth, k, stride, up):
    for i in range(depth):
        last = i == depth - 1
        layers[f"{name}-conv{i + 1}"] = Modern(
            inputs if i == 0 else hidden, outputs if last else hidden, k, stride if last else 1, up and last)


def run_stack(net, name, depth, x):
    """Output, and what the last convolution saw."""
    for i in range(depth):
        seen = x
        x = net[f"{name}-conv{i + 1}"](x)
    return x, seen


def encnet(c, width, depths, k, outputs):
    layers = {"first": nn.Conv1d(c, width, k + 2, padding=(k + 2) // 2, bias=False)}
    w = width
    for s, depth in enumerate(depths):
        out = width << s
        stack(layers, f"down{s + 1}", w, out, out, depth, k, 2, False)
        w = out
    layers["last"] = nn.Conv1d(w, w, k, padding=k // 2)
    layers["classifier"] = nn.Linear(w, outputs)

    def run(net, x):
        x = net["first"](x)
        for s, depth in enumerate(depths):
            x, _ = run_stack(net, f"down{s + 1}", depth, x)
        return F.softmax(net["classifier"](net["last"](x).mean(2)), 1)

    return Net(layers, run)


def unet(c, width, depths, k, outputs):
    layers = {"first": nn.Conv1d(c, width, k + 2, padding=(k + 2) // 2, bias=False)}
    stages = len(depths) - 1
    w = width
    for s in range(stages):
        out = width << s
        stack(layers, f"down{s + 1}", w, out, out, depths[s], k, 2, False)
        w = out
    stack(layers, "middle", w, 2 * w, w, depths[-1], k, 1, True)
    for s in range(stages - 1, 0, -1):
        stack(layers, f"up{s + 1}", 2 * w, w, w // 2, depths[s], k, 1, True)
        w //= 2
    stack(layers, "up1", 2 * w, w, w, depths[0], k, 1, False)
    layers["last"] = nn.Conv1d(w, outputs, k + 2, padding=(k + 2) // 2)

    def run(net, x):
        x = net["first"](x)
        skips = []
        for s in range(stages):
            x, seen = run_stack(net, f"down{s + 1}", depths[s], x)
            skips.append(seen)
        x, _ = run_stack(net, "middle", depths[-1], x)
        for s in range(stages - 1, -1, -1):
            n = skips[s].shape[2]
            x, _ = run_stack(net, f"up{s + 1}", depths[s], torch.cat((x[:, :, :n], skips[s]), 1))
        return net["last"](x)

    return Net(layers, run)


# What follows has the modules' names, the order of dimensions and the flattening of braindecode: time comes before
# the channels, [N, 1, T, C], but in EEGInceptionERP, and the classifier is a convolution over the time that is left.


class TimeAndSpace(nn.Module):
    """Both convolutions at once in braindecode; one after the other they give the same."""

    def __init__(self, c, k, f1, f2):
        super().__init__()
        self.conv_time = nn.Conv2d(1, f1, (k, 1))
        self.conv_spat = nn.Conv2d(f1, f2, (1, c), bias=False)

    def forward(self, x):
        return self.conv_spat(self.conv_time(x))


class Braindecode(nn.Module):
    """Modules by name; applied in this order to [N, channels, time], with functions of no parameters in between."""

    def __init__(self, steps, time_first=True):
        super().__init__()
        self.time_first = time_first
        self.steps = []
        for step in steps:
            name, module = step if isinstance(step, tuple) else (None, step)
            if name:
                self.add_module(name, module)
            self.steps.append(module)

    def forward(self, x):
        x = x.transpose(1, 2)[:, None] if self.time_first else x[:, None]
        for step in self.steps:
            x = step(x)
        return x.flatten(1)


def over_time(pool, size, stride):
    return lambda x: pool(x, (size, 1), (stride, 1))


def final_conv(features, n, classes):
    layer = nn.Sequential()
    layer.add_module("conv_classifier", nn.Conv2d(features, classes, (n, 1)))
    return "final_layer", layer


def braindecode_shallow(c, t, classes, k, f1, f2, pool, stride):
    return Braindecode([
        ("conv_time_spat", TimeAndSpace(c, k, f1, f2)),
        ("bnorm", norm(f2, 1e-5)),
        torch.square,
        over_time(F.avg_pool2d, pool, stride),
        lambda x: safe_log(x, 1e-6),
        final_conv(f2, ((t - k + 1) - pool) // stride + 1, classes),
    ])


def braindecode_deep(c, t, classes, k, f, pool=3):
    n = (t - k + 1) // pool
    steps = [("conv_time_spat", TimeAndSpace(c, k, f, f)), ("bnorm", norm(f, 1e-5)), F.elu, over_time(F.max_pool2d, pool, pool)]
    for i in (2, 3, 4):
        steps += [
            (f"conv_{i}", nn.Conv2d(f << (i - 2), f << (i - 1), (k, 1), bias=False)),
            (f"bnorm_{i}", norm(f << (i - 1), 1e-5)),
            F.elu,
            over_time(F.max_pool2d, pool, pool),
        ]
        n = (n - k + 1) // pool
    return Braindecode(steps + [final_conv(8 * f, n, classes)])


class Branches(nn.Module):
    def __init__(self, branches):
        super().__init__()
        self.branches = nn.ModuleList(branches)

    def forward(self, x):
        return torch.cat([branch(x) for branch in self.branches], 1)


def braindecode_inception(c, t, classes, k, f, d):
    def unit(conv):
        return [conv, nn.BatchNorm2d(conv.out_channels), nn.ELU(), nn.Dropout(0.5)]

    def along(inputs, outputs, length, bias=False):
        return unit(nn.Conv2d(inputs, outputs, (1, length), padding="same", bias=bias))

    def first(length):
        spatial = nn.Conv2d(f, f * d, (c, 1), groups=f, bias=False)
        return nn.Sequential(*along(1, f, length, True), *unit(spatial))

    final = along(3 * f, 3 * f // 2, 8) + [nn.AvgPool2d((1, 2))] + along(3 * f // 2, 3 * f // 4, 4) + [nn.AvgPool2d((1, 2))]
    classifier = nn.Sequential()
    classifier.add_module("fc", nn.Linear(3 * f // 4 * (t // 4 // 2 // 2 // 2), classes))
    return Braindecode([
        ("inception_block_1", Branches([first(k >> i) for i in range(3)])),
        nn.AvgPool2d((1, 4)),
        ("inception_block_2", Branches([nn.Sequential(*along(3 * f * d, f, (k >> i) // 4)) for i in range(3)])),
        nn.AvgPool2d((1, 2)),
        ("final_block", nn.Sequential(*final)),
        nn.Flatten(),
        ("final_layer", classifier),
    ], time_first=False)


class BraindecodeTcn(nn.Module):
    """Time comes before the channels; an even kernel lengthens the signal by one."""

    def __init__(self, c, classes, k, f1, d, depth, kernel, filters):
        super().__init__()
        f2 = f1 * d
        e = self.eegnet_tc = nn.Module()
        e.conv1 = nn.Conv2d(1, f1, (k, 1), padding=(k // 2, 0), bias=False)
        e.bn1 = norm(f1, 1e-5)
        e.depthwise_conv = nn.Conv2d(f1, f2, (1, c), groups=f1, bias=False)
        e.bn2 = norm(f2, 1e-5)
        e.separable_conv_depthwise = nn.Conv2d(f2, f2, (f2, 1), groups=f2, padding=(f2 // 2, 0), bias=False)
        e.separable_conv_pointwise = nn.Conv2d(f2, f2, 1, bias=False)
        e.bn3 = norm(f2, 1e-5)
        self.tcn_block = nn.Module()
        self.tcn_block.downsample = nn.Conv1d(f2, filters, 1)

        def unit(i, dilation):
            pad = (kernel - 1) * dilation
            conv = nn.Conv1d(i, filters, kernel, dilation=dilation, bias=False)
            return [conv, nn.ConstantPad1d((pad, 0), 0), nn.BatchNorm1d(filters, eps=1e-3), nn.ELU(), nn.Dropout(0.5)]

        self.tcn_block.layers = nn.ModuleList(
            nn.Sequential(*unit(f2 if b == 0 else filters, 2**b), *unit(filters, 2**b)) for b in range(depth))
        self.final_layer = nn.Linear(filters, classes)
        self.pool = f1

    def forward(self, x):
        e = self.eegnet_tc
        x = F.elu(e.bn1(e.conv1(x.transpose(1, 2)[:, None])))
        x = F.avg_pool2d(F.elu(e.bn2(e.depthwise_conv(x))), (8, 1))
        x = F.elu(e.bn3(e.separable_conv_pointwise(e.separable_conv_depthwise(x))))
        x = F.avg_pool2d(x, (self.pool, 1))[..., 0]
        shortcut = self.tcn_block.downsample(x)
        for block in self.tcn_block.layers:
            y = x
            for start in (0, 5):
                conv, pad, bn = block[start : start + 3]
                y = F.elu(bn(conv(pad(y))))
            x = shortcut = F.elu(y + shortcut)
        return self.final_layer(x[:, :, -1])


# selfEEG: an encoder, whose parts are applied in this order to [N, 1, channels, time], and a dense layer.


class SelfEeg(nn.Module):
    def __init__(self, parts, steps, features, classes):
        super().__init__()
        self.encoder = nn.Module()
        for name, part in parts.items():
            self.encoder.add_module(name, part)
        self.steps = steps
        self.Dense = nn.Linear(features, classes)

    def forward(self, x):
        return self.Dense(self.steps(self.encoder, x[:, None]).flatten(1))


def selfeeg_shallow(c, t, classes, k, f, pool):
    parts = {"conv1": nn.Conv2d(1, f, (1, k)), "conv2": nn.Conv2d(f, f, (c, 1)), "batch1": nn.BatchNorm2d(f)}

    def steps(e, x):
        x = F.avg_pool2d(e.batch1(e.conv2(e.conv1(x))) ** 2, (1, pool), (1, 15))
        return torch.log(torch.clamp(x, 1e-7, 10000))

    return SelfEeg(parts, steps, f * ((t - k + 1 - pool) // 15 + 1), classes)


def selfeeg_deep(c, t, classes, k, f, pool):
    parts = {"conv1": nn.Conv2d(1, f, (1, k)), "conv2": nn.Conv2d(f, f, (c, 1)), "BN1": nn.BatchNorm2d(f)}
    n = (t - k + 1) // pool
    for i in (2, 3, 4):
        parts[f"conv{i + 1}"] = nn.Conv2d(f << (i - 2), f << (i - 1), (1, k))
        parts[f"BN{i}"] = nn.BatchNorm2d(f << (i - 1))
        n = (n - k + 1) // pool

    def steps(e, x):
        x = e.conv1(x)
        for i in (1, 2, 3, 4):
            x = F.max_pool2d(F.elu(getattr(e, f"BN{i}")(getattr(e, f"conv{i + 1}")(x))), (1, pool))
        return x

    return SelfEeg(parts, steps, 8 * f * n, classes)


def selfeeg_inception(c, t, classes, k, f, d):
    def along(i, o, length):
        return [nn.Conv2d(i, o, (1, length), padding="same"), nn.BatchNorm2d(o), nn.ELU(), nn.Dropout(0.5)]

    parts = {}
    for i in range(3):
        spatial = [nn.Conv2d(f, f * d, (c, 1), groups=f, bias=False), nn.BatchNorm2d(f * d), nn.ELU(), nn.Dropout(0.5)]
        parts[f"inc{i + 1}"] = nn.Sequential(*along(1, f, k >> i), *spatial)
        parts[f"inc{i + 4}"] = nn.Sequential(*along(3 * f * d, f, k >> (i + 2)))
    parts["out1"] = nn.Sequential(*along(3 * f, 3 * f // 2, k // 8))
    parts["out2"] = nn.Sequential(*along(3 * f // 2, 3 * f // 4, k // 16))

    def steps(e, x):
        x = F.avg_pool2d(torch.cat([e.inc1(x), e.inc2(x), e.inc3(x)], 1), (1, 4))
        x = F.avg_pool2d(torch.cat([e.inc4(x), e.inc5(x), e.inc6(x)], 1), (1, 2))
        return F.avg_pool2d(e.out2(F.avg_pool2d(e.out1(x), (1, 2))), (1, 2))

    return SelfEeg(parts, steps, 3 * f // 4 * (t // 4 // 2 // 2 // 2), classes)


# Normalizer-free networks with the names and formulas of timm: the activation function's gamma is in the weights.

GAMMA = {F.silu: 1.7881293296813965, F.relu: 1.7139588594436646}


class StdConv(nn.Conv2d):
    """Weights with mean 0 and variance 1 / fan-in, times gain and gamma."""

    def __init__(self, inputs, outputs, k, gamma, stride=1, groups=1):
        super().__init__(inputs, outputs, k, stride, k // 2, groups=groups)
        self.gain = nn.Parameter(torch.ones(outputs, 1, 1, 1))
        self.gamma = gamma

    def forward(self, x):
        w = self.weight.flatten(1)
        w = (w - w.mean(1, keepdim=True)) / torch.sqrt(w.var(1, unbiased=False, keepdim=True) + 1e-5)
        w = w.view_as(self.weight) * self.gain * self.gamma * w.shape[1] ** -0.5
        return F.conv2d(x, w, self.bias, self.stride, self.padding, groups=self.groups)


def multiple_of_8(v):
    return max(8, int(v + 4) // 8 * 8)


class Squeeze(nn.Module):
    def __init__(self, c, ratio):
        super().__init__()
        self.fc1 = nn.Conv2d(c, multiple_of_8(c * ratio), 1)
        self.fc2 = nn.Conv2d(multiple_of_8(c * ratio), c, 1)

    def forward(self, x):
        return x * torch.sigmoid(self.fc2(F.relu(self.fc1(x.mean((2, 3), keepdim=True)))))


class Eca(nn.Module):
    def __init__(self, c):
        super().__init__()
        k = int((np.log2(c) + 1) / 2)
        k = max(3, k + 1 - k % 2)
        self.conv = nn.Conv1d(1, 1, k, padding=k // 2, bias=False)

    def forward(self, x):
        return x * torch.sigmoid(self.conv(x.mean((2, 3))[:, None]))[:, 0, :, None, None]


class FreeBlock(nn.Module):
    def __init__(self, i, o, mid, stride, group, extra, attention, inside, f, variance):
        super().__init__()
        gamma, groups = GAMMA[f], mid // group if group else 1
        if i != o or stride > 1:
            self.downsample = nn.Sequential()
            self.downsample.add_module("conv", StdConv(i, o, 1, gamma))
        self.conv1 = StdConv(i, mid, 1, gamma)
        self.conv2 = StdConv(mid, mid, 3, gamma, stride, groups)
        if extra:
            self.conv2b = StdConv(mid, mid, 3, gamma, 1, groups)
        if inside:
            self.attn = attention(mid)
        self.conv3 = StdConv(mid, o, 1, gamma)
        if attention and not inside:
            self.attn_last = attention(o)
        self.f, self.beta, self.stride = f, variance**-0.5, stride

    def forward(self, x):
        y = self.f(x) * self.beta
        shortcut = x
        if hasattr(self, "downsample"):
            pooled = F.avg_pool2d(y, 2, 2, ceil_mode=True, count_include_pad=False) if self.stride > 1 else y
            shortcut = self.downsample(pooled)
        y = self.conv2(self.f(self.conv1(y)))
        if hasattr(self, "conv2b"):
            y = self.conv2b(self.f(y))
        if hasattr(self, "attn"):
            y = 2 * self.attn(y)
        y = self.conv3(self.f(y))
        if hasattr(self, "attn_last"):
            y = 2 * self.attn_last(y)
        return 0.2 * y + shortcut


class NormFree(nn.Module):
    """
    stem: kernel, channels, whether a pool follows; stages: width, depth, stride
    inner: of input, output and first, the width of a block's inner convolutions
    """

    def __init__(self, f, stem, stages, inner, group, extra, attention, inside, last, classes):
        super().__init__()
        kernel, channels, self.pool = stem
        self.f, gamma, c = f, GAMMA[f], 3
        self.stem = nn.Module()
        self.stem_convs = []
        for i, o in enumerate(channels):
            conv = StdConv(c, o, kernel, gamma, 2 if i in (0, 3) else 1)
            self.stem.add_module(f"conv{i + 1}" if len(channels) > 1 else "conv", conv)
            self.stem_convs.append(conv)
            c = o
        blocks, first = [], True
        for width, depth, stride in stages:
            variance, stage = 1.0 if first else variance, []
            for b in range(depth):
                mid = inner(c, width, first)
                stage.append(FreeBlock(c, width, mid, stride if b == 0 else 1, group, extra, attention, inside, f, variance))
                variance = 1.04 if b == 0 else variance + 0.04
                c, first = width, False
            blocks.append(nn.Sequential(*stage))
        self.stages = nn.Sequential(*blocks)
        self.final_conv = StdConv(c, last, 1, gamma) if last else nn.Identity()
        self.head = nn.Module()
        self.head.fc = nn.Linear(last or c, classes)

    def forward(self, x):
        for i, conv in enumerate(self.stem_convs):
            x = conv(self.f(x) if i else x)
        if self.pool:
            x = F.max_pool2d(x, 3, 2, 1)
        x = self.f(self.final_conv(self.stages(x)))
        return self.head.fc(x.mean((2, 3)))


def nf_regnet():
    inner = lambda i, o, first: multiple_of_8(i * (1 if first else 2.25))
    stages = [(16, 1, 2), (24, 2, 2)]
    return NormFree(F.silu, (3, [8], False), stages, inner, 8, False, lambda c: Squeeze(c, 0.5), True, 40, 5)


def nfnet_l(attention):
    stages = [(32, 1, 1), (64, 2, 2)]
    return NormFree(F.silu, (3, [2, 4, 8, 16], False), stages, lambda i, o, first: o // 4, 8, True, attention, False, 96, 5)


def nf_resnet(attention):
    return NormFree(F.relu, (7, [16], True), [(32, 1, 1), (64, 2, 2)], lambda i, o, first: o // 4, 0, False, attention, False, 0, 5)


def arrays(net):
    """By layer and this project's parameter name."""
    found = {}
    for name in net.names:
        layer = net[name]
        if isinstance(layer, nn.Linear):
            found[name, "W"], found[name, "b"] = layer.weight.T, layer.bias
        elif isinstance(layer, nn.BatchNorm2d):
            found[name, "gamma"], found[name, "beta"] = layer.weight, layer.bias
            found[name, "mean"], found[name, "var"] = layer.running_mean, layer.running_var
        elif isinstance(layer, Separable):
            found[name, "dW"], found[name, "pW"] = layer.depthwise.weight, layer.pointwise.weight
        elif isinstance(layer, Modern):
            found[name, "W"] = layer.conv.weight
            found[name, "gamma"], found[name, "beta"] = layer.norm.weight, layer.norm.bias
            found[name, "slope"] = layer.act.weight
        else:
            found[name, "W"] = layer.weight
            if layer.bias is not None:
                found[name, "b"] = layer.bias
    return {f"{name}.{param}": np.ascontiguousarray(a.detach().numpy()) for (name, param), a in found.items()}


def randomize(net):
    torch.manual_seed(1)
    with torch.no_grad():
        for key, value in list(net.named_parameters()) + list(net.named_buffers()):
            if value.dtype == torch.float64:
                # Variances and slopes of about 1, the rest about 0: nothing that a mix-up would leave as it is.
                positive = "var" in key or value.ndim == 1 and "bias" not in key and "mean" not in key
                value.copy_(torch.rand_like(value) + 0.5 if positive else torch.randn_like(value) * 0.4)
                if key == "final_layer.weight":
                    value.copy_(torch.renorm(value, 2, 0, 0.249))  # within the classifier's constraint
                if isinstance(net, SelfEeg) and value.ndim == 4 and value.shape[1] == 1 and value.shape[2] > 1:
                    value.copy_(torch.renorm(value, 2, 0, 0.99))  # within the constraint of spatial filters
    net.eval()


def fixture(name, net, *shape):
    randomize(net)
    x = torch.randn(2, *shape)
    y = net(x)
    np.savez(f"{name}.npz", x=x.numpy(), y=y.detach().numpy(), **arrays(net))
    print(name, y.detach().numpy().ravel()[:4])


def state_dict(name, net, *shape):
    """The state dict, and an input with its output, in single precision."""
    randomize(net)
    net.float()
    x = torch.randn(2, *shape, dtype=torch.float32)
    np.savez(f"../weights/{name}.npz", input=x.numpy(), output=net(x).detach().numpy())
    np.savez(f"../weights/{name}-state.npz", **{key: value.numpy() for key, value in net.state_dict().items()})
    print(name, ", ".join(net.state_dict()))


def count(name, net):
    print(f"{name:40} {sum(p.numel() for p in net.parameters()):>12,}")


if __name__ == "__main__":
    fixture("shallow", shallow(3, 64, 3, 5, 4, 5, 11, 4, 1e-6), 1, 3, 64)
    fixture("deep", deep(3, 210, 3, 4, 2, 2, 3, False), 1, 3, 210)
    fixture("deep-keras", deep(3, 60, 3, 3, 2, 2, 2, True), 1, 3, 60)
    fixture("inception", inception(3, 72, 3, 17, 2, 2), 1, 3, 72)
    fixture("ssvep", ssvep(3, 64, 3, 10, 3, 1, 2), 1, 3, 64)
    fixture("tcnet", tcnet(3, 3, 10, 2, 2, 4, 2, 3, 3), 1, 3, 320)
    fixture("encnet", encnet(2, 3, [2, 1, 2], 3, 3), 2, 30)
    fixture("unet", unet(2, 2, [2, 3, 1], 3, 1), 2, 27)
    state_dict("braindecode-shallowfbcspnet", braindecode_shallow(3, 64, 3, 5, 4, 5, 11, 4), 3, 64)
    state_dict("braindecode-deep4net", braindecode_deep(3, 210, 3, 4, 2), 3, 210)
    state_dict("braindecode-eeginceptionerp", braindecode_inception(3, 72, 3, 17, 2, 2), 3, 72)
    state_dict("braindecode-eegtcnet", BraindecodeTcn(3, 3, 10, 2, 2, 2, 3, 3), 3, 320)
    state_dict("selfeeg-shallownet", selfeeg_shallow(3, 64, 3, 5, 4, 11), 3, 64)
    state_dict("selfeeg-deepconvnet", selfeeg_deep(3, 210, 3, 4, 2, 3), 3, 210)
    state_dict("selfeeg-eeginception", selfeeg_inception(3, 72, 3, 33, 2, 2), 3, 72)
    state_dict("timm-nf-regnet", nf_regnet(), 3, 31, 36)
    state_dict("timm-nfnet-l", nfnet_l(lambda c: Squeeze(c, 0.25)), 3, 31, 36)
    state_dict("timm-eca-nfnet-l", nfnet_l(Eca), 3, 31, 36)
    state_dict("timm-nf-seresnet", nf_resnet(lambda c: Squeeze(c, 1 / 16)), 3, 31, 36)
    state_dict("timm-nf-ecaresnet", nf_resnet(Eca), 3, 31, 36)
    count("shallow, braindecode, 22 x 1000, 4", shallow(22, 1000, 4, 25, 40, 40, 75, 15, 1e-6))
    count("shallow, keras, 22 x 256, 4", shallow(22, 256, 4, 13, 40, 40, 35, 7, 1e-7))
    count("deep, braindecode, 22 x 1000, 4", deep(22, 1000, 4, 10, 25, 25, 3, False))
    count("deep, keras, 22 x 256, 4", deep(22, 256, 4, 5, 25, 25, 2, True))
    count("inception, 22 x 1000, 4", inception(22, 1000, 4, 64, 8, 2))
    count("inception, 22 x 256, 4", inception(22, 256, 4, 64, 8, 2))
    count("ssvep, 8 x 256, 12", ssvep(8, 256, 12, 256, 96, 1, 96))
    count("tcnet, 22 x any, 4", tcnet(22, 4, 32, 8, 2, 16, 2, 4, 12))
    for name, depths in {"12": [2] * 3, "16": [2] * 4, "17": [3] * 3, "23": [3] * 4, "29": [3] * 5}.items():
        count("unet" + name, unet(1, 64, depths, 3, 1))
    for name, depths in {"12": [2] * 5, "15": [2, 2, 3, 3, 3], "17": [3] * 5, "22": [4] * 5}.items():
        count("encnet" + name, encnet(1, 64, depths, 3, 2))

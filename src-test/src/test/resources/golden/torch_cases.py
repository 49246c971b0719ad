"""Writes golden cases of layers and arguments that the originals' set lacks, computed by PyTorch in double precision.

python3 torch_cases.py   (in this folder)

Formulas are written down here from PyTorch's and timm's documentation; see the notes of each case. Inputs and parameters
are exact in single precision.
"""

import json
import math

import numpy as np
import torch
from torch.nn import functional as F

torch.set_default_dtype(torch.float64)

TOLERANCE = {
    "float64": {"rtol": 1e-07, "atol": 1e-09},
    "float32": {"rtol": 0.0001, "atol": 2e-05},
    "meaning": "|a-b| <= atol*max(1,max|b|) + rtol*|b|",
}


def random(*shape, scale=1.0):
    return (torch.randn(*shape) * scale).float().double()


def leaf(value):
    return value.clone().requires_grad_()


def write(id, family, layer, constructor, arrays, **fields):
    """arrays: (name, role, tensor)"""
    described = [{"name": n, "shape": list(np.atleast_1d(t.detach().numpy()).shape), "role": r} for n, r, t in arrays]
    case = {"id": id, "family": family, "dtype": "float64", "layer": layer, "constructor": constructor}
    case.update(fields)
    case.update({"tolerance": TOLERANCE, "arrays": described})
    with open(id + ".json", "w") as f:
        json.dump(case, f, indent=1)
    np.savez(id + ".npz", **{n: np.atleast_1d(t.detach().numpy()) for n, _, t in arrays})


def pass_of(x, params, run):
    """Arrays of one pass, and the gradients of the sum of output times grad_output."""
    x = leaf(x)
    params = {name: leaf(value) for name, value in params.items()}
    y = run(x, **params)
    g = random(*y.shape)
    loss = (y * g).sum()
    loss.backward()
    return (
        [("input", "input", x)]
        + [(n, "param", v) for n, v in params.items()]
        + [("output", "output", y), ("grad_output", "grad_output", g), ("loss", "loss", loss)]
        + [("grad_input", "grad", x.grad)]
        + [("grad_" + n, "grad", v.grad) for n, v in params.items()]
    )


# timm's EcaModule: the kernel size follows from the channels unless it is given.


def eca(id, shape, kernel_size=None):
    channels = shape[1]
    if kernel_size is None:
        t = int(abs(math.log(channels, 2) + 1) / 2)
        k = max(t if t % 2 else t + 1, 3)
    else:
        k = kernel_size

    def run(x, weight):
        mean = x.flatten(2).mean(2)
        gate = torch.sigmoid(F.conv1d(mean.unsqueeze(1), weight, padding=(k - 1) // 2)).squeeze(1)
        return x * gate.reshape(*gate.shape, *[1] * (x.dim() - 2))

    arrays = pass_of(random(*shape), {"weight": random(1, 1, k)}, run)
    write(id, "timm_eca", "EcaModule", {"channels": channels, "kernel_size": kernel_size}, arrays)


# timm's StdConv2d: a batch normalization of the weights.


def std_conv(id, shape, out, kernel, eps=1e-6, **c):
    c = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1, "bias": False, **c}
    params = {"weight": random(out, shape[1] // c["groups"], *kernel, scale=0.02)}
    if c["bias"]:
        params["bias"] = random(out)

    def run(x, weight, bias=None):
        w = F.batch_norm(weight.reshape(1, out, -1), None, None, training=True, momentum=0.0, eps=eps)
        return F.conv2d(x, w.reshape_as(weight), bias, c["stride"], c["padding"], c["dilation"], c["groups"])

    constructor = {"in_channels": shape[1], "out_channels": out, "kernel_size": kernel, "eps": eps, **c}
    write(id, "timm_stdconv", "StdConv2d", constructor, pass_of(random(*shape), params, run))


# torch.nn.ConvTranspose1d, 2d, 3d.


def transposed_arguments(in_channels, out_channels, kernel_size, **c):
    return {
        "in_channels": in_channels,
        "out_channels": out_channels,
        "kernel_size": kernel_size,
        **{"stride": 1, "padding": 0, "output_padding": 0, "groups": 1, "bias": True, "dilation": 1, **c},
        "padding_mode": "zeros",
    }


def transposed_params(c, rank):
    k = c["kernel_size"] if isinstance(c["kernel_size"], list) else [c["kernel_size"]] * rank
    params = {"weight": random(c["in_channels"], c["out_channels"] // c["groups"], *k, scale=0.5)}
    if c["bias"]:
        params["bias"] = random(c["out_channels"])
    return params


def transposed(c, rank, x, weight, bias=None):
    f = [F.conv_transpose1d, F.conv_transpose2d, F.conv_transpose3d][rank - 1]
    return f(x, weight, bias, c["stride"], c["padding"], c["output_padding"], c["groups"], c["dilation"])


def conv_transpose(id, shape, out, kernel, **arguments):
    c = transposed_arguments(shape[1], out, kernel, **arguments)
    rank = len(shape) - 2
    run = lambda x, weight, bias=None: transposed(c, rank, x, weight, bias)
    arrays = pass_of(random(*shape), transposed_params(c, rank), run)
    write(id, "torch_conv_transpose", f"ConvTranspose{rank}d", c, arrays)


# elektronn3's FWS around them: standardizes along the first axis of the weight, in place, before each pass.


def fws(id, shape, out, kernel, modes, const_eval=False, **arguments):
    c = transposed_arguments(shape[1], out, kernel, **arguments)
    rank = len(shape) - 2
    params = transposed_params(c, rank)
    weight = params.pop("weight")
    gain = (0.5 + torch.rand(shape[1])).float().double()
    arrays = [("gain", "param", gain), ("layer.weight", "param", weight.clone())]
    arrays += [("layer." + n, "param", v) for n, v in params.items()]
    dims = list(range(1, weight.dim()))
    eps = 1e-4
    for step, mode in enumerate(modes, 1):
        if mode == "train" or not const_eval:
            mean = weight.mean(dims, keepdim=True)
            var = weight.var(dims, unbiased=True, keepdim=True)
            scale = torch.rsqrt(torch.clamp(var * weight.numel(), min=eps))
            weight = (weight - mean) * scale * gain.reshape(-1, *[1] * (weight.dim() - 1))
        x = leaf(random(*shape))
        w, rest = leaf(weight), {n: leaf(v) for n, v in params.items()}
        y = transposed(c, rank, x, w, **rest)
        arrays += [(f"input_{step}", "input", x), (f"layer.weight_after_{step}", "param_after", weight)]
        arrays += [(f"output_{step}", "output", y)]
    g = random(*y.shape)
    loss = (y * g).sum()
    loss.backward()
    arrays += [("grad_output", "grad_output", g), ("loss", "loss", loss), (f"grad_input_{step}", "grad", x.grad)]
    arrays += [("grad_layer.weight", "grad", w.grad)]
    arrays += [("grad_layer." + n, "grad", v.grad) for n, v in rest.items()]
    write(
        id,
        "elektronn3_fws",
        "FWS",
        {"learnable_gain": True, "const_eval": const_eval, "eps": eps},
        arrays,
        inner_layer=f"ConvTranspose{rank}d",
        inner_constructor=c,
        fan_in="elektronn3",
        var_correction=1,
        modes=modes,
        gain_is_parameter=True,
        no_grad_params=["gain"],
        notes=["units are what the first axis of the weight counts: input channels"],
    )


# timm's NFNet block with the tanh form of GELU; timm gives it the gamma of gelu.


def nfnet_block(id, shape, out, stride, alpha=0.2, beta=0.9, eps=1e-4, group_size=4):
    gamma = 1.7015043497085571
    width = max(group_size, int(out * 0.5))
    groups = width // group_size
    hidden = max(1, int(out * 0.5))
    act = lambda x: gamma * F.gelu(x, approximate="tanh")
    params = {"skip_gain": random(1)}

    def conv_params(name, o, i, k):
        params[name + ".weight"] = random(o, i, k, k, scale=0.3)
        params[name + ".gain"] = (0.5 + torch.rand(o)).float().double()
        params[name + ".bias"] = random(o, scale=0.2)

    conv_params("conv0", width, shape[1], 1)
    conv_params("conv1", width, width // groups, 3)
    conv_params("conv1b", width, width // groups, 3)
    conv_params("conv2", out, width, 1)
    conv_params("conv_shortcut", out, shape[1], 1)
    params["se.fc0.weight"], params["se.fc0.bias"] = random(hidden, out, scale=0.5), random(hidden, scale=0.2)
    params["se.fc1.weight"], params["se.fc1.bias"] = random(out, hidden, scale=0.5), random(out, scale=0.2)
    middle = {}

    def run(x, **p):
        def conv(name, x, stride=1, groups=1):
            w = p[name + ".weight"]
            mean = w.mean((1, 2, 3), keepdim=True)
            scale = torch.rsqrt(torch.clamp(w.var((1, 2, 3), unbiased=True, keepdim=True) * w[0].numel(), min=eps))
            w = (w - mean) * scale * p[name + ".gain"].reshape(-1, 1, 1, 1)
            return F.conv2d(x, w, p[name + ".bias"], stride, w.shape[-1] // 2, 1, groups)

        h = act(x) * beta
        pooled = F.avg_pool2d(h, 2, 2, ceil_mode=True, count_include_pad=False) if stride > 1 else h
        middle["shortcut"] = shortcut = conv("conv_shortcut", pooled)
        r = conv("conv1", act(conv("conv0", h)), stride, groups)
        r = conv("conv2", act(conv("conv1b", act(r), 1, groups)))
        s = F.relu(F.linear(r.mean((2, 3)), p["se.fc0.weight"], p["se.fc0.bias"]))
        s = torch.sigmoid(F.linear(s, p["se.fc1.weight"], p["se.fc1.bias"]))
        return 2 * s[:, :, None, None] * r * p["skip_gain"] * alpha + shortcut

    x = random(*shape)
    leaves = {n: leaf(v) for n, v in params.items()}
    arrays = pass_named(x, leaves, lambda x: run(x, **leaves))
    arrays.append(("mid_shortcut", "intermediate", middle["shortcut"]))
    constructor = {"in_ch": shape[1], "out_ch": out, "stride": stride, "expansion": 0.5, "group_size": group_size}
    constructor.update({"se_ratio": 0.5, "alpha": alpha, "beta": beta, "activation": "gelu_tanh"})
    constructor.update({"use_two_convs": True, "correction": 1})
    formula = {"gamma": gamma, "fan_in": "nfnet", "var_correction": 1, "eps": eps}
    sizes = {"width": width, "groups": groups, "se_hidden": hidden}
    write(id, "nfnet_block", "NFNetBlock", constructor, arrays, **sizes, **formula)


def pass_named(x, leaves, run):
    x = leaf(x)
    y = run(x)
    g = random(*y.shape)
    loss = (y * g).sum()
    loss.backward()
    arrays = [("input", "input", x)] + [(n, "param", v) for n, v in leaves.items()]
    arrays += [("output", "output", y), ("grad_output", "grad_output", g), ("loss", "loss", loss)]
    return arrays + [("grad_input", "grad", x.grad)] + [("grad_" + n, "grad", v.grad) for n, v in leaves.items()]


# selfEEG's constraints with another eps than its own 1e-9.


def constrained(id, shape, out, kernel, norm, eps, dims=(1, 2, 3)):
    w = random(out, shape[1], *kernel)
    n = torch.linalg.vector_norm(w, dim=dims, keepdim=True)
    lo, hi, rate = norm.get("min_norm"), norm["max_norm"], norm.get("minmax_rate", 1.0)
    desired = torch.clamp(n, max=hi) if lo is None else rate * torch.clamp(n, lo, hi) + (1 - rate) * n
    after = w * desired / (n + eps)
    b = random(out)
    x = random(*shape)
    arrays = pass_of(x, {"weight": after, "bias": b}, lambda x, weight, bias: F.conv2d(x, weight, bias))
    arrays = [(n, r, w if n == "weight" else t) for n, r, t in arrays] + [("weight_after", "param_after", after)]
    constructor = {
        "in_channels": shape[1],
        "out_channels": out,
        "kernel_size": kernel,
        **{"stride": 1, "padding": 0, "dilation": 1, "groups": 1, "bias": True, "padding_mode": "zeros"},
        **{"max_norm": hi, "min_norm": lo, "axis_norm": list(dims), "minmax_rate": rate, "constraint_eps": eps},
    }
    write(id, "selfeeg_constrained_conv2d", "ConstrainedConv2d", constructor, arrays)


# A temporal and a spatial convolution, one after the other, as in Schirrmeister et al.'s networks.


def combined(id, shape, filters_time, filters_spat, taps, padding=0, bias_time=True, bias_spat=True):
    params = {"conv_time.weight": random(filters_time, 1, 1, taps)}
    if bias_time:
        params["conv_time.bias"] = random(filters_time)
    params["conv_spat.weight"] = random(filters_spat, filters_time, shape[2], 1, scale=0.5)
    if bias_spat:
        params["conv_spat.bias"] = random(filters_spat)
    leaves = {n: leaf(v) for n, v in params.items()}

    def run(x):
        u = F.conv2d(x, leaves["conv_time.weight"], leaves.get("conv_time.bias"), 1, (0, padding))
        return F.conv2d(u, leaves["conv_spat.weight"], leaves.get("conv_spat.bias"))

    constructor = {"rows": shape[2], "taps": taps, "filters_time": filters_time, "filters_spat": filters_spat}
    constructor.update({"padding": padding, "bias_time": bias_time, "bias_spat": bias_spat})
    write(id, "torch_combined", "Conv2d, Conv2d", constructor, pass_named(random(*shape), leaves, run))


# Adaptive gradient clipping of a gain [C, 1, 1, 1]: timm clips each channel, the paper's code the whole.


def agc(id, rule, clip=0.02, eps=1e-3):
    arrays = []
    for name, shape in {"conv.weight": (3, 2, 3, 3), "conv.bias": (3,), "conv.gain": (3, 1, 1, 1)}.items():
        p, g = random(*shape), random(*shape) * torch.tensor([1.0, 0.01, 10.0]).reshape(-1, *[1] * (len(shape) - 1))
        whole = len(shape) < 2 or rule == "paper" and max(shape) == np.prod(shape)
        dims = tuple(range(0 if whole else 1, len(shape)))
        norm = lambda t: torch.linalg.vector_norm(t, dim=dims, keepdim=True)
        limit = clip * torch.clamp(norm(p), min=eps)
        after = torch.where(norm(g) < limit, g, g * limit / torch.clamp(norm(g), min=1e-6))
        arrays += [(name, "param", p), ("grad_before_" + name, "grad", g), ("grad_after_" + name, "grad_after", after)]
    constructor = {"clip_factor": clip, "eps": eps, "norm_type": 2.0}
    write(id, "nfnet_agc", "adaptive_clip_grad", constructor, arrays, rule=rule)


if __name__ == "__main__":
    torch.manual_seed(14)
    eca("timm_eca_q01", (2, 5, 3, 4))
    eca("timm_eca_q02", (2, 130, 2, 2))
    eca("timm_eca_q03", (3, 4, 7), 5)
    std_conv("timm_stdconv_q01", (2, 3, 5, 6), 4, [3, 2], padding=1)
    std_conv("timm_stdconv_q02", (2, 4, 6, 5), 4, [3, 3], groups=2, stride=2, bias=True, eps=1e-5)
    conv_transpose("torch_conv_transpose_q01", (2, 3, 7), 4, 4, stride=2, padding=1)
    conv_transpose("torch_conv_transpose_q02", (2, 4, 6), 6, [3], groups=2, dilation=2, bias=False)
    conv_transpose("torch_conv_transpose_q03", (2, 3, 4, 5), 2, [3, 2], stride=[2, 1], output_padding=[1, 0])
    conv_transpose("torch_conv_transpose_q04", (2, 4, 3, 3), 4, 3, stride=2, padding=1, dilation=[2, 1], groups=4)
    conv_transpose("torch_conv_transpose_q05", (2, 2, 2, 3, 3), 3, [2, 3, 1], stride=2, padding=[0, 1, 0])
    fws("elektronn3_fws_q01", (2, 3, 6), 2, 3, ["train", "eval"], stride=2)
    fws("elektronn3_fws_q02", (2, 4, 3, 4), 6, [3, 2], ["train", "eval"], const_eval=True, groups=2, padding=1)
    fws("elektronn3_fws_q03", (2, 2, 2, 3, 2), 3, 2, ["train", "train"], stride=2, output_padding=1, bias=False)
    nfnet_block("nfnet_block_q01", (2, 4, 4, 4), 8, 2)
    constrained("selfeeg_constrained_conv2d_q01", (2, 2, 5, 6), 3, [2, 3], {"max_norm": 0.5}, 0.1)
    constrained("selfeeg_constrained_conv2d_q02", (2, 2, 5, 6), 3, [2, 3], {"max_norm": 2.0, "min_norm": 1.0}, 1e-7)
    agc("nfnet_agc_q01", "timm")
    agc("nfnet_agc_q02", "paper")
    combined("torch_combined_q01", (2, 1, 5, 40), 4, 3, 7)
    combined("torch_combined_q02", (3, 1, 4, 30), 6, 5, 4, padding=2, bias_spat=False)
    combined("torch_combined_q03", (2, 1, 3, 20), 5, 4, 5, padding=5, bias_time=False)

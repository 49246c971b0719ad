"""Writes PyTorch networks with the names of braindecode, selfEEG and timm as ONNX, for OnnxImportTest.

python3 export.py FOLDER   (in this folder; torch 1.13 and onnx)

The networks and their state dicts are those of ../zoo/networks.py and ../weights. NAME.onnx has the names of the state
dict; NAME-folded.onnx is what torch.onnx.export writes unless told otherwise.
"""
import sys

import numpy as np
import torch
from torch.nn import functional as F
from torch.onnx import TrainingMode

sys.path.insert(0, "../zoo")
import networks as n

NETWORKS = {
    "braindecode-shallowfbcspnet": n.braindecode_shallow(3, 64, 3, 5, 4, 5, 11, 4),
    "braindecode-deep4net": n.braindecode_deep(3, 210, 3, 4, 2),
    "braindecode-eeginceptionerp": n.braindecode_inception(3, 72, 3, 17, 2, 2),
    "braindecode-eegtcnet": n.BraindecodeTcn(3, 3, 10, 2, 2, 2, 3, 3),
    "selfeeg-shallownet": n.selfeeg_shallow(3, 64, 3, 5, 4, 11),
    "selfeeg-deepconvnet": n.selfeeg_deep(3, 210, 3, 4, 2, 3),
    "selfeeg-eeginception": n.selfeeg_inception(3, 72, 3, 33, 2, 2),
    "timm-nf-regnet": n.nf_regnet(),
    "timm-nfnet-l": n.nfnet_l(lambda c: n.Squeeze(c, 0.25)),
    "timm-nf-ecaresnet": n.nf_resnet(n.Eca),
}


def padded(conv):
    """The same convolution without padding="same", which this version cannot export."""
    conv.forward = lambda x: F.conv2d(
        F.pad(x, conv._reversed_padding_repeated_twice), conv.weight, conv.bias, conv.stride, 0, conv.dilation, conv.groups
    )


for name, net in NETWORKS.items():
    arrays = np.load(f"../weights/{name}-state.npz")
    net.load_state_dict({key: torch.from_numpy(arrays[key]) for key in arrays})
    net.eval().float()
    for module in net.modules():
        if getattr(module, "padding", None) == "same":
            padded(module)
    x = torch.from_numpy(np.load(f"../weights/{name}.npz")["input"])
    file = f"{sys.argv[1]}/{name}"
    torch.onnx.export(net, x, file + ".onnx", training=TrainingMode.PRESERVE, do_constant_folding=False)
    torch.onnx.export(net, x, file + "-folded.onnx")

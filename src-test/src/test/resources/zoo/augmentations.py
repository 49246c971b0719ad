"""Writes the reference values of AugmentationTest and MovingStandardizationTest: braindecode's functions with fixed
random draws.

python3 augmentations.py   (in this folder; takes braindecode, MNE and pandas)
"""

import numpy as np
import torch
from braindecode.augmentation import functional as F
from braindecode.preprocessing import exponential_moving_standardize
from sklearn.utils import check_random_state

rng = np.random.RandomState(3)
out = {}
y = torch.tensor([0, 1, 2])


def noise(n, c, t):
    return rng.standard_normal((n, c, t)).astype(np.float32)


for name, t in (("even", 160), ("odd", 75)):
    out[name] = noise(3, 2, t)
    x = torch.from_numpy(out[name])
    for own in (False, True):
        key = f"surrogate_{name}_{'own' if own else 'same'}"
        out[key + "_turns"] = check_random_state(9).random((3, 2 if own else 1, (t - 1) // 2))
        out[key] = F.ft_surrogate(x, y, 0.7 if own else 1.0, own, 9)[0].numpy()
    start = torch.tensor([0.0, 11.3, t - 20.0], dtype=torch.float64)
    out[f"mask_{name}_start"] = start.numpy()
    out[f"mask_{name}"] = F.smooth_time_mask(x, y, start, 20)[0].numpy()
    hz = torch.tensor([-2.0, 0.37, 1.9], dtype=torch.float64)
    out[f"shift_{name}_hz"] = hz.numpy()
    out[f"shift_{name}"] = F.frequency_shift(x.double(), y, hz, 64.0)[0].numpy()
    hz = np.array([1.5, 13.2, 30.4])
    out[f"bandstop_{name}_hz"] = hz
    out[f"bandstop_{name}"] = F.bandstop_filter(x, y, 64.0, 1.0, hz)[0].numpy()
    lam, others = torch.tensor([0.3, 1.0, 0.85]), torch.tensor([2, 0, 1])
    mixed, (a, b, _) = F.mixup(x, y, lam, others)
    out[f"mixup_{name}"] = mixed.numpy()
classes = np.eye(3, dtype=np.float32)
share = lam.numpy()[:, None]
out["mixup_lam"] = lam.numpy()
out["mixup_others"] = others.numpy().astype(np.int32)
out["mixup_labels"] = (share * classes[a] + (1 - share) * classes[b]).astype(np.float32)

# Longer than the filter, whose computed length is even
out["long"] = noise(1, 1, 700)
out["bandstop_long"] = F.bandstop_filter(torch.from_numpy(out["long"]), y, 62.0, 4.0, [20.0])[0].numpy()

x = (noise(1, 2, 1500)[0] * 7 + 3).astype(np.float64)
x[1] += np.linspace(0, 40, 1500)
out["continuous"] = x.astype(np.float32)
x = out["continuous"].astype(np.float64)
out["standardized"] = exponential_moving_standardize(x, 1e-3, 1000, 1e-4).astype(np.float32)
out["standardized_whole"] = exponential_moving_standardize(x, 0.02, None, 1e-4).astype(np.float32)
np.savez_compressed("augmentations.npz", **out)

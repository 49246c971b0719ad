"""Writes the reference values of ImageFolderTest: Pillow's resize of the middle part of a small image.

python3 images.py   (in this folder; takes Pillow)
"""

import numpy as np
from PIL import Image

rng = np.random.RandomState(5)
h, w = 37, 53
image = Image.fromarray(rng.randint(0, 256, (8, 10, 3)).astype(np.uint8)).resize((w, h), Image.BICUBIC)


def box(height, width, crop):
    s = min(w / width, h / height) * crop
    return ((w - width * s) / 2, (h - height * s) / 2, (w + width * s) / 2, (h + height * s) / 2)


def resized(of, height, width, crop):
    return np.asarray(of.resize((width, height), Image.BILINEAR, box=box(height, width, crop)))


out = {
    "color": np.asarray(image).transpose(2, 0, 1),
    "color_down": resized(image, 16, 16, 1.0).transpose(2, 0, 1),
    "color_up": resized(image, 60, 80, 0.8).transpose(2, 0, 1),
    "color_same": resized(image, 37, 53, 1.0).transpose(2, 0, 1),
    "gray_down": resized(image.convert("L"), 16, 16, 1.0)[None],
}
np.savez_compressed("images.npz", **{name: levels.astype(np.float32) for name, levels in out.items()})

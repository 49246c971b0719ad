"""Writes the EEGLAB files of the tests: python3 make.py FOLDER (apt-get install python3-scipy python3-h5py).

Sample t of channel c is ((7919 c + 104729 t) mod 20011) / 16 - 600, exact in single precision.
"""
import sys
from pathlib import Path

import h5py
import numpy as np
from scipy.io import savemat

CHANNELS, RATE = 4, 128
LABELS = ["Fz", "Cz", "Pz", "TRIG"]
TYPES = ["EEG", "EEG", "", "STIM"]


def samples(count):
    c, t = np.arange(CHANNELS)[:, None], np.arange(count)[None, :]
    return (((7919 * c + 104729 * t) % 20011) / 16 - 600).astype(np.float32)


def structs(rows):
    """A structure array, 1 x n as EEGLAB has it."""
    array = np.empty((1, len(rows)), dtype=[(key, object) for key in rows[0]])
    for i, row in enumerate(rows):
        for key, value in row.items():
            array[0, i][key] = value
    return array


def dataset(points, trials, events, data):
    return {
        "setname": "test",
        "nbchan": float(CHANNELS),
        "trials": float(trials),
        "pnts": float(points),
        "srate": float(RATE),
        "xmin": -0.5 if trials > 1 else 0.0,
        "xmax": (points - 1) / RATE - (0.5 if trials > 1 else 0.0),
        "data": data,
        "chanlocs": [{"labels": label, "type": kind} for label, kind in zip(LABELS, TYPES)],
        "event": events,
        "epoch": [{"event": i + 1.0, "eventtype": e["type"], "eventlatency": 0.0} for i, e in enumerate(events)]
        if trials > 1
        else np.zeros((0, 0)),
    }


def mat5(path, eeg, compressed, as_struct):
    eeg = {key: structs(value) if isinstance(value, list) else value for key, value in eeg.items()}
    savemat(path, {"EEG": eeg} if as_struct else eeg, do_compression=compressed, appendmat=False)


def mat73(path, eeg, compressed):
    """As MATLAB writes it with -v7.3: 512 bytes of its own, references to the fields of structure arrays."""
    with h5py.File(path, "w", userblock_size=512) as file:
        refs = file.create_group("#refs#")

        def write(group, name, value):
            if isinstance(value, list):
                struct = group.create_group(name)
                struct.attrs["MATLAB_class"] = np.bytes_("struct")
                for field in value[0]:
                    found = [write(refs, f"r{len(refs)}", row[field]).ref for row in value]
                    struct.create_dataset(field, data=np.array(found, dtype=h5py.ref_dtype)[:, None], dtype=h5py.ref_dtype)
                return struct
            if isinstance(value, str):
                text = np.array([ord(c) for c in value], np.uint16)[:, None]
                data = group.create_dataset(name, data=text if value else np.zeros(2, np.uint64))
                data.attrs["MATLAB_class"] = np.bytes_("char")
                if value:
                    data.attrs["MATLAB_int_decode"] = np.int32(2)
                else:
                    data.attrs["MATLAB_empty"] = np.uint8(1)
                return data
            array = np.atleast_2d(np.asarray(value))
            empty = array.size == 0
            options = {"compression": "gzip", "chunks": True} if compressed and array.size > 100 else {}
            data = group.create_dataset(name, data=np.zeros(2, np.uint64) if empty else array.T, **options)
            data.attrs["MATLAB_class"] = np.bytes_("single" if array.dtype == np.float32 else "double")
            if empty:
                data.attrs["MATLAB_empty"] = np.uint8(1)
            return data

        group = file.create_group("EEG")
        group.attrs["MATLAB_class"] = np.bytes_("struct")
        for key, value in eeg.items():
            write(group, key, value)
    with open(path, "r+b") as file:
        file.write(b"MATLAB 7.3 MAT-file, Platform: GLNXA64".ljust(116) + bytes(8) + b"\x00\x02IM")


def continuous_events():
    return [
        {"type": "left", "latency": 129.0, "duration": 64.0},
        {"type": 7.0, "latency": 257.25, "duration": np.zeros((0, 0))},
        {"type": "boundary", "latency": 300.5, "duration": 50.0},
        {"type": "right", "latency": 301.0, "duration": 1.0},
        {"type": "", "latency": 350.0, "duration": 1.0},
        {"type": "late", "latency": 99999.0, "duration": 1.0},
    ]


def epoched_events():
    return [
        {"type": "right" if e % 3 == 2 else "left", "latency": e * 100 + 65.0, "duration": 0.0, "epoch": e + 1.0}
        for e in range(6)
    ]


def main(folder):
    folder = Path(folder)
    whole = samples(6000)
    whole.T.tofile(folder / "continuous.fdt")
    mat5(folder / "continuous.set", dataset(6000, 1, continuous_events(), "continuous.fdt"), False, True)
    mat5(folder / "continuous-v6.set", dataset(6000, 1, continuous_events(), whole), False, True)
    short = samples(600)
    mat5(folder / "continuous-v7.set", dataset(600, 1, continuous_events(), short.astype(float)), True, False)
    mat73(folder / "continuous-v73.set", dataset(600, 1, continuous_events(), short), True)
    cut = short.reshape(CHANNELS, 6, 100).transpose(0, 2, 1)
    mat5(folder / "epoched-v7.set", dataset(100, 6, epoched_events(), cut), True, True)
    mat73(folder / "epoched-v73.set", dataset(100, 6, epoched_events(), cut), False)
    short.T.tofile(folder / "epoched.fdt")
    mat5(folder / "epoched.set", dataset(100, 6, epoched_events(), "epoched.fdt"), False, True)


main(sys.argv[1])

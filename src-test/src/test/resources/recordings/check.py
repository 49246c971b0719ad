"""Compares what Lamina reads from recordings with what MNE reads: python3 check.py FOLDER
(apt-get install python3-mne). MneTest writes the folder: beside each recording NAME there is
NAME.json (channels, step of the converter, pieces, events) and NAME.samples (floats in uV)."""
import json
import pathlib
import re
import sys
import warnings

import mne
import numpy



def eeglab_epochs(recording):
    """Epochs one after the other, and as events when each has its own."""
    epochs = mne.io.read_epochs_eeglab(recording)
    data = epochs.get_data()
    raw = mne.io.RawArray(numpy.concatenate(list(data), axis=1), epochs.info)
    names = {number: name for name, number in epochs.event_id.items()}
    onsets = (epochs.events[:, 0] - 1) / epochs.info["sfreq"]
    raw.set_annotations(mne.Annotations(onsets, 0, [names[e] for e in epochs.events[:, 2]]))
    return raw


def read_raw(recording):
    if recording.suffix == ".gdf":
        return mne.io.read_raw_gdf(recording, preload=True)
    if recording.suffix == ".vhdr":
        return mne.io.read_raw_brainvision(recording, preload=True)
    if recording.name.startswith("epoched"):
        return eeglab_epochs(recording)
    return mne.io.read_raw_eeglab(recording, preload=True)


warnings.simplefilter("ignore")
mne.set_log_level("ERROR")
worst = 0
files = sorted(pathlib.Path(sys.argv[1]).glob("*.json"))
for file in files:
    ours = json.loads(file.read_text())
    recording = file.with_suffix("")
    gdf = recording.suffix == ".gdf"
    raw = read_raw(recording)
    rate = raw.info["sfreq"]
    assert rate == ours["rate"], f"{recording}: rate {ours['rate']}, MNE {rate}"
    # MNE gives volts
    theirs = raw.get_data(picks=ours["channels"]) * 1e6
    samples = numpy.fromfile(recording.with_suffix(recording.suffix + ".samples"), "<f4")
    steps = numpy.array(ours["steps"])[:, None]
    at = 0
    largest = 0
    for start, length in ours["pieces"]:
        count = len(steps) * length
        piece = samples[at:at + count].reshape(len(steps), length).astype(float)
        at += count
        same = theirs[:, start:start + length]
        # A float has 24 bits, which is less than a step of 32 bits
        step = numpy.maximum(steps, numpy.abs(same) * 2.0**-23)
        largest = max(largest, numpy.max(numpy.abs(piece - same) / step))
    assert at == samples.size
    events = [
        # MNE's types of EEGLAB that are numbers have decimals
        (a["onset"], a["duration"], re.sub(r"^(\d+)\.0$", r"\1", a["description"]))
        for a in raw.annotations
        if not re.match(r"New Segment/|boundary$|\[\]$", a["description"])
    ]
    assert len(events) == len(ours["events"]), f"{recording}: {len(events)} events in MNE"
    for (onset, duration, label), event in zip(sorted(events), sorted(ours["events"])):
        # MNE's events of GDF last a sample at least
        lasts = max(event[1], 1 / rate) if gdf else event[1]
        same = abs(onset - event[0]) < 1e-6 and abs(duration - lasts) < 1e-6
        assert same and label == event[2].replace("rejected/", ""), (recording, label, event)
    print(
        f"{recording.name}: {len(steps)} channels, {len(ours['pieces'])} pieces,"
        f" {len(events)} events, largest difference {largest:.2g} steps"
    )
    worst = max(worst, largest)
print(f"{len(files)} recordings, largest difference {worst:.2g} steps")
sys.exit(0 if files and worst <= 1 else 1)

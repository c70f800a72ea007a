"""Music out of numbers: drums and chords, and a voice that sings without words."""

import numpy as np

RATE = 16_000
CHORDS = [(220, 262, 330), (175, 220, 262), (131, 196, 262), (196, 247, 294)]
VOWELS = [(730, 1090, 2440), (530, 1840, 2480), (300, 870, 2240), (570, 840, 2410)]
MELODY = [440, 494, 523, 440, 392, 349, 330, 392]
BEAT = RATE // 2


def band(seconds):
    """Chords of plucked strings, a bass drum and a cymbal at 120 beats a minute."""
    chance, sound = np.random.default_rng(3), np.zeros(seconds * RATE)
    times = np.arange(BEAT) / RATE
    thump = np.sin(2 * np.pi * 60 * times) * np.exp(-times * 18)
    for beat in range(seconds * 2):
        hiss = chance.normal(0, 0.3, BEAT) * np.exp(-times * 40)
        notes = sum(
            np.sin(2 * np.pi * tone * harmonic * times) / harmonic**1.5
            for tone in CHORDS[beat // 4 % 4]
            for harmonic in range(1, 6)
        )
        part = 0.15 * notes * np.exp(-times * 3) + 0.5 * thump * (beat % 2 == 0)
        sound[beat * BEAT : (beat + 1) * BEAT] = part + 0.3 * hiss
    return sound


def singer(seconds):
    """A voice with vibrato on one vowel a note; no consonant, so no word."""
    times = np.arange(seconds * RATE) / RATE
    note = np.repeat(np.resize(MELODY, seconds), RATE)
    phase = 2 * np.pi * np.cumsum(note * 0.5 + 3 * np.sin(2 * np.pi * 5 * times)) / RATE
    sound = np.zeros(len(times))
    vowels = np.repeat(np.resize(np.arange(4), seconds), RATE)
    for harmonic in range(1, 24):
        here = harmonic * note * 0.5
        heard = sum(
            np.exp(-(((here - np.array(VOWELS)[vowels, peak]) / 120) ** 2)) / (1 + peak)
            for peak in range(3)
        )
        sound += (heard + 0.02) * np.sin(harmonic * phase) / harmonic**0.5
    fade = np.minimum(1, np.minimum(times % 1, 1 - times % 1) * 12)
    return 0.25 * sound * fade

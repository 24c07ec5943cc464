"""What everything that handles sounds agrees on."""

FULL_SCALE = 32768  # of 16-bit samples
CLIPPED, CLIPPED_RUN = 0.999, 3  # so many samples in a row at so much of full scale are clipped
WINDOW_SECONDS = 0.032  # speech's usual; music's partials show as well


def window_samples(sample_rate: int) -> int:
    """Returns the samples of a window to look at sounds with: the power of two from 32 ms up.

    Example:
        >>> window_samples(8000), window_samples(44_100)
        (256, 2048)
    """
    return 1 << (round(WINDOW_SECONDS * sample_rate) - 1).bit_length()

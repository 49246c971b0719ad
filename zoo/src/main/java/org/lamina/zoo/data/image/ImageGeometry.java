package org.lamina.zoo.data.image;

import org.lamina.zoo.data.DataException;

/**
 * The size to which images are scaled, after a center crop: the largest central part with that
 * aspect ratio, times {@code crop}.
 *
 * @param height in pixels
 * @param width in pixels
 * @param crop fraction of the largest part, above 0 and at most 1; timm's {@code crop_pct}
 */
public record ImageGeometry(int height, int width, double crop) {
    /** Checks the values. */
    public ImageGeometry {
        if (height < 1 || width < 1 || (long) height * width > ImageFile.MOST_PIXELS) {
            throw new DataException(
                    "Images of %d x %d pixels; at least 1 x 1 and at most %d in all",
                    height, width, ImageFile.MOST_PIXELS);
        }
        if (!(crop > 0 && crop <= 1)) {
            throw new DataException("Crop %s must be above 0 and at most 1", crop);
        }
    }
}

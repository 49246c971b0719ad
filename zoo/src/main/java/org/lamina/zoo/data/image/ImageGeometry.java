package org.lamina.zoo.data.image;

import org.lamina.zoo.data.DataException;

/**
 * How an image file of any size becomes an image of one size: the largest part in its middle that
 * has the ratio of height and width, times {@code crop}, is scaled to that size.
 *
 * @param height in pixels
 * @param width in pixels
 * @param crop share of the largest part, above 0 and at most 1; timm's {@code crop_pct}
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

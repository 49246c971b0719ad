package org.lamina.spec;

/**
 * An activation function on its own, for inputs of any number of spatial dimensions. The function
 * itself is set on the layer; there are no parameters.
 *
 * @param channels number of channels, or 0 if not yet known
 */
public record NonlinearitySpec(long channels) implements SameChannelsSpec {

    public NonlinearitySpec {
        Checks.channels(channels);
    }

    @Override
    public NonlinearitySpec withInChannels(long value) {
        return new NonlinearitySpec(value);
    }
}

package org.lamina.spec;

import java.util.List;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * An activation function alone, for inputs of any number of spatial dimensions. The function is the
 * layer's; there are no parameters.
 */
public final class NonlinearitySpec extends SameChannelsSpec {

    private static final long serialVersionUID = 1L;

    /**
     * Creates the specification.
     *
     * @param channels number of channels, or 0 for not yet known
     * @throws IllegalArgumentException naming the field, its value and what is allowed
     */
    @JsonCreator
    public NonlinearitySpec(@JsonProperty("channels") long channels) {
        super(channels);
    }

    @Override
    public NonlinearitySpec withInChannels(long value) {
        return new NonlinearitySpec(value);
    }

    @Override
    public List<ParamSpec> params() {
        return List.of();
    }
}

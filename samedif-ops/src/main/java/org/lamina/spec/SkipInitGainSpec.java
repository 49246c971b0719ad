package org.lamina.spec;

import java.util.List;
import java.util.Objects;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Multiplication by one learnt number, for inputs of any number of spatial dimensions.
 *
 * <p>Parameter: {@code gain [1]}.
 */
public final class SkipInitGainSpec extends SameChannelsSpec {

    /** Key of the factor. */
    public static final String GAIN = "gain";

    private static final long serialVersionUID = 1L;

    private final double initial;

    /**
     * Creates the specification.
     *
     * @param channels number of channels, or 0 for not yet known
     * @param initial initial value of the factor, a finite number
     * @throws IllegalArgumentException naming the field, its value and what is allowed
     */
    @JsonCreator
    public SkipInitGainSpec(
            @JsonProperty("channels") long channels, @JsonProperty("initial") double initial) {
        super(channels);
        this.initial = initial;
        Checks.finite("initialGain", initial);
    }

    /** Initial value of the factor. */
    @JsonProperty("initial")
    public double initial() {
        return initial;
    }

    @Override
    public SkipInitGainSpec withInChannels(long value) {
        return new SkipInitGainSpec(value, initial);
    }

    @Override
    public List<ParamSpec> params() {
        return List.of(ParamSpec.vector(GAIN, 1, ParamSpec.Role.GAIN, initial));
    }

    @Override
    public boolean equals(Object o) {
        return super.equals(o) && initial == ((SkipInitGainSpec) o).initial;
    }

    @Override
    public int hashCode() {
        return Objects.hash(super.hashCode(), initial);
    }

    @Override
    public String toString() {
        return super.toString() + ", initial gain " + initial;
    }
}

package weir.amqp.session;

import weir.core.Check;

/** What an operator may set anew while the front runs; it holds for connections that begin after that. From any thread. */
public final class Tunables {
    /** A channel's number on the wire has two octets. */
    public static final int CHANNELS_MOST = 65_535;

    private volatile int channelsMax;

    Tunables(int channelsMax) {
        this.channelsMax = channelsMax;
    }

    /** Channels of one connection; clients may ask for fewer. */
    public int channelsMax() {
        return channelsMax;
    }

    public void channelsMax(int channels) {
        Check.inRange("channels", channels, 1, CHANNELS_MOST);
        channelsMax = channels;
    }
}

package weir.amqp.session;

import weir.amqp.AmqpSettings;
import weir.amqp.wire.AmqpException;
import weir.amqp.wire.ErrorCode;
import weir.amqp.wire.Method;
import weir.amqp.wire.WireLimits;

/**
 * What both sides hold to.
 *
 * @param heartbeatSeconds 0 for none
 */
record Tuning(int channelMax, int frameMax, int heartbeatSeconds) {
    static Method.ConnectionTune offered(AmqpSettings settings, int channelsMax) {
        return new Method.ConnectionTune(
                channelsMax, settings.frameMax(), (int) settings.heartbeat().toSeconds());
    }

    /** @throws AmqpException if the client wants more than was offered, or less than it takes */
    static Tuning agreed(AmqpSettings settings, int channelsMax, Method.ConnectionTuneOk answer) throws AmqpException {
        check("channel_max", answer.channelMax(), 1, channelsMax);
        check("frame_max", answer.frameMax(), WireLimits.FRAME_MIN, settings.frameMax());
        return new Tuning(answer.channelMax(), (int) answer.frameMax(), answer.heartbeat());
    }

    private static void check(String name, long value, long least, long most) throws AmqpException {
        if (value != 0 && value < least) {
            throw refusal(name, value, "lower than the minimum", least);
        }
        if (value == 0 || value > most) {
            throw refusal(name, value, "higher than the maximum", most);
        }
    }

    private static AmqpException refusal(String name, long value, String how, long bound) {
        return new AmqpException(
                ErrorCode.NOT_ALLOWED,
                "negotiated " + name + " = " + value + " is " + how + " allowed value (" + bound + ")");
    }
}

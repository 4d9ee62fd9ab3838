package weir.core.broker;

/**
 * How a receiver stands to others of the same queue, at whichever nodes. Nothing of it is replicated: it is a matter of those who
 * wait, and of the moment.
 *
 * @param priority higher ones are served before lower ones
 * @param wantsMore whether it comes back for more at once when it has been given all that it asks for. Those of lower priority
 *     are kept back for it until then, if that is soon
 */
public record Precedence(int priority, boolean wantsMore) {
    public static final Precedence NONE = new Precedence(0, false);
}

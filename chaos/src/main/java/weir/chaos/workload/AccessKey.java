package weir.chaos.workload;

/** What clients of the workload prove who they are with. */
public record AccessKey(String id, String secret) {
    @Override
    public String toString() {
        return "AccessKey[" + id + "]"; // The secret is nobody's business in a log.
    }
}

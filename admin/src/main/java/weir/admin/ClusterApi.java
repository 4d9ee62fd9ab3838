package weir.admin;

import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

/** {@code /api/v1/cluster}: finds out which call is meant. */
final class ClusterApi implements Handler {
    static final String PATH = "/api/v1/cluster";

    private final ClusterRoutes cluster;

    ClusterApi(ClusterRoutes cluster) {
        this.cluster = cluster;
    }

    @Override
    public void handle(ServerRequest request, ServerResponse response) throws Exception {
        String method = request.prologue().method().text();
        String path = request.path().rawPath().substring(PATH.length()).replaceAll("/+$", "");
        String[] segments = path.split("/", -1);
        if (path.isEmpty()) {
            check(method, "GET");
            cluster.status(request, response);
        } else if (path.equals("/rebalance")) {
            check(method, "POST");
            cluster.rebalance(request, response);
        } else if (segments.length == 4 && segments[1].equals("nodes")) {
            int node = cluster.number("the node", segments[2]);
            check(method, "POST");
            switch (segments[3]) {
                case "drain" -> cluster.drain(node, request, response);
                case "add" -> cluster.add(node, request, response);
                case "remove" -> cluster.remove(node, request, response);
                default -> throw nothing();
            }
        } else if (segments.length == 4 && segments[1].equals("shards") && segments[3].equals("transfer")) {
            int shard = cluster.number("the shard", segments[2]);
            check(method, "POST");
            cluster.transfer(shard, request, response);
        } else {
            throw nothing();
        }
    }

    private static void check(String method, String allowed) {
        if (!method.equals(allowed)) {
            throw new Failure(405, "METHOD_NOT_ALLOWED", "the method is " + method + ", allowed is " + allowed)
                    .thrown();
        }
    }

    private static Failure.Thrown nothing() {
        return Failure.notFound("a cluster has rebalance, nodes/N/drain, nodes/N/add, nodes/N/remove and"
                        + " shards/N/transfer")
                .thrown();
    }
}

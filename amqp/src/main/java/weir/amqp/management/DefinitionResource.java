package weir.amqp.management;

import java.util.List;
import weir.amqp.topology.VirtualHost;
import weir.core.broker.OutcomeUnknownException;

/** All definitions at once, in the form of RabbitMQ's definition files: to be kept, moved elsewhere, and read in again. */
final class DefinitionResource implements ApiResource {
    private final DefinitionExport export;
    private final DefinitionImport imports;

    DefinitionResource(Management management, QueueViews queues) {
        this.export = new DefinitionExport(management, queues);
        this.imports = new DefinitionImport(management);
    }

    @Override
    public void register(Routes routes) {
        Access who = Access.ADMINISTRATOR;
        routes.get("/definitions", who, call -> download(call, export.all()))
                .get("/all-configuration", who, call -> download(call, export.all()))
                .get("/definitions/{vhost}", who, call -> download(call, export.of(existing(call))))
                .on("POST", "/definitions", who, this::take, ManagementLimits.IMPORT_TIME)
                .on("POST", "/all-configuration", who, this::take, ManagementLimits.IMPORT_TIME)
                .on("POST", "/definitions/{vhost}", who, this::takeInto, ManagementLimits.IMPORT_TIME);
    }

    private static VirtualHost existing(Call call) throws Failure {
        return call.named().orElseThrow(() -> Failure.badRequest("vhost_not_found"));
    }

    private static Answer download(Call call, Facts definitions) {
        String name = call.query("download");
        Answer answer = Answer.of(definitions);
        return name != null && name.matches("[A-Za-z0-9._-]{1,100}")
                ? answer.with("content-disposition", "attachment; filename=" + name)
                : answer;
    }

    private Answer take(Call call) throws Failure, OutcomeUnknownException, InterruptedException {
        return answer(imports.all(call.read()));
    }

    private Answer takeInto(Call call) throws Failure, OutcomeUnknownException, InterruptedException {
        return answer(imports.into(call.hostToChange(), call.read()));
    }

    /** RabbitMQ's, which says nothing, if nothing was left out. */
    private static Answer answer(List<Facts> left) {
        return left.isEmpty() ? Answer.nothing() : Answer.of(new Facts().with("left_out", left));
    }
}

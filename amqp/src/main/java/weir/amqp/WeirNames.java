package weir.amqp;

import weir.amqp.queue.QueueName;
import weir.amqp.topology.QueueNaming;

/** What queues are called where those of all fronts are: the rules of {@link QueueName}, for the topology to go by. */
final class WeirNames implements QueueNaming {
    @Override
    public String catalogName(String virtualHost, String queue) {
        return new QueueName(virtualHost, queue).inWeir();
    }

    @Override
    public String queueName(String virtualHost, String catalogName) {
        return QueueName.ofWeir(catalogName).map(QueueName::name).orElse(catalogName);
    }

    @Override
    public String prefix(String virtualHost) {
        return QueueName.prefixOf(virtualHost);
    }
}

package weir.sqs.sns.message;

import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.core.broker.Broker;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.CatalogCommand;
import weir.core.catalog.CatalogReply;
import weir.core.catalog.Definition;

/** The cluster's signing key: found in the catalog, or made and put there by whoever needs it first. */
public final class Signatures {
    private static final Logger LOG = LoggerFactory.getLogger(Signatures.class);

    private final Broker broker;
    private final InstantSource clock;
    private volatile @Nullable SigningKey key;

    /** @param clock what a certificate's validity counts from */
    public Signatures(Broker broker, InstantSource clock) {
        this.broker = broker;
        this.clock = clock;
    }

    /** The key if there is one by now. */
    public Optional<SigningKey> known() {
        SigningKey held = key;
        if (held == null) {
            Definition definition =
                    broker.definition(SigningKey.KIND, SigningKey.NAME).orElse(null);
            if (definition == null) {
                return Optional.empty();
            }
            held = SigningKey.of(definition.attributes());
            key = held;
        }
        return Optional.of(held);
    }

    /** The key. The first time in a cluster's life this takes a change of the catalog. */
    public SigningKey get() throws OutcomeUnknownException, InterruptedException {
        SigningKey held = known().orElse(null);
        return held != null ? held : create();
    }

    /** If others do the same at this moment, the catalog tells whose key it is to be. */
    private SigningKey create() throws OutcomeUnknownException, InterruptedException {
        SigningKey made = SigningKey.generate(clock.instant());
        CatalogReply reply = broker.change(
                new CatalogCommand.Define(SigningKey.KIND, SigningKey.NAME, Definition.NEW, made.definition()));
        if (!(reply instanceof CatalogReply.Defined(Definition definition, boolean existed))) {
            throw new IllegalStateException("the signing key was answered with " + reply);
        }
        if (!existed) {
            LOG.info("made the key that signs what SNS sends; its certificate is at {}", made.certificatePath());
        }
        SigningKey chosen = SigningKey.of(definition.attributes());
        key = chosen;
        return chosen;
    }
}

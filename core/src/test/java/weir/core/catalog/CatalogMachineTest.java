package weir.core.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import weir.core.Bytes;
import weir.core.DeduplicationScope;
import weir.core.Ordering;
import weir.core.QueueSettings;
import weir.core.RandomNouns;
import weir.core.codec.CatalogCodec;
import weir.core.codec.CorruptDataException;

final class CatalogMachineTest {
    private static final QueueSettings PLAIN = QueueSettings.DEFAULT;
    private static final QueueSettings SLOW =
            PLAIN.change().delay(Duration.ofSeconds(9)).build();
    private static final SortedMap<String, String> NO_LABELS = new TreeMap<>();

    private final CatalogMachine catalog = new CatalogMachine(4);
    private long index;

    @Test
    void queueIsCreatedOnceAndFoundByNameAndId() {
        SortedMap<String, String> labels = new TreeMap<>(Map.of("sqs:x", "1"));
        Queue queue = new Queue(1, "a", 0, SLOW, labels, 100, 100, 1);
        assertThat(at(100, new CatalogCommand.CreateQueue("a", SLOW, labels)))
                .isEqualTo(new CatalogReply.Created(queue, false));
        assertThat(catalog.find("a")).contains(queue);
        assertThat(catalog.find(1)).contains(queue);
        assertThat(catalog.find("b")).isEmpty();
        assertThat(catalog.find(2)).isEmpty();
    }

    @Test
    void aQueueThatIsToBeDeletedByItsIdSparesItsNamesake() {
        Queue first = created(at(1, create("a")));
        at(2, new CatalogCommand.DeleteQueue("a", first.id()));
        Queue second = created(at(3, create("a")));
        assertThat(at(4, new CatalogCommand.DeleteQueue("a", first.id())))
                .isEqualTo(refused(CatalogRefusal.NO_SUCH_QUEUE));
        assertThat(at(5, new CatalogCommand.DeleteQueue("a", second.id()))).isEqualTo(new CatalogReply.Deleted(second));
    }

    @Test
    void partitionsOfAQueueLieInOneShardAfterTheOther() {
        at(100, create("a"));
        Queue queue = created(at(100, new CatalogCommand.CreateQueue("b", PLAIN, NO_LABELS, 0, 6)));
        assertThat(queue.partitions()).isEqualTo(6);
        assertThat(queue.partitionIds().stream().map(catalog::shardOf)).containsExactly(1, 2, 3, 0, 1, 2);
        assertThat(queue.shard()).isEqualTo(1);
    }

    @Test
    void partitionsStayWhenTheQueueIsChangedAndRestored() {
        at(100, new CatalogCommand.CreateQueue("b", PLAIN, NO_LABELS, 0, 6));
        at(200, new CatalogCommand.UpdateQueue("b", 1, SLOW, NO_LABELS));
        assertThat(CatalogMachine.restore(catalog.snapshot()).find("b").map(Queue::partitions))
                .contains(6);
    }

    @Test
    void orderedQueueOfSeveralPartitionsMustDeduplicateWithinItsGroups() {
        QueueSettings inTheQueue = PLAIN.change().ordering(Ordering.GROUP).build();
        QueueSettings inTheGroup =
                inTheQueue.change().deduplicationScope(DeduplicationScope.GROUP).build();
        CatalogReply tooWide = new CatalogReply.Refused(CatalogRefusal.DEDUPLICATION_SCOPE_TOO_WIDE);
        assertThat(at(1, new CatalogCommand.CreateQueue("q", inTheQueue, NO_LABELS, 0, 2)))
                .isEqualTo(tooWide);
        assertThat(catalog.find("q")).isEmpty();
        assertThat(created(at(2, new CatalogCommand.CreateQueue("q", inTheGroup, NO_LABELS, 0, 2)))
                        .partitions())
                .isEqualTo(2);
        assertThat(at(3, new CatalogCommand.UpdateQueue("q", 1, inTheQueue, NO_LABELS)))
                .isEqualTo(tooWide);
        assertThat(created(at(4, new CatalogCommand.CreateQueue("one", inTheQueue, NO_LABELS, 0, 1)))
                        .partitions())
                .isEqualTo(1);
    }

    @Test
    void creatingAnExistingQueueAnswersWithItUnchanged() {
        Queue queue = created(at(100, create("a")));
        assertThat(at(200, new CatalogCommand.CreateQueue("a", SLOW, NO_LABELS)))
                .isEqualTo(new CatalogReply.Created(queue, true));
        assertThat(catalog.find("a")).contains(queue);
        assertThat(created(at(300, create("b"))).id()).isEqualTo(2);
    }

    @Test
    void idsRiseAndAreNeverReused() {
        at(1, create("a"));
        at(2, create("b"));
        at(3, new CatalogCommand.DeleteQueue("b"));
        assertThat(created(at(4, create("b"))).id()).isEqualTo(3);
        CatalogMachine restored = CatalogMachine.restore(catalog.snapshot());
        restored.apply(90, 5, new CatalogCommand.DeleteQueue("b"));
        assertThat(created(CatalogMachine.restore(restored.snapshot()).apply(91, 6, create("b")))
                        .id())
                .isEqualTo(4);
    }

    @Test
    void shardsTakeTurns() {
        List<Integer> shards = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            Queue queue = created(at(1, create("q" + i)));
            assertThat(catalog.shardOf(queue.partition(0))).isEqualTo(queue.shard());
            shards.add(queue.shard());
        }
        assertThat(shards).containsExactly(0, 1, 2, 3, 0, 1);
    }

    @Test
    void updateReplacesSettingsAndLabelsAndRaisesTheRevision() {
        at(100, create("a"));
        SortedMap<String, String> labels = new TreeMap<>(Map.of("tag:x", "1"));
        Queue queue = new Queue(1, "a", 0, SLOW, labels, 100, 250, 2);
        assertThat(at(250, new CatalogCommand.UpdateQueue("a", 1, SLOW, labels)))
                .isEqualTo(new CatalogReply.Updated(queue));
        assertThat(catalog.find("a")).contains(queue);
        assertThat(catalog.find(1)).contains(queue);
    }

    @Test
    void updateOfAnotherRevisionIsRefusedAndChangesNothing() {
        Queue queue = created(at(100, create("a")));
        for (long revision : new long[] {0, 2}) {
            assertThat(at(200, update("a", revision, SLOW))).isEqualTo(refused(CatalogRefusal.CHANGED));
        }
        assertThat(catalog.find("a")).contains(queue);
    }

    @Test
    void orderingIsFixedAtCreation() {
        at(100, create("a"));
        QueueSettings ordered = PLAIN.change().ordering(Ordering.GROUP).build();
        assertThat(at(200, update("a", 1, ordered))).isEqualTo(refused(CatalogRefusal.FIXED_AT_CREATION));
    }

    @Test
    void priorityLevelsMayGrowButNotShrink() {
        at(100, create("a"));
        QueueSettings three = PLAIN.change().priorityLevels(3).build();
        assertThat(at(200, update("a", 1, three))).isInstanceOf(CatalogReply.Updated.class);
        assertThat(at(300, update("a", 2, PLAIN))).isEqualTo(refused(CatalogRefusal.FIXED_AT_CREATION));
        assertThat(at(300, update("a", 2, three))).isInstanceOf(CatalogReply.Updated.class);
    }

    @Test
    void deleteAnswersWithTheQueueThatWasThere() {
        Queue queue = created(at(100, create("a")));
        assertThat(at(200, new CatalogCommand.DeleteQueue("a"))).isEqualTo(new CatalogReply.Deleted(queue));
        assertThat(catalog.find("a")).isEmpty();
        assertThat(catalog.find(1)).isEmpty();
        assertThat(catalog.all()).isEmpty();
    }

    @Test
    void missingQueueIsNeitherUpdatedNorDeleted() {
        assertThat(at(1, update("a", 1, PLAIN))).isEqualTo(refused(CatalogRefusal.NO_SUCH_QUEUE));
        assertThat(at(1, new CatalogCommand.DeleteQueue("a"))).isEqualTo(refused(CatalogRefusal.NO_SUCH_QUEUE));
    }

    @Test
    void fullCatalogTakesNoMoreUntilOneIsDeleted() {
        CatalogMachine small = new CatalogMachine(1, 2);
        small.apply(1, 1, create("a"));
        small.apply(2, 1, create("b"));
        assertThat(small.apply(3, 1, create("c"))).isEqualTo(refused(CatalogRefusal.TOO_MANY_QUEUES));
        assertThat(small.apply(4, 1, create("a"))).isInstanceOf(CatalogReply.Created.class);
        small.apply(5, 1, new CatalogCommand.DeleteQueue("a"));
        assertThat(created(small.apply(6, 1, create("c"))).id()).isEqualTo(3);
    }

    @Test
    void clockNeverGoesBack() {
        at(500, create("a"));
        assertThat(created(at(400, create("b"))).createdAtMillis()).isEqualTo(500);
        CatalogMachine restored = CatalogMachine.restore(catalog.snapshot());
        assertThat(created(restored.apply(++index, 300, create("c"))).createdAtMillis())
                .isEqualTo(500);
    }

    @Test
    void earlierEntryIsNotAppliedAfterLaterOne() {
        catalog.apply(5, 1, create("a"));
        catalog.apply(5, 1, create("b"));
        assertThat(catalog.appliedIndex()).isEqualTo(5);
        assertThatThrownBy(() -> catalog.apply(4, 1, create("c"))).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void listingIsSortedAndGoesOnAfterTheLastName() {
        for (String name : List.of("b2", "a", "b10", "c", "b", "b1")) {
            at(1, create(name));
        }
        assertThat(names("", null, 10)).containsExactly("a", "b", "b1", "b10", "b2", "c");
        assertThat(names("b", null, 2)).containsExactly("b", "b1");
        assertThat(names("b", "b1", 2)).containsExactly("b10", "b2");
        assertThat(names("b", "b2", 2)).isEmpty();
        assertThat(names("b", "a", 9)).containsExactly("b", "b1", "b10", "b2");
        assertThat(names("b", "b11", 9)).containsExactly("b2");
        assertThat(names("b", "z", 9)).isEmpty();
        assertThat(names("", null, 0)).isEmpty();
    }

    @Test
    void labelsAreInOrderWhateverTheOrderOfTheCallersMap() {
        SortedMap<String, String> backwards = new TreeMap<>(Collections.reverseOrder());
        backwards.put("a", "1");
        backwards.put("b", "2");
        Queue queue = created(at(1, new CatalogCommand.CreateQueue("q", PLAIN, backwards)));
        assertThat(queue.labels().firstKey()).isEqualTo("a");
        assertThat(CatalogMachine.restore(catalog.snapshot()).find("q")).contains(queue);
    }

    @Test
    void snapshotOfTwoQueuesWithOneIdIsCorrupt() {
        Queue a = new Queue(1, "a", 0, PLAIN, NO_LABELS, 1, 1, 1);
        Queue b = new Queue(1, "b", 0, PLAIN, NO_LABELS, 1, 1, 1);
        Bytes bytes = CatalogCodec.encode(new CatalogSnapshot(1, 1, 1, 1, List.of(a, b), List.of(), List.of()));
        assertThatThrownBy(() -> CatalogMachine.restore(bytes)).isInstanceOf(CorruptDataException.class);
    }

    @Test
    void tenThousandQueuesSurviveTheSnapshot() {
        for (int i = 0; i < 10_000; i++) {
            at(i, create("queue-" + i));
        }
        CatalogMachine restored = CatalogMachine.restore(catalog.snapshot());
        assertThat(restored.shards()).isEqualTo(4);
        assertThat(restored.all()).containsExactlyElementsOf(catalog.all());
        assertThat(restored.snapshot()).isEqualTo(catalog.snapshot());
    }

    @Test
    void pageReadBesideChangesHoldsEveryQueueThatStaysAndIsInOrder() throws InterruptedException {
        for (int i = 0; i < 20; i++) {
            at(1, create("stays-" + i));
        }
        AtomicBoolean done = new AtomicBoolean();
        List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
        Thread reader = Thread.ofPlatform()
                .uncaughtExceptionHandler((_, e) -> failures.add(e))
                .start(() -> {
                    while (!done.get()) {
                        List<String> page = names("", null, 1_000);
                        assertThat(page).isSorted().doesNotHaveDuplicates();
                        assertThat(page.stream().filter(name -> name.startsWith("stays-")))
                                .hasSize(20);
                    }
                });
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 20_000; i++) {
            String name = (i % 2 == 0 ? "before-" : "up-") + random.nextInt(50);
            at(1, catalog.find(name).isEmpty() ? create(name) : new CatalogCommand.DeleteQueue(name));
        }
        done.set(true);
        reader.join();
        assertThat(failures).isEmpty();
    }

    private static final SortedMap<String, String> RED = new TreeMap<>(Map.of("colour", "red"));
    private static final SortedMap<String, String> BLUE = new TreeMap<>(Map.of("colour", "blue"));

    @Test
    void definitionIsCreatedReplacedAndRemoved() {
        Definition red = new Definition("k", "a", RED, 100, 100, 1, 1);
        assertThat(at(100, define(Definition.NEW, RED))).isEqualTo(new CatalogReply.Defined(red, false));
        assertThat(at(200, define(Definition.NEW, BLUE))).isEqualTo(new CatalogReply.Defined(red, true));
        Definition blue = new Definition("k", "a", BLUE, 100, 300, 1, 3);
        assertThat(at(300, define(1, BLUE))).isEqualTo(new CatalogReply.Defined(blue, false));
        assertThat(at(400, define(1, RED))).isEqualTo(refused(CatalogRefusal.CHANGED));
        assertThat(catalog.definition("k", "a")).contains(blue);
        assertThat(at(500, new CatalogCommand.Undefine("k", "a"))).isEqualTo(new CatalogReply.Undefined(blue));
        assertThat(at(600, new CatalogCommand.Undefine("k", "a")))
                .isEqualTo(refused(CatalogRefusal.NO_SUCH_DEFINITION));
        assertThat(at(700, define(3, RED))).isEqualTo(refused(CatalogRefusal.NO_SUCH_DEFINITION));
        assertThat(catalog.definition("k", "a")).isEmpty();
    }

    @Test
    void definitionIsNotShownWithItsValues() {
        SortedMap<String, String> secret = new TreeMap<>(Map.of("secret", "hidden"));
        CatalogReply reply = at(1, define(Definition.NEW, secret));
        assertThat(reply.toString()).contains("secret").doesNotContain("hidden");
        assertThat(define(Definition.NEW, secret).toString()).doesNotContain("hidden");
    }

    @Test
    void definitionsAreListedByKindAndPrefixInPages() {
        for (String name : List.of("b/2", "a/1", "b/1", "b/3", "c")) {
            at(1, new CatalogCommand.Define("k", name, Definition.NEW, RED));
            at(1, new CatalogCommand.Define("other", name, Definition.NEW, RED));
        }
        assertThat(catalog.definitions("k", "b/", null, 2))
                .extracting(Definition::name)
                .containsExactly("b/1", "b/2");
        assertThat(catalog.definitions("k", "b/", "b/2", 2))
                .extracting(Definition::name)
                .containsExactly("b/3");
        assertThat(catalog.definitions("k", "", "b/3", 9))
                .extracting(Definition::name)
                .containsExactly("c");
        assertThat(catalog.definitions("none", "", null, 9)).isEmpty();
    }

    @Test
    void nameOfADeletedQueueRestsAsLongAsTheNextCreatorWants() {
        at(1_000, create("q"));
        at(2_000, new CatalogCommand.DeleteQueue("q"));
        CatalogCommand afterRest = new CatalogCommand.CreateQueue("q", PLAIN, NO_LABELS, 60_000);
        assertThat(at(61_999, afterRest)).isEqualTo(refused(CatalogRefusal.DELETED_RECENTLY));
        assertThat(CatalogMachine.restore(catalog.snapshot()).apply(++index, 61_999, afterRest))
                .isEqualTo(refused(CatalogRefusal.DELETED_RECENTLY));
        assertThat(CatalogMachine.restore(catalog.snapshot()).apply(++index, 61_999, create("q")))
                .isInstanceOf(CatalogReply.Created.class);
        assertThat(at(62_000, afterRest)).isInstanceOf(CatalogReply.Created.class);
    }

    private static CatalogCommand define(long revision, SortedMap<String, String> attributes) {
        return new CatalogCommand.Define("k", "a", revision, attributes);
    }

    static LongStream seeds() {
        return RandomNouns.seeds(50);
    }

    /** Two replicas, of which one is restarted from its snapshot now and then, answer alike and end alike. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void replicasNeverDiverge(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        RandomNouns nouns = new RandomNouns(seed);
        CatalogMachine first = new CatalogMachine(3);
        CatalogMachine second = new CatalogMachine(3);
        for (int step = 1; step <= 300; step++) {
            String name = "q" + random.nextInt(10);
            long revision = first.find(name).map(Queue::revision).orElse(1L) + (random.nextInt(5) == 0 ? 1 : 0);
            CatalogCommand command =
                    switch (random.nextInt(7)) {
                        case 0 -> new CatalogCommand.CreateQueue(name, nouns.settings(), nouns.labels());
                        case 1 -> new CatalogCommand.UpdateQueue(name, revision, nouns.settings(), nouns.labels());
                        case 2 ->
                            new CatalogCommand.CreateQueue(
                                    name, nouns.settings(), nouns.labels(), random.nextInt(5_000));
                        case 3 ->
                            new CatalogCommand.Define(
                                    "kind" + random.nextInt(2), name, random.nextInt(step), nouns.labels());
                        case 5 ->
                            new CatalogCommand.CreateQueue(
                                    name, nouns.settings(), nouns.labels(), 0, 1 + random.nextInt(4));
                        case 4 -> new CatalogCommand.Undefine("kind" + random.nextInt(2), name);
                        default -> new CatalogCommand.DeleteQueue(name);
                    };
            Bytes entry = CatalogCodec.encode(random.nextInt(10_000), List.of(command));
            assertThat(applied(second, step, entry)).isEqualTo(applied(first, step, entry));
            if (random.nextInt(20) == 0) {
                second = CatalogMachine.restore(second.snapshot());
            }
            assertThat(second.snapshot()).isEqualTo(first.snapshot());
        }
    }

    private static List<CatalogReply> applied(CatalogMachine machine, long index, Bytes bytes) {
        CatalogEntry entry = CatalogCodec.decode(index, bytes);
        return entry.commands().stream()
                .map(command -> machine.apply(entry.index(), entry.atMillis(), command))
                .toList();
    }

    private CatalogReply at(long atMillis, CatalogCommand command) {
        return catalog.apply(++index, atMillis, command);
    }

    private List<String> names(String prefix, @Nullable String after, int max) {
        return catalog.list(prefix, after, max).stream().map(Queue::name).toList();
    }

    private static Queue created(CatalogReply reply) {
        assertThat(reply).isInstanceOf(CatalogReply.Created.class);
        return ((CatalogReply.Created) reply).queue();
    }

    private static CatalogCommand create(String name) {
        return new CatalogCommand.CreateQueue(name, PLAIN, NO_LABELS);
    }

    private static CatalogCommand update(String name, long revision, QueueSettings settings) {
        return new CatalogCommand.UpdateQueue(name, revision, settings, NO_LABELS);
    }

    private static CatalogReply refused(CatalogRefusal reason) {
        return new CatalogReply.Refused(reason);
    }
}

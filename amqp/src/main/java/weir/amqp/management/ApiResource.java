package weir.amqp.management;

/** Something that the API has addresses for. */
interface ApiResource {
    /** Says which, and what can be done there. */
    void register(Routes routes);
}

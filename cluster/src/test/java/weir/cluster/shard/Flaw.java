package weir.cluster.shard;

/** A mistake that a cluster could make, so that the simulation can show that it would be noticed. */
enum Flaw {
    NONE,
    /** A leader takes what is on its own disk for committed. */
    ACKNOWLEDGES_ALONE,
    /** A follower says that it has what its disk does not have yet. */
    COUNTS_WHAT_IS_NOT_SYNCED,
    /** After a loss of power a node votes once more in the same term. */
    FORGETS_ITS_VOTE,
    /** A node votes for one who has less in its log. */
    VOTES_FOR_ANYBODY,
    /** A deposed leader keeps the end of its log that nobody else has. */
    KEEPS_ITS_TAIL,
    /** The log is cut when a checkpoint begins, not when it is durable. */
    CUTS_THE_LOG_EARLY,
    /** A restarted replica applies the last entry of its checkpoint a second time. */
    APPLIES_TWICE,
    /** What a replica hands out depends on which node it is on. */
    DIVERGES,
    /** A change of members takes effect from one majority to another that has nobody in common with it. */
    SWAPS_MEMBERS_AT_ONCE,
    /** What a new member has before it is one counts towards a majority. */
    COUNTS_LEARNERS,
    /** Whoever takes over a checkpoint thinks that the members are those of the beginning. */
    FORGETS_MEMBERS_IN_CHECKPOINTS,
    /** The courier of a new leader gives what departs numbers of its own. */
    RENUMBERS_DEPARTURES,
    /** The courier takes what it has sent for arrived. */
    SETTLES_BEFORE_THE_ANSWER
}

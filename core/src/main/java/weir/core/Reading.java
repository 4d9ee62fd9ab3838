package weir.core;

/** How a queue's messages are read. Fixed when it is created. Written by place: order is part of the format. */
public enum Reading {
    /** By lease: what is acknowledged is gone. A queue. */
    LEASE,
    /** By cursor: reading removes nothing, and messages stay for as long as retention says. A topic. */
    CURSOR
}

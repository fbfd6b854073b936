/**
 * What a port can't do for now: its server is gone, hangs or elects a leader, its pool is exhausted, its queue is full, or what it
 * keeps is damaged. An outage says nothing about what was asked for, which may or may not have been done: ask again later. Each port
 * names its own in `port.ts`, and its adapters throw nothing else for these.
 */
export abstract class Outage extends Error {}

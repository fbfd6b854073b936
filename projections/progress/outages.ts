import { LogUnavailable } from '../../ports/event-log/port.ts';
import { QueueFull } from '../../ports/job-queue/port.ts';

/** Errors of ports that are down or take no more for now: they say nothing about the event or the job at hand. */
export const isKnownOutage = (error: unknown): boolean => error instanceof LogUnavailable || error instanceof QueueFull;

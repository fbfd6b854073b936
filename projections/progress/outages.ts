import { LogUnavailable } from '../../ports/event-log/port.ts';
import { QueueFull } from '../../ports/job-queue/port.ts';

/** What the ports say when they are not there, or take no more for now: it speaks of them and not of what was to be done. */
export const isKnownOutage = (error: unknown): boolean => error instanceof LogUnavailable || error instanceof QueueFull;

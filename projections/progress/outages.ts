import { LogUnavailable } from '../../ports/event-log/port.ts';
import { QueueFull } from '../../ports/job-queue/port.ts';
import { ViewsDamaged, ViewsNotReady } from '../../ports/views/port.ts';

const OUTAGES = [LogUnavailable, QueueFull, ViewsDamaged, ViewsNotReady];

/** Errors of ports that are down, damaged or take no more for now: they say nothing about the event or the job at hand. */
export const isKnownOutage = (error: unknown): boolean => OUTAGES.some((Outage) => error instanceof Outage);

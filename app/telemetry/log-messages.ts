/** The constant message and the level of each operational event in the log. */
import type { ProjectionsEvent } from '../../projections/dependencies.ts';
import type { WorkersEvent } from '../../workers/telemetry-events.ts';
import type { Logger } from '../logger.ts';

export type LogMessage = { readonly level: Exclude<keyof Logger, 'debug' | 'droppedLines'>; readonly message: string };

export const PROJECTIONS_MESSAGES: { readonly [Event in ProjectionsEvent['type']]: LogMessage } = {
  retrying: { level: 'warn', message: 'projection failed; retrying' },
  'effect-failed': { level: 'warn', message: 'effect of an event failed; retrying' },
  'dead-lettered': { level: 'warn', message: 'event dead-lettered' },
  'dead-letter-resolved': { level: 'info', message: 'dead letter resolved' },
  fenced: { level: 'warn', message: 'projection fenced off by another process' },
  'took-over': { level: 'info', message: 'projection taken over from another process' },
  'checkpoint-beyond-head': { level: 'warn', message: 'checkpoint beyond the head of the log; rebuilding' },
  'build-activated': { level: 'info', message: 'projection build activated' },
  'build-dropped': { level: 'info', message: 'old projection build dropped' },
};

export const WORKERS_MESSAGES: { readonly [Event in OperationalWorkersEvent['event']]: LogMessage } = {
  'sweep-found': { level: 'info', message: 'sweep found overdue work' },
  'sweep-failed': { level: 'warn', message: 'sweep failed' },
  'queue-full': { level: 'warn', message: 'job queue full; jobs left to the sweep' },
  'progress-failed': { level: 'warn', message: 'progress of open work not saved' },
  'recipient-unplanned': { level: 'warn', message: 'planning for a recipient failed' },
  'breaker-opened': { level: 'warn', message: 'circuit breaker opened' },
  'breaker-closed': { level: 'info', message: 'circuit breaker closed' },
};

/** Without the events that happen all the time: they are counted and not logged. */
type OperationalWorkersEvent = Exclude<
  WorkersEvent,
  { readonly event: 'attempt-ended' | 'push-not-requested' | 'delivery-suppressed' | 'sms-held-back' | 'pace-waited' | 'forgotten' }
>;

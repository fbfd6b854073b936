/** What operators did, a stream a day. Nothing is left to decide: who may do it was decided before. */
import { accept, type Decider } from '../shared/decider.ts';
import type { AuditEvent } from './events.ts';

export const audit: Decider<null, AuditEvent, AuditEvent> = {
  reads: 'tail',
  initialState: null,
  evolve: () => null,
  decide: (_, event) => accept(event),
};
